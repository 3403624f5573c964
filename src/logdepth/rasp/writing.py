"""The table that a translation writes, and what is known of it: columns are made once, whoever asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from logdepth.numerics.errors import CapacityExceeded
from logdepth.programs import Column, Expression, Table, write_row_function
from logdepth.rasp.forms import Holder, Number, combined, held, is_distinct
from logdepth.rasp.values import Value

MOST_ENTRIES = 2**20
"""Of a table of values: each is computed in Python."""


class Writer:
    """Writes statements, and keeps what they gave.

    distinct: holders that are different in any two rows. ranks: shapes of numbers of which the same is known.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.made: dict[object, Any] = {}
        self.distinct: set[Holder] = {table.index}
        self.ranks: set[object] = set()
        self.name = ""  # of the s-op that is being translated

    @property
    def length(self) -> Number:
        """How many rows there are; in a causal table, how many up to mine."""
        return held(self.table.length)

    def sum(self, *parts: tuple[int, Number]) -> Number:
        """Σ factor · number."""
        return combined(parts, self.ordered())

    def ordered(self) -> Sequence[tuple[Holder, Holder]]:
        """No row has a number above the length of the table."""
        length = self.table._length
        return () if length is None else ((self.table.index, length),)

    def is_distinct(self, number: Number) -> bool:
        """Whether no two rows hold the same."""
        return number.shape in self.ranks or is_distinct(number, self.distinct)

    def once(self, key: object, make: Any) -> Any:
        """What `make` gives, made once for a key."""
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]

    def column(self, number: Number, name: str = "") -> Column | int:
        """The numerator of a number, less its lowest, as a column; an int if it is the same everywhere."""
        if not number.weights:
            return number.constant - number.low
        return self.once(("column", number.key, number.low), lambda: self._column(number, name or self.name))

    def _column(self, number: Number, name: str) -> Column:
        shifted: Any = number.numerator() - number.low
        if isinstance(shifted, Column):
            return shifted
        return self.map(shifted, number.high - number.low, name)

    def map(self, expression: Expression, high: int, name: str) -> Column:
        """An expression that is known to be in 0..high, as a column."""
        leaves: Any = expression.leaves()  # columns and expressions
        return self.table.map(write_row_function(expression, leaves), *leaves, high=high, name=name)

    def narrow(self, number: Number, high: int) -> Number:
        """A number that is known to be in 0..high; if one column holds it, in a column of this range."""
        numerator = number.numerator()
        if isinstance(numerator, Column) and numerator.high > high:
            return held(self.table.column(numerator, high=high, name=self.name))
        return replace(number, low=0, high=high)

    def promise(self, number: Number, most: int, name: str) -> None:
        """The numerator is at most this on every input that is answered: the range of a column that nothing reads."""
        numerator = number.numerator()
        if isinstance(numerator, Expression):
            self.map(numerator, most, name)
        else:
            self.table.column(numerator, high=most, name=name)

    def holder(self, number: Number) -> Holder | int:
        """The same, as an expression where its range needs no column to be kept."""
        shifted: Any = number.numerator() - number.low
        if isinstance(shifted, int) or (shifted.low >= 0 and shifted.high <= number.high - number.low):
            return shifted
        return self.column(number)

    def lookup(self, entries: Sequence[int], number: Number) -> Holder | int:
        """entries[numerator - low], as an expression."""
        if len(set(entries)) == 1:
            return entries[0]
        return self.once(
            ("lookup", number.key, number.low, tuple(entries)),
            lambda: self.table.lookup([*entries], self.holder(number)),
        )


def refuse_large(entries: int, what: str, sizes: Sequence[int]) -> None:
    """CapacityExceeded for a table of too many values."""
    if entries > MOST_ENTRIES:
        shown = " · ".join(f"{size:,}" for size in sizes)
        raise CapacityExceeded(
            f"{what} is a table of {shown} = {entries:,} values, and at most {MOST_ENTRIES:,} are tabulated."
            " Take fewer rows or letters, or write it with + - and comparisons, which need no table."
        )


def texts(values: Sequence[Value]) -> bool:
    return all(isinstance(value, str) for value in values)
