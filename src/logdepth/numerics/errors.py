"""The errors that a user sees, as data: what is wrong and where, and a remedy that names arguments.

A message names an argument of the caller's as a value, so that the caller can word it: `str(error)` says `memory=512`,
and the command line says it as its option of that name.
"""

from __future__ import annotations

import copyreg
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from string import Formatter
from typing import Any

from logdepth.numerics.letters import escape


@dataclass(frozen=True)
class Argument:
    """What the caller chooses: an argument of a function, an option of the command line.

    value: the one to give; True of what is only said or not; None where the message speaks of the argument itself.
    """

    name: str
    value: object = None

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name}={_literal(self.value)}"


@dataclass(frozen=True)
class Call:
    """What the caller can start: `python` in Python, a verb with arguments on the command line."""

    python: str
    verb: str
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        return self.python


Word = Callable[[Argument | Call], str]
"""How a caller names what can be chosen or started."""


@dataclass(frozen=True, init=False)
class Wording:
    """A text in which `{memory}` is the argument `memory`: its name alone, or with the value that is given.

    What is given may also be an Argument of another name, a Call, or another Wording. A text from elsewhere does not
    belong in the template; it stands before it in the error.
    """

    parts: tuple[str | Argument | Call, ...]

    def __init__(self, template: str, **given: object) -> None:
        parts: list[str | Argument | Call] = []
        named = set()
        for text, name, _, _ in Formatter().parse(template):
            parts.append(text)
            if name is not None:
                named.add(name)
                parts += _named(name, given.get(name))
        assert given.keys() <= named, f"{template!r} does not name {', '.join(given.keys() - named)}"
        object.__setattr__(self, "parts", tuple(parts))  # frozen from here on

    def worded(self, word: Word = str) -> str:
        return "".join(part if isinstance(part, str) else word(part) for part in self.parts)

    __str__ = worded


def _named(name: str, value: object) -> tuple[str | Argument | Call, ...]:
    match value:
        case Wording():
            return value.parts
        case Argument() | Call():
            return (value,)
        case _:
            return (Argument(name, value),)


def _literal(value: object) -> str:
    return repr(os.fspath(value) if isinstance(value, os.PathLike) else value)


class UsageError(ValueError):
    """The one error for users: input that cannot be used.

    The message is one line: rule, value, place, remedy. It is given in pieces, and a blank stands between two of them:
    texts, wordings, and errors that say what went wrong below. The command line prints it and exits with status 2.
    """

    def __init__(self, *said: str | Wording | BaseException) -> None:
        self.said = tuple(piece for one in said for piece in _pieces(one))
        super().__init__(self.worded())

    def worded(self, word: Word = str) -> str:
        """The message, its arguments as the caller names them."""
        return " ".join(" ".join(one if isinstance(one, str) else one.worded(word) for one in self.said).split())

    @property
    def arguments(self) -> dict[str, object]:
        """The arguments that the message names, each with the value to give (None: another one)."""
        parts = [part for one in self.said if isinstance(one, Wording) for part in one.parts]
        return {part.name: part.value for part in parts if isinstance(part, Argument)}

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined]  # as it was made


def _pieces(said: str | Wording | BaseException) -> list[str | Wording]:
    """What is said, in pieces; an error is a sentence of its own, which ends as one."""
    if isinstance(said, str | Wording):
        return [said]
    *before, last = said.said if isinstance(said, UsageError) else [str(said)]
    return [*before, f"{last}." if isinstance(last, str) and not last.endswith((".", "!", "?")) else last]


class CapacityExceeded(UsageError):
    """The numbers are more than a format carries exactly, or than a table or a layer holds; a smaller size may do."""


class BeyondTask(UsageError):
    """An input beyond the parameters of its task, which other parameters would take: `larger` names them.

    Where the task is that of a model, which has its parameters already, `of_model` is what to say.
    """

    def __init__(self, rule: str, change: str, larger: Wording) -> None:
        super().__init__(rule, Wording(f"{change}, or give {{larger}}.", larger=larger))
        self.rule, self.change, self.larger = rule, change, larger

    def of_model(self) -> UsageError:
        remedy = f"{self.change}, or take a model that was compiled with {{larger}}."
        return UsageError(self.rule, Wording(remedy, larger=self.larger))


def first_line(error: BaseException) -> str:
    """What an error of another library says, to be part of ours."""
    return escape(str(error).strip().partition("\n")[0][:300]).rstrip(".") or "no message"


def quoted(text: object, most: int = 60) -> str:
    """A piece of text that is not ours, to be part of an error: in quotes, control characters escaped, not too long."""
    shown = repr(str(text)[: most + 1])
    return shown if len(str(text)) <= most else f"{repr(str(text)[:most])[:-1]}…{shown[0]}"


def expect(value: object, kind: type | tuple[type, ...], taker: str, remedy: str) -> None:
    """UsageError unless a value is of this kind; `taker` says what takes it, `remedy` what to give it."""
    if not isinstance(value, kind):
        names = " or ".join(each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,)))
        given = "a class" if isinstance(value, type) else type(value).__name__
        raise UsageError(f"{taker} takes a {names}, not {quoted(value)} ({given}). {remedy}")


MOST_NAMED = 60
"""Choices of a list that an error names."""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The remedy for a misspelt name: the nearest choice, or else the list of all choices."""
    known = sorted(choices)
    bare = {item.lstrip("-"): item for item in known}  # the dashes of options make no two of them alike
    close = [bare[item] for item in get_close_matches(word.lstrip("-"), bare, n=1)]
    nearest = [item for item in known if item.lower() == word.lower()] or close
    if nearest:
        return f"Did you mean {nearest[0]!r}?"
    return f"Known: {', '.join(known[:MOST_NAMED]) or 'none'}{', …' if len(known) > MOST_NAMED else '.'}"
