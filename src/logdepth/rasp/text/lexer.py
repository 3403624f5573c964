"""RASP text as tokens, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from logdepth.numerics.errors import UsageError, quoted

WORDS = re.compile(
    r"""(?P<blank>[ \t\r\n]+|\#[^\r\n]*)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<text>"[^"\r\n]*")
      | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<sign>==|!=|<=|>=|[-+*/%^<>=()\[\]{},;:])""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Spot:
    """A place in a text, counted from 1."""

    source: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source}, line {self.line}, column {self.column}"


@dataclass(frozen=True)
class Word:
    """kind: number, text, name, sign, or end."""

    kind: str
    text: str
    spot: Spot


class RaspError(UsageError):
    """What is wrong in a RASP text, with its line and column, and a remedy."""

    def __init__(self, spot: Spot, *said: str | BaseException) -> None:
        super().__init__(f"{spot}:", *said)


def words_of(text: str, source: str) -> list[Word]:
    """The words of a RASP text, and an end. Errors: RaspError for a letter that RASP does not have."""
    found: list[Word] = []
    at, line, start = 0, 1, 0
    while at < len(text):
        spot = Spot(source, line, at - start + 1)
        match = WORDS.match(text, at)
        if match is None:
            what = 'this " has no second one on its line' if text[at] == '"' else f"RASP has no {quoted(text[at])} here"
            raise RaspError(spot, f"{what}. Texts are in double quotes, comments begin with #.")
        if match.lastgroup != "blank":
            found.append(Word(str(match.lastgroup), match.group(), spot))
        newlines = match.group().count("\n")
        if newlines:
            line, start = line + newlines, match.start() + match.group().rfind("\n") + 1
        at = match.end()
    return [*found, Word("end", "", Spot(source, line, at - start + 1))]
