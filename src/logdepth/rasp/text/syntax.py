"""What RASP text says, as data: expressions and statements, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from logdepth.rasp.text.lexer import Spot


@dataclass(frozen=True)
class Expr:
    spot: Spot


@dataclass(frozen=True)
class Literal(Expr):
    value: int | Fraction | str


@dataclass(frozen=True)
class Name(Expr):
    name: str


@dataclass(frozen=True)
class Unary(Expr):
    sign: str
    operand: Expr


@dataclass(frozen=True)
class Binary(Expr):
    sign: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Choice(Expr):
    """yes if condition else no."""

    yes: Expr
    condition: Expr
    no: Expr


@dataclass(frozen=True)
class In(Expr):
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Call(Expr):
    function: Expr
    arguments: tuple[Expr, ...]


@dataclass(frozen=True)
class SelectCall(Expr):
    """select(keys, queries, sign)."""

    keys: Expr
    queries: Expr
    sign: str


@dataclass(frozen=True)
class Index(Expr):
    container: Expr
    place: Expr


@dataclass(frozen=True)
class Listing(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Mapping(Expr):
    items: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True)
class Comprehension(Expr):
    """[value for names in iterable]; with a key, a dict."""

    key: Expr | None
    value: Expr
    names: tuple[str, ...]
    iterable: Expr


@dataclass(frozen=True)
class Statement:
    spot: Spot


@dataclass(frozen=True)
class Assign(Statement):
    names: tuple[str, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True)
class Bare(Statement):
    """An expression that is only shown, in the interpreter."""

    value: Expr


@dataclass(frozen=True)
class Loop(Statement):
    names: tuple[str, ...]
    iterable: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Define(Statement):
    """def name(parameters) { body return results; }"""

    name: str
    parameters: tuple[str, ...]
    body: tuple[Statement, ...]
    results: tuple[Expr, ...]
