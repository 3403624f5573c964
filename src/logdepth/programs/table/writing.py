"""A table while it is written: its columns and statements so far, and checks of what a statement is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.programs.codings import Coding
from logdepth.programs.expressions import Expression, Ranged, show
from logdepth.programs.place import place_of_caller
from logdepth.programs.program import Draft
from logdepth.programs.statements import Column, Constant, Operand, Statement, check_name
from logdepth.tasks import Alphabet

Value = Column | Expression | int  # what a method takes for a column; an int: the column that holds it everywhere
Condition = Column | Expression  # of 0 and 1
Values = Value | Sequence[Value]  # one, or several at once
Names = str | Sequence[str]  # of the new columns: one for all of them, or one each


@dataclass
class WritingTable(Draft):
    """What every statement needs. Each part of `Table` adds the methods of one kind of statement."""

    name: str
    rows: int
    causal: bool = False
    _inputs: list[Column] = field(default_factory=list, init=False)
    _outputs: dict[str, Column] = field(default_factory=dict, init=False)
    _scopes: list[list[Statement]] = field(default_factory=lambda: [[]], init=False)
    _known: set[Column] = field(default_factory=set, init=False)
    _made: dict[Ranged, Column] = field(default_factory=dict, init=False)  # of expressions that are columns by now
    _length: Column | None = field(default=None, init=False)
    _counts: dict[object, Column] = field(default_factory=dict, init=False)  # of rows that means go over
    _denominators: dict[Column, Column | Expression] = field(default_factory=dict, init=False)

    def __repr__(self) -> str:
        written = sum(map(len, self._scopes))
        return f"Table({self.name!r}, rows={self.rows}, causal={self.causal}; {written} statements so far)"

    def __post_init__(self) -> None:
        check_name("a program", self.name)
        if not self.name:
            raise UsageError("the name of a program is text of at least one letter, not ''")
        if not isinstance(self.rows, int) or self.rows < 1:
            raise UsageError(f"program {self.name!r} needs at least one row, not {self.rows!r}")
        self.index = self._column("index", self.rows, low=1)

    def _column(
        self, name: str, high: int, letters: str | None = None, low: int = 0, values: Coding | None = None
    ) -> Column:
        column = Column(name, high, letters, low, values)
        self._known.add(column)
        return column

    def _columns(
        self,
        names: Names,
        highs: Sequence[int],
        otherwise: Sequence[str],
        letters: Sequence[str | None] | None = None,
        values: Sequence[Coding | None] | None = None,
    ) -> tuple[Column, ...]:
        """New columns, one for each highest value; `otherwise` names those that have no name."""
        given = (names,) * len(highs) if isinstance(names, str) else tuple(names)
        if not highs or len(given) != len(highs):
            raise UsageError(f"program {self.name!r} declares {len(highs)} columns with {len(given)} names: {given}")
        nothing = (None,) * len(highs)
        parts = zip(given, otherwise, highs, letters or nothing, values or nothing, strict=True)
        return tuple(self._column(name or other, high, text, 0, of) for name, other, high, text, of in parts)

    def _names(self, names: Names, columns: Sequence[object]) -> tuple[str, ...]:
        """A name for each of the columns."""
        given = (names,) * len(columns) if isinstance(names, str) else tuple(names)
        if len(given) != len(columns):
            raise UsageError(f"program {self.name!r} has {len(columns)} columns with {len(given)} names: {given}")
        return given

    def _operand(self, value: Value) -> Operand:
        if isinstance(value, Column):
            if value not in self._known:
                raise UsageError(
                    f"column {value.name!r} belongs to another program, or to the inside of a repeat that has ended"
                )
            return value
        if isinstance(value, Expression):
            return self._make(value)
        if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= 0:
            return Constant(int(value))
        raise UsageError(f"program {self.name!r} expects a column or a non-negative int, not {value!r}")

    def column(self, value: Value, high: int | None = None, *, name: str = "", letters: str | None = None) -> Column:
        """A value as a column: rows compute it, so `ComputingTable` says how."""
        raise NotImplementedError

    def _make(self, expression: Expression) -> Column:
        """The column of an expression: one map for all its operators, made when it is first asked for."""
        if self._made.get(expression) not in self._known:
            self._made[expression] = self.column(expression)
        return self._made[expression]

    def _write(self, statement: Statement) -> None:
        """The next statement, with the place where it is written."""
        self._scopes[-1].append(replace(statement, place=place_of_caller()))

    def _operands(self, values: Values) -> tuple[Operand, ...]:
        many = values if isinstance(values, Sequence) else (values,)
        if not many:
            raise UsageError(f"program {self.name!r} has a statement with no columns")
        return tuple(self._operand(value) for value in many)

    def _match(self, query: Values, key: Values) -> tuple[tuple[Operand, ...], tuple[Operand, ...]]:
        queries, keys = self._operands(query), self._operands(key)
        if len(queries) != len(keys):
            raise UsageError(f"a query of {len(queries)} columns cannot match a key of {len(keys)}")
        return queries, keys

    def _own(self, column: Condition, role: str) -> Column:
        """The column itself, if it is one of this program, or that of an expression."""
        operand = self._operand(column)
        if not isinstance(operand, Column):
            raise UsageError(f"{role} is a column, not {column!r}")
        return operand

    def _condition(self, where: Condition | None) -> Column | None:
        if where is None:
            return None
        column = self._own(where, "a condition")
        if column.high > 1:
            raise UsageError(f"a condition is a column of 0 and 1, not {where!r}; compare it, as in {show(where)} > 0")
        return column

    def _highest(self, name: Names, high: int | None, letters: str | None) -> int:
        """The highest value of a new column: as declared, or the number of its letters."""
        if high is not None:
            return high
        if letters is None:
            raise UsageError(f"column {name!r} needs a highest value of 0 or more, not None: give high=…, or letters=…")
        return len(Alphabet(letters))
