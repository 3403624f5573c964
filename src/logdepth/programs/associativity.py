"""Whether the operation of a scan is associative: tried on what stands in the rows of random tables.

A scan groups rows as it likes. The interpreter groups them alike, so that it would not notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logdepth.numerics.errors import UsageError
from logdepth.programs.interpret import TableState, of, run_statements
from logdepth.programs.statements import Column, Map, Operand, Statement

Values = list[NDArray[np.int64]]  # of every column of an operand, an entry for every try

TABLES, LONGEST = 40, 12  # random tables, and the rows of the longest
MOST = 5  # operands in a row


@dataclass(frozen=True, eq=False)
class Rows:
    """What a program has written so far: inputs, statements, and `start`, the columns that it scans."""

    index: Column
    causal: bool
    most: int
    inputs: Sequence[Column]
    statements: Sequence[Statement]
    start: Sequence[Operand]

    def draw(self, rng: np.random.Generator) -> list[Values]:
        """The scanned columns of random tables; of those that the program takes."""
        found = []
        for _ in range(TABLES):
            rows = int(rng.integers(1, min(self.most, LONGEST) + 1))
            drawn = {column: rng.integers(column.low, column.high + 1, rows) for column in self.inputs}
            table = TableState(self.index, self.causal, {self.index: np.arange(1, rows + 1), **drawn})
            try:
                run_statements(table, self.statements)
            except UsageError:
                continue
            found.append([of(table, operand) for operand in self.start])
        return found


@dataclass(frozen=True, eq=False)
class Operation:
    """`results` of the columns `earlier` and `later`, by statements. `index`: the column of row numbers."""

    index: Column
    statements: Sequence[Statement]
    earlier: Sequence[Column]
    later: Sequence[Column]
    results: Sequence[Operand]

    def find_departure(self, rows: Rows) -> str | None:
        """Neighbouring rows that the operation does not group alike, in words; None if there are none among the tried.

        Not tried: an operation in which rows talk, and one whose maps refuse what stands there, because its author
        knows the tables that the program is for.
        """
        if not all(isinstance(statement, Map) for statement in self.statements):
            return None
        tables = rows.draw(np.random.default_rng(0))
        for length in range(3, MOST + 1):
            operands = windows(tables, length)
            if not operands:
                return None
            try:
                left, right = self.from_left(operands), self.from_right(operands)
            except UsageError:
                return None
            differs = np.any([one != other for one, other in zip(left, right, strict=True)], axis=0)
            if differs.any():
                at = int(np.argmax(differs))
                said = ", ".join(show(operand, at) for operand in operands)
                return f"of {said}, from the left, it makes {show(left, at)}, and from the right {show(right, at)}"
        return None

    def from_left(self, operands: Sequence[Values]) -> Values:
        first, *rest = operands
        for operand in rest:
            first = self.combine(first, operand)
        return first

    def from_right(self, operands: Sequence[Values]) -> Values:
        *rest, last = operands
        for operand in reversed(rest):
            last = self.combine(operand, last)
        return last

    def combine(self, x: Values, y: Values) -> Values:
        """Of many pairs at once."""
        columns = (self.index, *self.earlier, *self.later)
        values = (np.arange(1, len(x[0]) + 1), *x, *y)
        table = TableState(self.index, False, dict(zip(columns, values, strict=True)))
        run_statements(table, self.statements)
        return [of(table, operand) for operand in self.results]


def windows(tables: Sequence[Values], length: int) -> list[Values]:
    """Operand 1, 2, … of all runs of so many neighbouring rows; none if no table has as many."""
    long = [table for table in tables if len(table[0]) >= length]
    if not long:
        return []
    parts = [[np.lib.stride_tricks.sliding_window_view(column, length) for column in table] for table in long]
    together = [np.concatenate(columns) for columns in zip(*parts, strict=True)]  # (runs, length) each
    return [[np.ascontiguousarray(column[:, place]) for column in together] for place in range(length)]


def show(values: Values, at: int) -> str:
    """A number, or a tuple of them."""
    numbers = [str(int(column[at])) for column in values]
    return numbers[0] if len(numbers) == 1 else f"({', '.join(numbers)})"
