"""Counts: as a user gives them, checked where they come in; and in words."""

from __future__ import annotations

from logdepth.numerics.errors import UsageError

IRREGULAR = {"vertex": "vertices", "entry": "entries"}


def count_of(number: int, noun: str) -> str:
    """So many of them: "1 edge", "2,000 edges", "0 vertices"."""
    return f"{number:,} {noun if number == 1 else IRREGULAR.get(noun, noun + 's')}"


def check_count(what: str, value: object, least: int = 1) -> int:
    """A whole number, of Python's kind or numpy's, of at least `least`; `what` names it in messages.

    Errors: UsageError for anything else.
    """
    try:
        number = None if isinstance(value, bool) else int(value.__index__())  # type: ignore[attr-defined]
    except AttributeError:  # a float, a text, …
        number = None
    if number is None or number < least:
        raise UsageError(f"{what} must be a whole number of at least {least}; got {value!r}.")
    return number
