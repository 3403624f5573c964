"""Alphabets: the letters that a token task reads and writes."""

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np

from logdepth.numerics.errors import BeyondTask, UsageError, Wording
from logdepth.tasks.inputs.files import read_text

COUNTED = string.ascii_lowercase + string.digits + string.ascii_uppercase
TEXT = "\n" + "".join(map(chr, range(32, 127)))
HELP = "a number A: the first A of a..z, 0..9, A..Z; or text: printable ASCII and newline; or the letters themselves"


@dataclass(frozen=True)
class Alphabet:
    """Distinct letters; letter number t (from 1) is token t, and 0 is no letter. `wider`: what would give others.

    Errors: UsageError for no letters, or for a letter that comes twice.
    """

    letters: str
    wider: Wording = field(default=Wording("another {alphabet}"), compare=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.letters, str) or not self.letters:
            raise UsageError(f"an alphabet is a text of at least one letter, not {self.letters!r}")
        for place, letter in enumerate(self.letters, start=1):
            if letter in self.letters[: place - 1]:
                raise UsageError(
                    f"the letters of an alphabet are distinct; {letter!r} comes again at position {place}"
                    f" of {self.letters[:40]!r}. Leave it out there."
                )

    def __len__(self) -> int:
        return len(self.letters)

    def tokens(self, text: str, place: str) -> np.ndarray:
        """The tokens of a text, int64 in 1..len(self).

        Errors: UsageError for a letter outside the alphabet, with its position.
        """
        number = {letter: token for token, letter in enumerate(self.letters, start=1)}
        for position, letter in enumerate(text, start=1):
            if letter not in number:
                line = text.count("\n", 0, position - 1) + 1
                column = position - 1 - text.rfind("\n", 0, position - 1)
                raise BeyondTask(
                    f"letter {letter!r} is not in the alphabet {self} ({place}, position {position}: line {line},"
                    f" column {column}).",
                    "Change the file",
                    self.wider,
                )
        return np.array([number[letter] for letter in text], dtype=np.int64)

    def letter(self, token: int) -> str | None:
        """The letter of a token, None for 0."""
        return self.letters[token - 1] if token else None

    def spell(self, tokens: Iterable[int]) -> str:
        """The text of tokens in 0..len(self); a token 0 shows as a mark that is no letter, "·" if it can be."""
        mark = next(mark for mark in chain("·-_", map(chr, count(0x2400))) if mark not in self.letters)
        return "".join(self.letter(int(token)) or mark for token in tokens)

    def __str__(self) -> str:
        shown = "text (printable ASCII and newline)" if self.letters == TEXT else repr(self.letters)
        return shown if len(shown) <= 80 else f"{shown[:77]}..."


@lru_cache(maxsize=64)
def parse_alphabet(spec: str) -> Alphabet:
    """The alphabet that a specification names: a number, "text", or the letters themselves.

    A number has no leading zero, so that "01" is the two letters 0 and 1.

    Errors: UsageError for no letters, repeated letters, or a number that the letters a..z, 0..9, A..Z do not reach.
    """
    if spec == "text":
        return Alphabet(TEXT)
    if spec.isascii() and spec.isdigit() and (spec == "0" or spec[0] != "0"):
        if len(spec) > 4 or not 1 <= int(spec) <= len(COUNTED):
            raise UsageError(
                f"a numbered alphabet has 1 to {len(COUNTED)} letters; got {spec[:20]}.",
                Wording("Give another {alphabet}."),
            )
        return Alphabet(COUNTED[: int(spec)])
    if not spec:
        raise UsageError(Wording("an alphabet has at least one letter; got none. Give {alphabet} a number or letters."))
    return Alphabet(spec)


def as_text(values: Any) -> str | None:
    """The text that a column is given as, whole or letter by letter, in a list, an array or a series; None for anything
    else."""
    if isinstance(values, str):
        return values
    if getattr(getattr(values, "dtype", None), "kind", "") in ("U", "T", "O"):  # of NumPy, or of a series
        values = values.tolist()
    if isinstance(values, Sequence) and values and all(isinstance(v, str) and len(v) == 1 for v in values):
        return "".join(map(str, values))
    return None


def read_tokens(path: Path, alphabet: Alphabet, *, most: int, owner: str) -> np.ndarray:
    """The tokens of a text file; if newline is no letter, a single newline at the end is dropped.

    Errors: UsageError as `read_text`, and for too many tokens or a letter outside the alphabet.
    """
    text = read_text(path)
    if "\n" not in alphabet.letters:
        text = text.removesuffix("\n")
    if not text:
        raise UsageError(f"{path} holds no letter. Give at least one letter of {alphabet}.")
    if len(text) > most:
        raise BeyondTask(
            f"{owner} takes at most {most} tokens; {path} holds {len(text)}.", "Shorten it", Wording("{n}", n=len(text))
        )
    return alphabet.tokens(text, str(path))
