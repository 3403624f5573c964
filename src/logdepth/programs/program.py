"""The value `Program` and the `Table` on which users write one, statement by statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

from logdepth.numerics.errors import UsageError

Order = Literal["first", "last", "any"]
Names = str | Sequence[str]


@dataclass(frozen=True, eq=False)
class Column:
    """A column of the table: one integer in 0..high for every row."""

    name: str
    high: int

    def __post_init__(self) -> None:
        if not isinstance(self.high, int) or self.high < 0:
            raise UsageError(f"column {self.name!r} needs a highest value of 0 or more, not {self.high!r}")

    def __repr__(self) -> str:
        return f"{self.name}:0..{self.high}"

    def __bool__(self) -> bool:
        raise UsageError(
            f"column {self.name!r} has a value in every row, so no truth value; decide inside a map, by torch.where"
        )


@dataclass(frozen=True)
class Constant:
    """The same value in every row."""

    value: int


Operand = Column | Constant
Value = Column | int  # what a method of Table takes for a column: an int stands for the column that holds it everywhere


@dataclass(frozen=True)
class Map:
    """`outputs = function(*inputs)`, row by row. The function takes and gives integer tensors of shape (N,)."""

    function: Callable[..., object]
    inputs: tuple[Operand, ...]
    outputs: tuple[Column, ...]


@dataclass(frozen=True)
class Select:
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
        return self.distinct and self.key == (index,) and self.where is None


@dataclass(frozen=True)
class Sum:
    """Row i gets the sum of `value_j` over the rows j with `key_j == query_i` (and `where_j`)."""

    query: tuple[Operand, ...]
    key: tuple[Operand, ...]
    value: Operand
    output: Column
    where: Column | None = None


@dataclass(frozen=True)
class Rank:
    """Row i gets 1 + the number of rows before it in the order of (key, row number): a permutation of 1..N."""

    key: Column
    output: Column


@dataclass(frozen=True)
class Repeat:
    """Run `body` `times` times: it reads the columns `state` and leaves their next values in `result`."""

    times: int
    start: tuple[Operand, ...]
    state: tuple[Column, ...]
    body: tuple[Statement, ...]
    result: tuple[Operand, ...]
    outputs: tuple[Column, ...]


Statement = Map | Select | Sum | Rank | Repeat


@dataclass(frozen=True)
class Program:
    """A parallel algorithm on a table of at most `rows` rows.

    `causal` programs let row i see rows 1..i only. `index` is the built-in column that holds the row number.
    """

    name: str
    rows: int
    causal: bool
    index: Column
    inputs: tuple[Column, ...]
    statements: tuple[Statement, ...]
    outputs: dict[str, Column]


@dataclass
class Table:
    """Writes a program: every method adds one statement and returns its new columns.

        table = Table("induction", rows=100, causal=True)
        token = table.input("token", high=4)
        previous = table.pull(table.index_before, token)
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
    _known: set[int] = field(default_factory=set)
    _keep: list[Column] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not isinstance(self.rows, int) or self.rows < 1:
            raise UsageError(f"program {self.name!r} needs at least one row, not {self.rows!r}")
        self.index = self._column("index", self.rows)

    # columns

    def _column(self, name: str, high: int) -> Column:
        column = Column(name, high)
        self._known.add(id(column))
        self._keep.append(column)  # keeps the identity alive
        return column

    def _operand(self, value: Value) -> Operand:
        if isinstance(value, Column):
            if id(value) not in self._known:
                raise UsageError(
                    f"column {value.name!r} belongs to another program, or to the inside of a repeat that has ended"
                )
            return value
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return Constant(value)
        raise UsageError(f"program {self.name!r} expects a column or a non-negative int, not {value!r}")

    def _operands(self, values: Value | Sequence[Value]) -> tuple[Operand, ...]:
        many = values if isinstance(values, Sequence) else (values,)
        if not many:
            raise UsageError(f"program {self.name!r} has a statement with no columns")
        return tuple(self._operand(value) for value in many)

    def _condition(self, where: Column | None) -> Column | None:
        if where is None:
            return None
        operand = self._operand(where)
        if not isinstance(operand, Column) or operand.high > 1:
            raise UsageError(f"a condition is a column of 0 and 1, not {where!r}")
        return operand

    def input(self, name: str, high: int) -> Column:
        """A column that the user fills in, with values 0..high."""
        if name == "index" or any(column.name == name for column in self._inputs):
            raise UsageError(f"program {self.name!r} already has a column {name!r}; choose another name")
        column = self._column(name, high)
        self._inputs.append(column)
        return column

    def output(self, name: str, column: Column) -> None:
        """Declare a column as an answer of the program."""
        self._operand(column)
        if len(self._scopes) > 1:
            raise UsageError(f"output {name!r} is declared inside a repeat; return its column and declare it after")
        if name in self._outputs:
            raise UsageError(f"program {self.name!r} already has an output {name!r}; choose another name")
        self._outputs[name] = column

    # rows compute

    @overload
    def map(self, function: Callable[..., object], *inputs: Value, high: int, name: Names = "") -> Column: ...

    @overload
    def map(
        self, function: Callable[..., object], *inputs: Value, high: Sequence[int], name: Names = ""
    ) -> tuple[Column, ...]: ...

    def map(
        self, function: Callable[..., object], *inputs: Value, high: int | Sequence[int], name: Names = ""
    ) -> Column | tuple[Column, ...]:
        """Apply an ordinary Python function on integer tensors to every row; give one `high` for every result.

        The function must be row-wise and free of data-dependent `if`: use torch.where, comparisons, minimum, …
        """
        highs = (high,) if isinstance(high, int) else tuple(high)
        names = (name,) * len(highs) if isinstance(name, str) else tuple(name)
        outputs = tuple(self._column(n or function.__name__.strip("<>"), h) for n, h in zip(names, highs, strict=True))
        self._scopes[-1].append(Map(function, self._operands(inputs), outputs))
        return outputs[0] if isinstance(high, int) else outputs

    # rows talk

    @overload
    def select(
        self,
        *,
        query: Value | Sequence[Value],
        key: Value | Sequence[Value],
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
        query: Value | Sequence[Value],
        key: Value | Sequence[Value],
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
        query: Value | Sequence[Value],
        key: Value | Sequence[Value],
        values: Value | Sequence[Value],
        where: Column | None = None,
        priority: Column | None = None,
        order: Order = "first",
        distinct: bool = False,
        name: Names = "",
    ) -> Column | tuple[Column, ...]:
        """Read `values` from the row whose `key` equals my `query`; 0 if there is none. See `Select`."""
        queries, keys, read = self._operands(query), self._operands(key), self._operands(values)
        if len(queries) != len(keys):
            raise UsageError(f"a query of {len(queries)} columns cannot match a key of {len(keys)}")
        if order not in ("first", "last", "any"):
            raise UsageError(f"order is 'first', 'last' or 'any', not {order!r}")
        if priority is not None and not isinstance(self._operand(priority), Column):
            raise UsageError(f"a priority is a column, not {priority!r}")
        names = (name,) * len(read) if isinstance(name, str) else tuple(name)
        highs = [value.high if isinstance(value, Column) else value.value for value in read]
        labels = [n or (v.name if isinstance(v, Column) else "found") for n, v in zip(names, read, strict=True)]
        outputs = tuple(self._column(label, high) for label, high in zip(labels, highs, strict=True))
        condition = self._condition(where)
        self._scopes[-1].append(Select(queries, keys, read, outputs, condition, priority, order, distinct))
        return outputs if isinstance(values, Sequence) else outputs[0]

    @overload
    def pull(self, address: Value, values: Value, name: Names = "") -> Column: ...

    @overload
    def pull(self, address: Value, values: Sequence[Value], name: Names = "") -> tuple[Column, ...]: ...

    def pull(self, address: Value, values: Value | Sequence[Value], name: Names = "") -> Column | tuple[Column, ...]:
        """Read `values` from row number `address`; address 0 reads zeros. Any number of rows may read one row.

        The address must be 0 or the number of a row that exists (in a causal program: of an earlier row or my own).
        """
        return self.select(query=address, key=self.index, values=values, distinct=True, name=name)

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
        values: Value | Sequence[Value],
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
        return self.push(destination, value, where=where, priority=value, name=name or f"least {value.name}")

    def push_max(self, destination: Column, value: Column, *, where: Column | None = None, name: str = "") -> Column:
        """Row i gets the greatest `value` sent to it, or 0 if nothing was."""
        top = value.high
        reverse = self.map(lambda v: top - v, value, high=top, name=f"{top} - {value.name}")
        return self.push(destination, value, where=where, priority=reverse, name=name or f"greatest {value.name}")

    @overload
    def last(
        self, *, key: Value | Sequence[Value], query: Value | Sequence[Value], values: Value, name: Names = ""
    ) -> Column: ...

    @overload
    def last(
        self, *, key: Value | Sequence[Value], query: Value | Sequence[Value], values: Sequence[Value], name: Names = ""
    ) -> tuple[Column, ...]: ...

    def last(
        self,
        *,
        key: Value | Sequence[Value],
        query: Value | Sequence[Value],
        values: Value | Sequence[Value],
        name: Names = "",
    ) -> Column | tuple[Column, ...]:
        """Read `values` from the last row whose key equals my query (in a causal program: the most recent one)."""
        return self.select(values=values, query=query, key=key, order="last", name=name)

    @overload
    def broadcast(self, values: Value, source: int = 1) -> Column: ...

    @overload
    def broadcast(self, values: Sequence[Value], source: int = 1) -> tuple[Column, ...]: ...

    def broadcast(self, values: Value | Sequence[Value], source: int = 1) -> Column | tuple[Column, ...]:
        """Every row reads `values` of row `source`."""
        return self.pull(source, values)

    def sum(
        self,
        value: Value,
        *,
        query: Value | Sequence[Value] = 0,
        key: Value | Sequence[Value] = 0,
        where: Column | None = None,
        high: int | None = None,
        name: str = "",
    ) -> Column:
        """Add `value` over the rows whose key equals my query; without query and key, over all visible rows.

        `high` bounds the sum where the author knows better than rows · value.high.
        """
        queries, keys, added = self._operands(query), self._operands(key), self._operand(value)
        if len(queries) != len(keys):
            raise UsageError(f"a query of {len(queries)} columns cannot match a key of {len(keys)}")
        most = self.rows * (added.high if isinstance(added, Column) else added.value)
        output = self._column(name or "sum", most if high is None else high)
        self._scopes[-1].append(Sum(queries, keys, added, output, self._condition(where)))
        return output

    def count(
        self,
        *,
        query: Value | Sequence[Value] = 0,
        key: Value | Sequence[Value] = 0,
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
        self._operand(key)
        output = self._column(name, self.rows)
        self._scopes[-1].append(Rank(key, output))
        return output

    @overload
    def sort(self, key: Column, values: Value | None = None, name: Names = "") -> Column: ...

    @overload
    def sort(self, key: Column, values: Sequence[Value], name: Names = "") -> tuple[Column, ...]: ...

    def sort(
        self, key: Column, values: Value | Sequence[Value] | None = None, name: Names = ""
    ) -> Column | tuple[Column, ...]:
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
        body: Callable[..., Value | Sequence[Value]],
        start: Value | Sequence[Value],
        high: int | Sequence[int],
        name: Names,
    ) -> Column | tuple[Column, ...]:
        """`state = body(state)`, `times` times. A plain Python loop does the same, unrolled; this one can be compiled
        with tied weights. `high` bounds the state columns; `start` gives their first values."""
        if not isinstance(times, int) or times < 0:
            raise UsageError(f"repeat needs a number of times of 0 or more, not {times!r}")
        single = isinstance(high, int)
        highs = (high,) if isinstance(high, int) else tuple(high)
        names = (name,) if isinstance(name, str) else tuple(name)
        first = self._operands(start)
        state = tuple(self._column(n, h) for n, h in zip(names, highs, strict=True))
        outside = set(self._known)
        self._scopes.append([])
        returned = body(*state)
        statements = tuple(self._scopes.pop())
        result = self._operands(returned)
        self._known = outside
        if not len(first) == len(state) == len(result):
            raise UsageError(
                f"repeat has {len(first)} start values, {len(state)} state columns and {len(result)} results"
            )
        outputs = tuple(self._column(n, h) for n, h in zip(names, highs, strict=True))
        self._scopes[-1].append(Repeat(times, first, state, statements, result, outputs))
        return outputs[0] if single else outputs

    def program(self) -> Program:
        """The finished program."""
        if not self._inputs:
            raise UsageError(f"program {self.name!r} has no input; name one with table.input(name, high)")
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
