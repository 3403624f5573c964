"""Statements in which a row reads one row, or sends to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.programs.expressions import Expression
from logdepth.programs.statements import Column, Last, Operand, Order, Select
from logdepth.programs.table.computing import ComputingTable
from logdepth.programs.table.writing import Condition, Names, Value, Values


class ReadingTable(ComputingTable):
    """Rows read one row, or send to one: attention layers."""

    @overload
    def select(
        self,
        *,
        query: Values,
        key: Values,
        values: Value,
        where: Condition | None = None,
        priority: Condition | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> Column: ...

    @overload
    def select(
        self,
        *,
        query: Values,
        key: Values,
        values: Sequence[Value],
        where: Condition | None = None,
        priority: Condition | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> tuple[Column, ...]: ...

    def select(
        self,
        *,
        query: Values,
        key: Values,
        values: Values,
        where: Condition | None = None,
        priority: Condition | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> Column | tuple[Column, ...]:
        """Read `values` from the row whose `key` equals my `query`; 0 if there is none.

            weight = table.select(query=[u, v], key=[tail, head], values=length, where=alive, priority=length)

        Of several such rows it is the one of least `priority`, and of equal ones the first or the last by `order`.
        order="any" is your promise that no two are equal; distinct=True is your promise that there is at most one.
        """
        (queries, keys), read = self._match(query, key), self._operands(values)
        if order not in ("first", "last", "any"):
            raise UsageError(f"order is 'first', 'last' or 'any', not {order!r}")
        urgency = None if priority is None else self._own(priority, "a priority")
        outputs = self._read_columns(name, read)
        condition = self._condition(where)
        self._write(Select(queries, keys, read, outputs, condition, urgency, order, distinct))
        return outputs if isinstance(values, Sequence) else outputs[0]

    @overload
    def pull(self, address: Value, values: Value, name: Names = "") -> Column: ...

    @overload
    def pull(self, address: Value, values: Sequence[Value], name: Names = "") -> tuple[Column, ...]: ...

    def pull(self, address: Value, values: Values, name: Names = "") -> Column | tuple[Column, ...]:
        """Read `values` from row number `address`; address 0 reads zeros. Any number of rows may read one row.

            grandparent = table.pull(parent, parent)

        The address must be 0 or the number of a row that exists (in a causal program: of an earlier row or my own).
        """
        return self.select(query=address, key=self.index, values=values, distinct=True, name=name)

    def previous(self, column: Column | Expression, name: str = "") -> Column:
        """The value of `column` in the row before mine, 0 in row 1: `shift` by 1."""
        column = self._own(column, "what is read before")
        row_before = self.map(lambda i: i - 1, self.index, high=self.rows - 1, name="row before")
        return self.pull(row_before, column, name=name or f"{column.name} before")

    @overload
    def shift(self, values: Value, by: int, name: Names = "") -> Column: ...

    @overload
    def shift(self, values: Sequence[Value], by: int, name: Names = "") -> tuple[Column, ...]: ...

    def shift(self, values: Values, by: int, name: Names = "") -> Column | tuple[Column, ...]:
        """The values of the row `by` rows before mine, or after mine if `by` is negative; 0 if there is no such row.

            two_before = table.shift(token, 2)
            following = table.shift(token, -1)    # not in a causal program

        Cost: one attention layer of one head.
        """
        if not isinstance(by, (int, np.integer)) or isinstance(by, bool):
            raise UsageError(f"columns are shifted by a number of rows, not by {by!r}")
        if self.causal and by < 0:
            raise UsageError(f"program {self.name!r} is causal, so no row can read the row {-by} after it")
        if not by:
            several = values if isinstance(values, Sequence) else (values,)
            columns = tuple(
                self.column(value, name=label) for value, label in zip(several, self._names(name, several), strict=True)
            )
            return columns if isinstance(values, Sequence) else columns[0]
        if by > 0:
            return self.pull((self.index - by).clip(0), values, name=name)
        return self.push((self.index + by).clip(0), values, distinct=True, name=name)

    @overload
    def push(
        self,
        destination: Value,
        values: Value,
        *,
        where: Condition | None = None,
        priority: Condition | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> Column: ...

    @overload
    def push(
        self,
        destination: Value,
        values: Sequence[Value],
        *,
        where: Condition | None = None,
        priority: Condition | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> tuple[Column, ...]: ...

    def push(
        self,
        destination: Value,
        values: Values,
        *,
        where: Condition | None = None,
        priority: Condition | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> Column | tuple[Column, ...]:
        """Send `values` to row `destination` (0: do not send); a row that gets nothing reads zeros.

            heard = table.push(friend, table.index, order="last")

        Of several senders it takes the one of least `priority`, and of equal ones the first or the last by `order`.
        """
        return self.select(
            query=self.index,
            key=destination,
            values=values,
            where=where,
            priority=priority,
            order=order,
            distinct=distinct,
            name=name,
        )

    def push_min(
        self, destination: Value, value: Column | Expression, *, where: Condition | None = None, name: str = ""
    ) -> Column:
        """Row i gets the least `value` that is sent to it, or 0 if none is sent."""
        value = self._own(value, "what has a least")
        return self.push(destination, value, where=where, priority=value, name=name or f"least {value.name}")

    def push_max(
        self, destination: Value, value: Column | Expression, *, where: Condition | None = None, name: str = ""
    ) -> Column:
        """Row i gets the greatest `value` that is sent to it, or 0 if none is sent."""
        value = self._own(value, "what has a greatest")
        return self.push(
            destination, value, where=where, priority=value.high - value, name=name or f"greatest {value.name}"
        )

    @overload
    def last(
        self,
        values: Value,
        *,
        query: Values = 0,
        key: Values = 0,
        until: Value | None = None,
        where: Condition | None = None,
        name: Names = "",
    ) -> Column: ...

    @overload
    def last(
        self,
        values: Sequence[Value],
        *,
        query: Values = 0,
        key: Values = 0,
        until: Value | None = None,
        where: Condition | None = None,
        name: Names = "",
    ) -> tuple[Column, ...]: ...

    def last(
        self,
        values: Values,
        *,
        query: Values = 0,
        key: Values = 0,
        until: Value | None = None,
        where: Condition | None = None,
        name: Names = "",
    ) -> Column | tuple[Column, ...]:
        """Read `values` from the last row whose key equals my query, of those `where` a condition holds; 0 if none.

            answer = table.last(token, query=token, key=token_before)
            opened = table.last(table.index, where=token == "(")    # in a causal program: the most recent one
            onward = table.last(token, query=there, key=token_before, until=pointer)

        until: the number of a row that the one I read must not come after; 0: I read none. Each row names its own.
        Cost: one attention layer of one head; with `until` a head for every digit of the row number in base 4.
        """
        if until is None:
            return self.select(values=values, query=query, key=key, where=where, order="last", name=name)
        (queries, keys), read = self._match(query, key), self._operands(values)
        outputs = self._read_columns(name, read)
        self._write(Last(queries, keys, read, self._operand(until), outputs, self._condition(where)))
        return outputs if isinstance(values, Sequence) else outputs[0]

    def _read_columns(self, name: Names, read: Sequence[Operand]) -> tuple[Column, ...]:
        """New columns for what is read; each stands for what its source does, and has its name if none is given."""
        labels = [value.name if isinstance(value, Column) else "found" for value in read]
        letters = [value.letters if isinstance(value, Column) else None for value in read]
        coded = [value.values if isinstance(value, Column) else None for value in read]
        return self._columns(name, [value.high for value in read], labels, letters, coded)

    def argmax(
        self,
        of: Column | Expression,
        values: Value | None = None,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Condition | None = None,
        order: Order = "first",
        name: str = "",
    ) -> Column:
        """The number of the row with the largest value of `of`, or `values` of that row; 0 if no row matches.

            winner = table.argmax(score)
            most_frequent = table.argmax(count, token)
            best_so_far = table.argmax(score, query=player, key=player)

        The rows are all that I see, or those whose key equals my query, or `where` a condition holds. Of several rows
        with the largest value it is the first, or the last by order="last". Cost: one attention layer of one head.
        """
        column = self._own(of, "what has a largest value")
        read = self.index if values is None else values
        label = name or (f"argmax of {column.name}" if values is None else "")
        least = column.high - column
        return self.select(query=query, key=key, values=read, where=where, priority=least, order=order, name=label)

    def argmin(
        self,
        of: Column | Expression,
        values: Value | None = None,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Condition | None = None,
        order: Order = "first",
        name: str = "",
    ) -> Column:
        """As `argmax`, for the least value of `of`."""
        column = self._own(of, "what has a least value")
        read = self.index if values is None else values
        label = name or (f"argmin of {column.name}" if values is None else "")
        return self.select(query=query, key=key, values=read, where=where, priority=column, order=order, name=label)

    @overload
    def broadcast(self, values: Value, source: int = 1) -> Column: ...

    @overload
    def broadcast(self, values: Sequence[Value], source: int = 1) -> tuple[Column, ...]: ...

    def broadcast(self, values: Values, source: int = 1) -> Column | tuple[Column, ...]:
        """Every row reads `values` of row `source`."""
        return self.pull(source, values)
