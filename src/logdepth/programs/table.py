"""The `Table` on which users write a program, statement by statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from logdepth.numerics.errors import UsageError
from logdepth.programs.program import (
    Column,
    Constant,
    Earlier,
    Hold,
    Map,
    Operand,
    Order,
    Program,
    Rank,
    Repeat,
    Select,
    Spread,
    Statement,
    Sum,
    Weave,
)
from logdepth.tasks.alphabet import Alphabet

if TYPE_CHECKING:
    import numpy as np

Value = Column | int  # what a method takes for a column: an int stands for the column that holds it everywhere
Values = Value | Sequence[Value]  # one, or several at once
Names = str | Sequence[str]  # of the new columns: one for all of them, or one each


@dataclass
class Table:
    """Writes a program: every method adds one statement and returns its new columns.

        table = Table("induction", rows=100, causal=True)
        token = table.input("token", high=4)
        previous = table.previous(token)
        table.output("answer", table.last(key=previous, query=token, values=token))
        program = table.program()

    Wherever a column is expected, a non-negative int stands for the column that holds it in every row.
    """

    name: str
    rows: int
    causal: bool = False
    _inputs: list[Column] = field(default_factory=list)
    _outputs: dict[str, Column] = field(default_factory=dict)
    _scopes: list[list[Statement]] = field(default_factory=lambda: [[]])
    _known: set[Column] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not isinstance(self.rows, int) or self.rows < 1:
            raise UsageError(f"program {self.name!r} needs at least one row, not {self.rows!r}")
        self.index = self._column("index", self.rows)

    # columns

    def _column(self, name: str, high: int, letters: str | None = None) -> Column:
        column = Column(name, high, letters)
        self._known.add(column)
        return column

    def _columns(
        self, names: Names, highs: Sequence[int], otherwise: Sequence[str], letters: Sequence[str | None] | None = None
    ) -> tuple[Column, ...]:
        """New columns, one for each highest value; `otherwise` names those that have no name."""
        given = (names,) * len(highs) if isinstance(names, str) else tuple(names)
        if not highs or len(given) != len(highs):
            raise UsageError(f"program {self.name!r} declares {len(highs)} columns with {len(given)} names: {given}")
        parts = zip(given, otherwise, highs, letters or (None,) * len(highs), strict=True)
        return tuple(self._column(name or other, high, text) for name, other, high, text in parts)

    def _operand(self, value: Value) -> Operand:
        if isinstance(value, Column):
            if value not in self._known:
                raise UsageError(
                    f"column {value.name!r} belongs to another program, or to the inside of a repeat that has ended"
                )
            return value
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return Constant(value)
        raise UsageError(f"program {self.name!r} expects a column or a non-negative int, not {value!r}")

    def _operands(self, values: Values) -> tuple[Operand, ...]:
        many = values if isinstance(values, Sequence) else (values,)
        if not many:
            raise UsageError(f"program {self.name!r} has a statement with no columns")
        return tuple(self._operand(value) for value in many)

    def _matched(self, query: Values, key: Values) -> tuple[tuple[Operand, ...], tuple[Operand, ...]]:
        queries, keys = self._operands(query), self._operands(key)
        if len(queries) != len(keys):
            raise UsageError(f"a query of {len(queries)} columns cannot match a key of {len(keys)}")
        return queries, keys

    def _own(self, column: Column, role: str) -> Column:
        """The column itself, if it is one of this program."""
        operand = self._operand(column)
        if not isinstance(operand, Column):
            raise UsageError(f"{role} is a column, not {column!r}")
        return operand

    def _condition(self, where: Column | None) -> Column | None:
        if where is None:
            return None
        if self._own(where, "a condition").high > 1:
            raise UsageError(f"a condition is a column of 0 and 1, not {where!r}")
        return where

    def _highest(self, name: Names, high: int | None, letters: str | None) -> int:
        """The highest value of a new column: as declared, or the number of its letters."""
        if high is not None:
            return high
        if letters is None:
            raise UsageError(f"column {name!r} needs a highest value of 0 or more, not None: give high=…, or letters=…")
        return len(Alphabet(letters))

    def input(self, name: str, high: int | None = None, *, letters: str | None = None) -> Column:
        """A column that the user fills in, with values 0..high; or with the numbers of `letters`, or with a text.

        token = table.input("token", letters="abc")    # a text such as "abba": 1, 2, 2, 1; and 0 is no letter
        """
        if name == "index" or any(column.name == name for column in self._inputs):
            raise UsageError(f"program {self.name!r} already has a column {name!r}; choose another name")
        column = self._column(name, self._highest(name, high, letters), letters)
        self._inputs.append(column)
        return column

    def output(self, name: str, column: Column) -> None:
        """Declare a column as an answer of the program."""
        self._own(column, f"output {name!r}")
        if len(self._scopes) > 1:
            raise UsageError(f"output {name!r} is declared inside a repeat; return its column and declare it after")
        if name in self._outputs:
            raise UsageError(f"program {self.name!r} already has an output {name!r}; choose another name")
        self._outputs[name] = column

    def hold(self, column: Column, name: str) -> Column:
        """The same column, standing under this name in a residual column of its own for at least one step.

        `cache.residual(step, name)` reads it there. It stands as early as it can, whether or not anybody reads it.
        """
        self._own(column, "what is held")
        if len(self._scopes) > 1:
            raise UsageError(f"{name!r} is held inside a repeat; use a plain Python loop, and a name for every round")
        output = self._column(name, column.high, column.letters)
        self._scopes[-1].append(Hold(column, output))
        return output

    # rows compute

    @overload
    def map(
        self,
        function: Callable[..., object],
        *inputs: Value,
        high: int | None = None,
        name: Names = "",
        letters: str | None = None,
    ) -> Column: ...

    @overload
    def map(
        self,
        function: Callable[..., object],
        *inputs: Value,
        high: Sequence[int],
        name: Names = "",
        letters: str | None = None,
    ) -> tuple[Column, ...]: ...

    def map(
        self,
        function: Callable[..., object],
        *inputs: Value,
        high: int | Sequence[int] | None = None,
        name: Names = "",
        letters: str | None = None,
    ) -> Column | tuple[Column, ...]:
        """Apply an ordinary Python function on integer tensors to every row; give one `high` for every result.

        The function must be row-wise and free of data-dependent `if`: use torch.where, comparisons, minimum, …
        letters: the results are the numbers of these letters; `high` is then their number unless you say less.
        """
        if not callable(function):
            raise UsageError(f"a map takes a function of columns, not {function!r}")
        highs = tuple(high) if isinstance(high, Sequence) else (self._highest(name, high, letters),)
        labels = [getattr(function, "__name__", "map").strip("<>")] * len(highs)
        outputs = self._columns(name, highs, labels, [letters] * len(highs))
        self._scopes[-1].append(Map(function, self._operands(inputs), outputs))
        return outputs if isinstance(high, Sequence) else outputs[0]

    # rows talk

    @overload
    def select(
        self,
        *,
        query: Values,
        key: Values,
        values: Value,
        where: Column | None = None,
        priority: Column | None = None,
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
        where: Column | None = None,
        priority: Column | None = None,
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
        where: Column | None = None,
        priority: Column | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> Column | tuple[Column, ...]:
        """Read `values` from the row whose `key` equals my `query`; 0 if there is none. See `Select`."""
        (queries, keys), read = self._matched(query, key), self._operands(values)
        if order not in ("first", "last", "any"):
            raise UsageError(f"order is 'first', 'last' or 'any', not {order!r}")
        if priority is not None:
            self._own(priority, "a priority")
        labels = [value.name if isinstance(value, Column) else "found" for value in read]
        letters = [value.letters if isinstance(value, Column) else None for value in read]
        outputs = self._columns(name, [value.high for value in read], labels, letters)
        condition = self._condition(where)
        self._scopes[-1].append(Select(queries, keys, read, outputs, condition, priority, order, distinct))
        return outputs if isinstance(values, Sequence) else outputs[0]

    @overload
    def pull(self, address: Value, values: Value, name: Names = "") -> Column: ...

    @overload
    def pull(self, address: Value, values: Sequence[Value], name: Names = "") -> tuple[Column, ...]: ...

    def pull(self, address: Value, values: Values, name: Names = "") -> Column | tuple[Column, ...]:
        """Read `values` from row number `address`; address 0 reads zeros. Any number of rows may read one row.

        The address must be 0 or the number of a row that exists (in a causal program: of an earlier row or my own).
        """
        return self.select(query=address, key=self.index, values=values, distinct=True, name=name)

    def previous(self, column: Column, name: str = "") -> Column:
        """The value of `column` in the row before mine, 0 in row 1."""
        self._own(column, "what is read before")
        row_before = self.map(lambda i: i - 1, self.index, high=self.rows - 1, name="row before")
        return self.pull(row_before, column, name=name or f"{column.name} before")

    @overload
    def push(
        self,
        destination: Value,
        values: Value,
        *,
        where: Column | None = None,
        priority: Column | None = None,
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
        where: Column | None = None,
        priority: Column | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> tuple[Column, ...]: ...

    def push(
        self,
        destination: Value,
        values: Values,
        *,
        where: Column | None = None,
        priority: Column | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> Column | tuple[Column, ...]:
        """Send `values` to row `destination` (0: to nobody); of several senders the one of least `priority` is heard,
        of equal ones the `order` one. A row to which nobody sends reads zeros."""
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

    def push_min(self, destination: Column, value: Column, *, where: Column | None = None, name: str = "") -> Column:
        """Row i gets the least `value` sent to it, or 0 if nothing was."""
        self._own(value, "what has a least")
        return self.push(destination, value, where=where, priority=value, name=name or f"least {value.name}")

    def push_max(self, destination: Column, value: Column, *, where: Column | None = None, name: str = "") -> Column:
        """Row i gets the greatest `value` sent to it, or 0 if nothing was."""
        top = self._own(value, "what has a greatest").high
        reverse = self.map(lambda v: top - v, value, high=top, name=f"{top} - {value.name}")
        return self.push(destination, value, where=where, priority=reverse, name=name or f"greatest {value.name}")

    @overload
    def last(self, *, key: Values, query: Values, values: Value, name: Names = "") -> Column: ...

    @overload
    def last(self, *, key: Values, query: Values, values: Sequence[Value], name: Names = "") -> tuple[Column, ...]: ...

    def last(self, *, key: Values, query: Values, values: Values, name: Names = "") -> Column | tuple[Column, ...]:
        """Read `values` from the last row whose key equals my query (in a causal program: the most recent one)."""
        return self.select(values=values, query=query, key=key, order="last", name=name)

    @overload
    def broadcast(self, values: Value, source: int = 1) -> Column: ...

    @overload
    def broadcast(self, values: Sequence[Value], source: int = 1) -> tuple[Column, ...]: ...

    def broadcast(self, values: Values, source: int = 1) -> Column | tuple[Column, ...]:
        """Every row reads `values` of row `source`."""
        return self.pull(source, values)

    def sum(
        self,
        value: Value,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Column | None = None,
        high: int | None = None,
        name: str = "",
    ) -> Column:
        """Add `value` over the rows whose key equals my query; without query and key, over all visible rows.

        `high` bounds the sum where the author knows better than rows · value.high.
        """
        (queries, keys), added = self._matched(query, key), self._operand(value)
        output = self._column(name or "sum", self.rows * added.high if high is None else high)
        self._scopes[-1].append(Sum(queries, keys, added, output, self._condition(where)))
        return output

    def count(
        self,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Column | None = None,
        high: int | None = None,
        name: str = "count",
    ) -> Column:
        """How many rows have a key equal to my query."""
        return self.sum(1, query=query, key=key, where=where, high=high, name=name)

    def prefix_sum(self, value: Column, name: str = "prefix sum") -> Column:
        """Row i gets value_1 + … + value_i."""
        if not self.causal:
            raise UsageError(f"prefix_sum needs a causal program, and {self.name!r} is not: Table(…, causal=True)")
        return self.sum(value, name=name)

    def rank(self, key: Column, name: str = "rank") -> Column:
        """My place 1..N when the rows are sorted by (key, row number)."""
        if self.causal:
            raise UsageError(f"rank needs to see every row, and program {self.name!r} is causal")
        self._own(key, "a sorting key")
        output = self._column(name, self.rows)
        self._scopes[-1].append(Rank(key, output))
        return output

    def earlier(
        self, key: Column, *, where: Column | None = None, high: int | None = None, name: str = "earlier"
    ) -> Column:
        """How many rows before mine hold my key; `high` bounds it where the author knows better than rows - 1."""
        if self.causal:
            raise UsageError(
                f"in the causal program {self.name!r} count the rows with my key: they are all before mine"
            )
        self._own(key, "a key")
        output = self._column(name, self.rows - 1 if high is None else high)
        self._scopes[-1].append(Earlier(key, output, self._condition(where)))
        return output

    def spread(
        self, destinations: Sequence[Value], values: Sequence[Value], *, senders: int, names: Sequence[str]
    ) -> tuple[Column, ...]:
        """Every row sends the same `values` to all rows among its `destinations` (0: nowhere); a row gets their sums.

        senders: at most so many rows send to one. One attention layer of one head, rows + 1 wide.
        Source: sparse propagation, arXiv 2402.09268, Proposition B.1.
        """
        if self.causal:
            raise UsageError(f"rows spread values to all rows, and program {self.name!r} is causal")
        to, sent = self._operands(destinations), self._operands(values)
        outputs = self._columns(names, [senders * value.high for value in sent], [""] * len(sent))
        self._scopes[-1].append(Spread(to, sent, outputs, senders))
        return outputs

    def weave(self, values: Sequence[Column], tables: Sequence[np.ndarray], high: int, name: str) -> Column:
        """The sum of those `values` whose table (rows + 1,) of 0 and 1 says 1 for my row number; at most `high`."""
        if len(values) != len(tables) or any(table.shape != (self.rows + 1,) for table in tables):
            raise UsageError(f"program {self.name!r} weaves columns by a table (rows + 1,) for each")
        output = self._column(name, high)
        self._scopes[-1].append(Weave(self._operands(values), tuple(tables), output))
        return output

    @overload
    def sort(self, key: Column, values: Value | None = None, name: Names = "") -> Column: ...

    @overload
    def sort(self, key: Column, values: Sequence[Value], name: Names = "") -> tuple[Column, ...]: ...

    def sort(self, key: Column, values: Values | None = None, name: Names = "") -> Column | tuple[Column, ...]:
        """Row i gets `values` (or the key itself) of the i-th row in the order of (key, row number)."""
        return self.push(self.rank(key), key if values is None else values, distinct=True, name=name or "sorted")

    @overload
    def repeat(self, times: int, body: Callable[[Column], Value], start: Value, high: int, name: str) -> Column: ...

    @overload
    def repeat(
        self,
        times: int,
        body: Callable[..., Sequence[Value]],
        start: Sequence[Value],
        high: Sequence[int],
        name: Sequence[str],
    ) -> tuple[Column, ...]: ...

    def repeat(
        self,
        times: int,
        body: Callable[..., Values],
        start: Values,
        high: int | Sequence[int],
        name: Names,
    ) -> Column | tuple[Column, ...]:
        """`state = body(state)`, `times` times. A plain Python loop does the same, unrolled; this one can be compiled
        with tied weights. `high` bounds the state columns; `start` gives their first values."""
        if not isinstance(times, int) or times < 0:
            raise UsageError(f"repeat needs a number of times of 0 or more, not {times!r}")
        highs = tuple(high) if isinstance(high, Sequence) else (high,)
        first = self._operands(start)
        outside = set(self._known)
        state = self._columns(name, highs, ["state"] * len(highs))
        if len(first) != len(state):
            raise UsageError(f"repeat has {len(first)} start values for {len(state)} state columns")
        self._scopes.append([])
        returned = body(*state)
        statements = tuple(self._scopes.pop())
        result = self._operands(returned)
        self._known = outside
        if len(state) != len(result):
            raise UsageError(f"repeat has {len(state)} state columns, but its body returns {len(result)}")
        outputs = self._columns(name, highs, ["state"] * len(highs))
        self._scopes[-1].append(Repeat(times, first, state, statements, result, outputs))
        return outputs if isinstance(high, Sequence) else outputs[0]

    def program(self) -> Program:
        """The finished program."""
        if not self._inputs:
            raise UsageError(f"program {self.name!r} has no input; make one with table.input(name, high)")
        if not self._outputs:
            raise UsageError(f"program {self.name!r} has no output; name one with table.output(name, column)")
        return Program(
            self.name,
            self.rows,
            self.causal,
            self.index,
            tuple(self._inputs),
            tuple(self._scopes[0]),
            dict(self._outputs),
        )
