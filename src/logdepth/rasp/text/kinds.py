"""What a name in RASP text can stand for: an s-op, a selector, a function, a list, a dict, or an atom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from logdepth.numerics.errors import quoted
from logdepth.rasp.text import syntax
from logdepth.rasp.text.lexer import RaspError, Spot
from logdepth.rasp.tree import Full, Selector, SOp


@dataclass(frozen=True, eq=False)
class Defined:
    """A function of the text, with the names that it sees."""

    define: syntax.Define
    scope: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class BuiltIn:
    """A function of RASP itself."""

    name: str
    call: Callable[..., Any]
    least: int
    most: int


def kind_of(value: object) -> str:
    match value:
        case SOp():
            return "an s-op"
        case Selector():
            return "a selector"
        case Defined() | BuiltIn():
            return "a function"
        case list():
            return "a list"
        case dict():
            return "a dict"
    return f"the value {quoted(value)}"


def is_atom(value: object) -> bool:
    return not isinstance(value, (SOp, Selector, Defined, BuiltIn, list, dict))


def as_sop(value: Any, spot: Spot, what: str) -> SOp:
    """An s-op; an atom is one that is the same everywhere."""
    if isinstance(value, SOp):
        return value
    if is_atom(value):
        return Full(value)
    raise RaspError(spot, f"{what} is an s-op, and this is {kind_of(value)}. Give an s-op, a number or a text.")
