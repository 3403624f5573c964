"""Columns and statements: what programs are made of. `interpret` gives every statement its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.programs.codings import Coding
from logdepth.programs.expressions import Operators
from logdepth.programs.place import Place
from logdepth.programs.relations import Relation, all_equal
from logdepth.programs.row_function import RowFunction
from logdepth.tasks import Alphabet

Order = Literal["first", "last", "any"]
LARGEST = 2**62  # of the numbers in a column: they are added and compared as 64-bit integers


@dataclass(frozen=True, eq=False)
class Column(Operators):
    """A column of the table: one integer in low..high for every row. Its operators make an `Expression`.

    Two columns are the same if they are one object: `is`, sets and dicts tell; a == b is the expression.
    letters: the column holds letters of this text by their numbers from 1, and 0 is no letter; None: plain numbers.
    low: 0, or 1 for the number of a row. values: what the numbers stand for outside of the program, values[v] for v.
    """

    name: str
    high: int
    letters: str | None = None
    low: int = 0
    values: Coding | None = None

    def __post_init__(self) -> None:
        check_name("a column", self.name)
        if not isinstance(self.high, int) or isinstance(self.high, bool) or self.high < 0:
            raise UsageError(f"column {self.name!r} needs a highest value of 0 or more, not {self.high!r}")
        if self.high > LARGEST:
            raise UsageError(
                f"column {self.name!r} holds numbers up to {self.high}, and 64-bit integers carry 2^62;"
                " declare a smaller range"
            )
        if not 0 <= self.low <= self.high:
            raise UsageError(f"column {self.name!r} holds at least {self.low!r}, which is not in 0..{self.high}")
        if self.letters is not None and self.high > len(Alphabet(self.letters)):
            raise UsageError(
                f"column {self.name!r} holds 0..{self.high}, but its alphabet {Alphabet(self.letters)} has"
                f" {len(self.letters)} letters; declare high={len(self.letters)}, or more letters"
            )
        if self.values is not None and (self.letters is not None or len(self.values) != self.high + 1):
            raise UsageError(
                f"column {self.name!r} holds 0..{self.high}, and they stand for {len(self.values)} values"
                f"{' and for letters' * (self.letters is not None)}; give one value for each number"
            )

    def __repr__(self) -> str:
        return f"{self.name}:0..{self.high}"


def check_name(of: str, name: object) -> None:
    """UsageError for a name that is no text, or text that no file can hold: half of a surrogate pair."""
    if not isinstance(name, str):
        raise UsageError(f"the name of {of} is text, not {name!r}")
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        raise UsageError(f"the name of {of} is text that UTF-8 can write, not {name!r}")


@dataclass(frozen=True)
class Constant:
    """The same value in every row."""

    value: int

    @property
    def low(self) -> int:
        return self.value

    @property
    def high(self) -> int:
        return self.value


Operand = Column | Constant
"""What a statement reads: a column of its table, or one number for every row."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Written:
    """Every statement has the place in the source where it was written, if that is known."""

    place: Place | None = None


@dataclass(frozen=True, eq=False)
class Map(Written):
    """`outputs = function(*inputs)`, row by row."""

    function: RowFunction
    inputs: tuple[Operand, ...]
    outputs: tuple[Column, ...]


@dataclass(frozen=True, eq=False)
class Select(Written):
    """Row i reads `values` of the one row j with `key_j == query_i` (and `where_j`), or 0 if there is none.

    Of several such rows it reads the one with the least `priority_j`, and of equal ones the first or the last by
    `order`; "any" is the author's promise that no two matching rows have equal priorities (the interpreter checks it).
    """

    query: tuple[Operand, ...]
    key: tuple[Operand, ...]
    values: tuple[Operand, ...]
    outputs: tuple[Column, ...]
    where: Column | None = None
    priority: Column | None = None
    order: Order = "first"
    distinct: bool = False  # the program's author knows that no two matching rows have the same key

    def pulls(self, index: Column) -> bool:
        """Whether the query is the number of a row: 0, or one that the author knows to exist."""
        return self.distinct and len(self.key) == 1 and self.key[0] is index and self.where is None


@dataclass(frozen=True, eq=False)
class Last(Written):
    """Row i reads `values` of the last row j ≤ `until_i` with `key_j == query_i` (and `where_j`), or 0 without one.

    `until` may be any number: of an earlier row, of a later one, or of none.
    """

    query: tuple[Operand, ...]
    key: tuple[Operand, ...]
    values: tuple[Operand, ...]
    until: Operand
    outputs: tuple[Column, ...]
    where: Column | None = None


@dataclass(frozen=True, eq=False)
class Sum(Written):
    """Row i gets the sum of `value_j` over the rows j whose `key_j` matches `query_i` (and `where_j`).

    matching: how each part of the key matches that of the query; empty: all are equal. most: the author's promise of
    how many rows match, at most (the interpreter checks it); None: any number.
    """

    query: tuple[Operand, ...]
    key: tuple[Operand, ...]
    value: Operand
    output: Column
    where: Column | None = None
    matching: tuple[Relation, ...] = ()
    most: int | None = None

    @property
    def relations(self) -> tuple[Relation, ...]:
        """One for every part of the key."""
        return self.matching or all_equal(len(self.key))


@dataclass(frozen=True, eq=False)
class Rank(Written):
    """Row i gets 1 + the number of rows before it in the order of (key, row number): a permutation of 1..N."""

    key: Column
    output: Column


@dataclass(frozen=True, eq=False)
class Earlier(Written):
    """Row i gets the number of rows j < i with `key_j == key_i` (and `where_j`)."""

    key: Column
    output: Column
    where: Column | None = None


@dataclass(frozen=True, eq=False)
class Spread(Written):
    """Row i gets, of each of `values`, the sum over the rows j that have i among their `destinations`.

    `senders`: the author's promise of how many rows have a row among theirs, at most (the interpreter checks it).
    """

    destinations: tuple[Operand, ...]
    values: tuple[Operand, ...]
    outputs: tuple[Column, ...]
    senders: int


@dataclass(frozen=True, eq=False)
class Weave(Written):
    """`output` is the sum of those `values` whose table says 1 for my row number: tables[k][i] for value k of row i."""

    values: tuple[Operand, ...]
    tables: tuple[np.ndarray, ...]  # of 0 and 1, (rows + 1,) each
    output: Column


@dataclass(frozen=True, eq=False)
class Hold(Written):
    """Every row gets the same value again, as `output`; a transformer keeps it in a residual column of its own, under
    this name, to be looked at."""

    column: Column
    output: Column


@dataclass(frozen=True, eq=False)
class Repeat(Written):
    """Run `body` `times` times: it reads the columns `state` and leaves their next values in `result`."""

    times: int
    start: tuple[Operand, ...]
    state: tuple[Column, ...]
    body: tuple[Statement, ...]
    result: tuple[Operand, ...]
    outputs: tuple[Column, ...]


def describe_map(statement: Map) -> str:
    """A map, as messages name it."""
    return map_at(statement.outputs[0].name, statement.place)


def map_at(name: str, place: Place | None) -> str:
    return f"the map of {name!r}" + (f" ({place})" if place is not None else "")


Statement = Map | Select | Last | Sum | Rank | Earlier | Spread | Weave | Hold | Repeat
"""One step of a program: each kind says in its docstring what every row gets."""


def in_order(statements: Sequence[Statement]) -> list[Statement]:
    """All statements as they are written, a `repeat` before those of its body. The first is number 1, and so on."""
    found: list[Statement] = []
    for statement in statements:
        found.append(statement)
        if isinstance(statement, Repeat):
            found += in_order(statement.body)
    return found


def inputs_of(statement: Statement) -> list[Column]:
    """The columns that a statement reads."""
    operands: list[Operand | None]
    match statement:
        case Map():
            operands = [*statement.inputs]
        case Select():
            operands = [*statement.query, *statement.key, *statement.values, statement.where, statement.priority]
        case Last():
            operands = [*statement.query, *statement.key, *statement.values, statement.until, statement.where]
        case Sum():
            operands = [*statement.query, *statement.key, statement.value, statement.where]
        case Rank():
            operands = [statement.key]
        case Earlier():
            operands = [statement.key, statement.where]
        case Spread():
            operands = [*statement.destinations, *statement.values]
        case Weave():
            operands = [*statement.values]
        case Hold():
            operands = [statement.column]
        case Repeat():
            operands = [*statement.start, *statement.result]
    return [operand for operand in operands if isinstance(operand, Column)]


def outputs_of(statement: Statement) -> list[Column]:
    """The columns that a statement gives."""
    match statement:
        case Map() | Select() | Last() | Spread() | Repeat():
            return [*statement.outputs]
        case Sum() | Rank() | Earlier() | Weave() | Hold():
            return [statement.output]
