"""Statements that go over many rows: sums, counts, and the order of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, overload

import numpy as np

from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError
from logdepth.programs.expressions import Expression, Quotient
from logdepth.programs.place import place_of_caller
from logdepth.programs.relations import GivenRelation, Relation, relation_of
from logdepth.programs.statements import Column, Constant, Earlier, Operand, Rank, Select, Spread, Sum, Weave
from logdepth.programs.table.reading import ReadingTable
from logdepth.programs.table.writing import Condition, Names, Value, Values

Matching = GivenRelation | Sequence[GivenRelation] | None


def identity(operand: Operand | None) -> object:
    """Equal for one column, or for one number."""
    return id(operand) if isinstance(operand, Column) else operand


class CountingTable(ReadingTable):
    """Rows count, and sort themselves."""

    @property
    def length(self) -> Column:
        """How many rows there are. In a causal program, how many there are so far: the row number.

            reversed = table.pull((table.length + 1 - table.index).clip(0), token)

        Cost: one attention layer of one head (none in a causal program).
        """
        if self.causal:
            return self.index
        if self._length is None:
            self._length = self._column("length", self.rows, low=1)
            read = Select((Constant(0),), (Constant(0),), (self.index,), (self._length,), order="last")
            read = replace(read, place=place_of_caller())
            self._scopes[0].insert(0, read)  # before everything, also if a repeat asks for it first
        return self._length

    def sum(
        self,
        value: Value,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Condition | None = None,
        matching: Matching = None,
        high: int | None = None,
        most: int | None = None,
        name: str = "",
    ) -> Column:
        """Add `value` over the rows whose key equals my query; without query and key, over all visible rows.

            spent = table.sum(price, query=buyer, key=buyer, high=1000)
            cheaper = table.sum(1, query=price, key=price, matching="<")    # rows with key < query
            so_far = table.sum(price, query=[buyer, table.index], key=[buyer, table.index], matching=["==", "<="])
            beaten = table.sum(1, query=hand, key=hand, matching=lambda key, query: (query - key) % 3 == 1)

        matching: how a key matches my query, if not by ==: "<", "<=", ">", ">=", or any table[key][query] of 0 and 1,
        or a function of two ints, the key and the query; of a key of several columns a list, one for each.
        high: the largest sum, if you know a smaller one than rows · value.high. most: your promise of how many rows
        match, at most.
        Cost: one head; a comparison of numbers up to m has ⌈log16 (m + 1)⌉ heads in one layer. A table is one head with
        a dimension for every two keys, or queries, that it tells apart, but one.
        """
        (queries, keys), added = self._match(query, key), self._operand(value)
        several = isinstance(query, Sequence) or isinstance(key, Sequence)
        relations = self._relations(queries, keys, matching, several)
        output = self._column(name or "sum", self.rows * added.high if high is None else high)
        most = None if most is None else check_count("how many rows match at most", most)
        self._write(Sum(queries, keys, added, output, self._condition(where), relations, most))
        return output

    def _relations(
        self, queries: Sequence[Operand], keys: Sequence[Operand], matching: Matching, several: bool
    ) -> tuple[Relation, ...]:
        """How each part of a key matches that of the query; empty if all are equal."""
        if matching is None:
            return ()
        given: Any = matching if several else [matching]
        if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != len(keys):
            raise UsageError(f"a key of {len(keys)} columns matches by a list of {len(keys)} relations, not {given!r}")
        if all(isinstance(operand, Constant) for operand in (*queries, *keys)):
            raise UsageError("`matching` says how a key matches a query; give both: query=…, key=…")
        found = tuple(relation_of(r, key.high, q.high) for r, key, q in zip(given, keys, queries, strict=True))
        return () if all(isinstance(relation, str) and relation == "==" for relation in found) else found

    def count(
        self,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Condition | None = None,
        matching: Matching = None,
        high: int | None = None,
        name: str = "count",
    ) -> Column:
        """How many rows have a key equal to my query, or one that matches it otherwise. As `sum`."""
        return self.sum(1, query=query, key=key, where=where, matching=matching, high=high, name=name)

    def mean(
        self,
        value: Value,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Condition | None = None,
        matching: Matching = None,
        name: str = "",
    ) -> Quotient:
        """The mean of `value` over the rows that match, as for `sum`: an exact fraction, 0 if there are none.

            average = table.mean(price, query=shop, key=shop)
            table.output("dear", average < price)

        The value may be an expression that is negative. Means over the same rows share their count.
        Cost: that of a sum and of a count; in a causal program the mean of all rows is one head.
        """
        low = value.low if isinstance(value, Expression) else 0
        shifted = value - low if isinstance(value, Expression) and low < 0 else value
        total = self.sum(shifted, query=query, key=key, where=where, matching=matching, name=name or "sum")
        count = self._count_of_mean(query, key, where, matching)
        numerator = total + count * low if low < 0 else total
        least, most = Fraction(min(low, 0)), Fraction(max(self._highest_of(value), 0))
        return Quotient(numerator, self._denominator(count), least, most)

    def _count_of_mean(self, query: Values, key: Values, where: Condition | None, matching: Matching) -> Column:
        """How many rows match: known from the table where all do, or the count that another mean has asked for."""
        queries, keys = self._match(query, key)
        same = all(isinstance(q, Constant) and q == k for q, k in zip(queries, keys, strict=True))
        if where is None and matching is None and same:
            return self.length
        by_name = not callable(matching) and all(isinstance(part, str) for part in matching or ())
        named = repr(matching) if by_name else object()  # a table is another each time
        asked = (*map(identity, (*queries, *keys, self._condition(where))), named)
        if self._counts.get(asked) not in self._known:
            self._counts[asked] = self.count(query=query, key=key, where=where, matching=matching, name="rows")
        return self._counts[asked]

    def _highest_of(self, value: Value) -> int:
        return value.high if isinstance(value, (Column, Expression)) else int(value)

    def _denominator(self, count: Column) -> Column | Expression:
        if count not in self._denominators:
            # a column of its own: added to the count it costs nothing, and one function of the count would round it
            self._denominators[count] = count if count.low else count + self.column(count == 0, name="no rows")
        return self._denominators[count]

    def prefix_sum(self, value: Value, name: str = "prefix sum") -> Column:
        """Row i gets value_1 + … + value_i. Cost without a causal mask: ⌈log16 (rows + 1)⌉ heads."""
        if self.causal:
            return self.sum(value, name=name)
        return self.sum(value, query=self.index, key=self.index, matching="<=", name=name)

    def rank(self, key: Column | Expression, name: str = "rank") -> Column:
        """My place 1..N when the rows are sorted by (key, row number)."""
        if self.causal:
            raise UsageError(f"rank needs to see every row, and program {self.name!r} is causal")
        by = self._own(key, "a sorting key")
        output = self._column(name, self.rows)
        self._write(Rank(by, output))
        return output

    def earlier(
        self,
        key: Column | Expression,
        *,
        where: Condition | None = None,
        high: int | None = None,
        name: str = "earlier",
    ) -> Column:
        """How many rows before mine hold my key. high: the largest count, if you know a smaller one than rows - 1."""
        if self.causal:
            raise UsageError(
                f"in the causal program {self.name!r} count the rows with my key: they are all before mine"
            )
        mine = self._own(key, "a key")
        output = self._column(name, self.rows - 1 if high is None else high)
        self._write(Earlier(mine, output, self._condition(where)))
        return output

    def spread(
        self, destinations: Sequence[Value], values: Sequence[Value], *, senders: int, names: Sequence[str]
    ) -> tuple[Column, ...]:
        """Every row sends the same `values` to all its `destinations` (0: none); a row gets the sums of what arrives.

        senders: at most so many rows send to one. One attention layer of one head, rows + 1 wide.
        Source: sparse propagation, arXiv 2402.09268, Proposition B.1.
        """
        if self.causal:
            raise UsageError(f"rows spread values to all rows, and program {self.name!r} is causal")
        to, sent = self._operands(destinations), self._operands(values)
        outputs = self._columns(names, [senders * value.high for value in sent], [""] * len(sent))
        self._write(Spread(to, sent, outputs, senders))
        return outputs

    def weave(self, values: Sequence[Column], tables: Sequence[np.ndarray], high: int, name: str) -> Column:
        """The sum of those `values` whose table (rows + 1,) of 0 and 1 says 1 for my row number; at most `high`."""
        if len(values) != len(tables) or any(table.shape != (self.rows + 1,) for table in tables):
            raise UsageError(f"program {self.name!r} weaves columns by a table (rows + 1,) for each")
        output = self._column(name, high)
        self._write(Weave(self._operands(values), tuple(tables), output))
        return output

    @overload
    def sort(self, key: Column | Expression, values: Value | None = None, name: Names = "") -> Column: ...

    @overload
    def sort(self, key: Column | Expression, values: Sequence[Value], name: Names = "") -> tuple[Column, ...]: ...

    def sort(
        self, key: Column | Expression, values: Values | None = None, name: Names = ""
    ) -> Column | tuple[Column, ...]:
        """Row i gets `values` (or the key itself) of the i-th row in the order of (key, row number)."""
        return self.push(self.rank(key), key if values is None else values, distinct=True, name=name or "sorted")
