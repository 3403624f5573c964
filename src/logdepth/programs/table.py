"""The `Table` on which users write a program, statement by statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.programs.associativity import Operation, Rows
from logdepth.programs.expressions import Expression, Operators, choose, lookup, operate, replaced, show
from logdepth.programs.place import place_of_caller
from logdepth.programs.program import Draft, Program
from logdepth.programs.row_function import RowFunction
from logdepth.programs.statements import (
    Column,
    Constant,
    Earlier,
    Hold,
    Operand,
    Order,
    Rank,
    Repeat,
    Select,
    Spread,
    Statement,
    Sum,
    Weave,
    check_name,
)
from logdepth.programs.trace import traced_map
from logdepth.tasks import Alphabet

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import Tensor

Value = Column | Expression | int  # what a method takes for a column; an int: the column that holds it everywhere
Condition = Column | Expression  # of 0 and 1
Values = Value | Sequence[Value]  # one, or several at once
Names = str | Sequence[str]  # of the new columns: one for all of them, or one each


@dataclass
class Table(Draft):
    """Writes a program: every method adds one statement and returns its new columns.

        table = Table("induction", rows=100, causal=True)
        token = table.input("token", letters="abcd")
        before = table.shift(token, 1)
        table.output("answer", table.last(token, query=token, key=before))
        program = table.program()

    rows: the most that a table may have. causal: row i sees rows 1..i only. Rows are numbered from 1, by the column
    `table.index`; row 0 is no row: a row that reads it reads zeros. In place of a column you may give an expression of
    columns, or a non-negative int, which stands for the column that holds it in every row.

    Begin and end:  input  output  program
    Rows compute:   + - * // %  == != < <= > >=  & | ~ ^  abs  .clip(low, high)      operators on columns
                    where  minimum  maximum  lookup  choose                          more of them
                    map         any function of integer tensors that is the same for all rows
                    column      an expression as a column, with a name or a smaller range
    Rows read one:  pull        the row with this number             previous, shift     some rows before or after mine
                    last        the last row that matches            argmax, argmin      the largest, the least
                    select      any of these, with all options       broadcast           one row, read by all
    Rows send:      push        to the row with this number          push_min, push_max  the least, the greatest
    Rows count:     sum, count  over the rows that match             prefix_sum          up to mine
                    earlier     rows before mine with my key         length              how many rows there are
    Order:          rank        my place when rows are sorted        sort                the values in this order
    Many layers:    scan        prefix composition of any operation  repeat              a loop with tied weights
    Rarely:         hold        a column that stays to be seen       spread, weave       sparse propagation

    A statement in which rows talk is one attention layer of one head, if its docstring names no other cost. All other
    statements are ReLU layers.
    """

    name: str
    rows: int
    causal: bool = False
    _inputs: list[Column] = field(default_factory=list, init=False)
    _outputs: dict[str, Column] = field(default_factory=dict, init=False)
    _scopes: list[list[Statement]] = field(default_factory=lambda: [[]], init=False)
    _known: set[Column] = field(default_factory=set, init=False)
    _made: dict[Operators, Column] = field(default_factory=dict, init=False)  # of expressions that are columns by now
    _length: Column | None = field(default=None, init=False)

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

    # columns

    def _column(self, name: str, high: int, letters: str | None = None, low: int = 0) -> Column:
        column = Column(name, high, letters, low)
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

    def _matched(self, query: Values, key: Values) -> tuple[tuple[Operand, ...], tuple[Operand, ...]]:
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

    def input(self, name: str, high: int | None = None, *, letters: str | None = None) -> Column:
        """A column that the user fills in, with values 0..high; or with a text of `letters`.

            degree = table.input("degree", high=20)
            token = table.input("token", letters="abc")    # "abba" is 1, 2, 2, 1

        Letters are numbered from 1, and 0 is no letter.
        """
        if name == "index" or any(column.name == name for column in self._inputs):
            raise UsageError(f"program {self.name!r} already has a column {name!r}; choose another name")
        column = self._column(name, self._highest(name, high, letters), letters)
        self._inputs.append(column)
        return column

    def output(self, name: str, column: Column | Expression) -> None:
        """Declare a column as an answer of the program.

            table.output("balanced", height == 0)

        If the column holds letters, so does the answer.
        """
        check_name("an output", name)
        answer = self._own(column, f"output {name!r}")
        if len(self._scopes) > 1:
            raise UsageError(f"output {name!r} is declared inside a repeat; return its column and declare it after")
        if name in self._outputs:
            raise UsageError(f"program {self.name!r} already has an output {name!r}; choose another name")
        self._outputs[name] = answer

    def hold(self, column: Column | Expression, name: str) -> Column:
        """The same column, standing under this name in a residual column of its own for at least one step.

        `cache.residual(step, name)` reads it there. It stands there as early as it can, even if no statement reads it.
        """
        held = self._own(column, "what is held")
        if len(self._scopes) > 1:
            raise UsageError(f"{name!r} is held inside a repeat; use a plain Python loop, and a name for every round")
        output = self._column(name, held.high, held.letters)
        self._write(Hold(held, output))
        return output

    # rows compute

    @overload
    def map(
        self,
        function: Callable[..., object] | RowFunction,
        *inputs: Value,
        high: int | None = None,
        name: Names = "",
        letters: str | None = None,
    ) -> Column: ...

    @overload
    def map(
        self,
        function: Callable[..., object] | RowFunction,
        *inputs: Value,
        high: Sequence[int],
        name: Names = "",
        letters: str | None = None,
    ) -> tuple[Column, ...]: ...

    def map(
        self,
        function: Callable[..., object] | RowFunction,
        *inputs: Value,
        high: int | Sequence[int] | None = None,
        name: Names = "",
        letters: str | None = None,
    ) -> Column | tuple[Column, ...]:
        """Apply an ordinary Python function on integer tensors to every row; give one `high` for every result.

            low, high = table.map(lambda u, v: (torch.minimum(u, v), torch.maximum(u, v)), u, v, high=[9, 9])

        The function is called once, now, with symbols in place of tensors. It must be row-wise and free of
        data-dependent `if`: use torch.where, comparisons, minimum, … Numbers are 64-bit integers.
        letters: the results are the numbers of these letters; `high` is then their number unless you say less.
        """
        if not callable(function):
            raise UsageError(f"a map takes a function of columns, not {function!r}")
        highs = tuple(high) if isinstance(high, Sequence) else (self._highest(name, high, letters),)
        labels = [getattr(function, "__name__", "map").strip("<>")] * len(highs)
        outputs = self._columns(name, highs, labels, [letters] * len(highs))
        self._write(traced_map(function, self._operands(inputs), outputs, place_of_caller()))
        return outputs if isinstance(high, Sequence) else outputs[0]

    def column(self, value: Value, high: int | None = None, *, name: str = "", letters: str | None = None) -> Column:
        """An expression as a column. A statement does this by itself if you give it an expression.

            height = table.column(2 * opened - table.index + 100, name="height")
            share = table.column(total // table.index, high=9)    # no more than 9: you know, the library does not

        high: the largest value, if you know better than the ranges of the columns say. letters: the values are the
        numbers of these letters. Errors: UsageError for an expression that may be negative.
        """
        if isinstance(value, Column):
            column = self._own(value, "what becomes a column")
            if (high is None or high >= column.high) and letters is None and name in ("", column.name):
                return column
            return self.map(
                lambda v: v,
                column,
                high=column.high if high is None else high,
                name=name or column.name,
                letters=letters,
            )
        if not isinstance(value, Expression):
            number = self._operand(value)
            return self.map(
                lambda i: 0 * i + number.high, self.index, high=high or number.high, name=name or str(number.high)
            )
        if value.low < 0:
            brief = len(show(value)) <= 30  # a long one is said once
            raise UsageError(
                f"by the ranges of its columns {show(value)!r} holds {value.low}..{value.high}, and a column holds no"
                f" negative number; take {show(value, inside=True) if brief else '(…)'}.clip(0), which makes 0 of less"
                f" and changes nothing else, abs({show(value) if brief else '…'}), or add {-value.low}"
            )
        leaves = value.leaves({part: None for part in value.parts() if self._stands(part)})
        columns = [leaf if isinstance(leaf, Column) else self._made[leaf] for leaf in leaves]
        return self.map(
            value.function(leaves),
            *columns,
            high=value.high if high is None else high,
            name=name or show(value),
            letters=letters or value.letters,
        )

    def _stands(self, part: Expression) -> bool:
        """Whether a part of an expression is read from the column that it is already.

        A function of one column is computed again: a table of that column is no deeper, whatever it says.
        """
        return self._made.get(part) in self._known and len(part.leaves()) > 1

    def where(self, condition: Condition | int, yes: Value | str, no: Value | str) -> Expression:
        """`yes` in the rows in which the condition holds, `no` in the others.

            later = table.where(a > b, a, b)

        Cost: one ReLU layer.
        """
        return operate("where", condition, yes, no)

    def minimum(self, a: Value, b: Value) -> Expression:
        """The lesser of two, row by row."""
        return operate("minimum", a, b)

    def maximum(self, a: Value, b: Value) -> Expression:
        """The greater of two, row by row."""
        return operate("maximum", a, b)

    def lookup(self, table: ArrayLike | Tensor, *places: Value) -> Expression:
        """The entry of a table of integers at one column, or at two; a list, an array or a tensor, counted from 0.

            cost = table.lookup([0, 3, 1, 4], kind)
            following = table.lookup(np.array([[0, 1], [1, 0]]), state, letter)

        The columns must lie inside the table. Cost: free of an input, or of the row number; otherwise one ReLU layer.
        """
        return lookup(table, places)

    def choose(self, which: Value, columns: Sequence[Value]) -> Expression:
        """columns[which], row by row: the column that has the number `which`, counted from 0.

            g_after_f = [table.choose(q, [g_0, g_1]) for q in (f_0, f_1)]

        Cost: two ReLU layers, with two neurons for a column.
        """
        return choose(which, columns)

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

    # rows talk

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
        (queries, keys), read = self._matched(query, key), self._operands(values)
        if order not in ("first", "last", "any"):
            raise UsageError(f"order is 'first', 'last' or 'any', not {order!r}")
        urgency = None if priority is None else self._own(priority, "a priority")
        labels = [value.name if isinstance(value, Column) else "found" for value in read]
        letters = [value.letters if isinstance(value, Column) else None for value in read]
        outputs = self._columns(name, [value.high for value in read], labels, letters)
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
        where: Condition | None = None,
        name: Names = "",
    ) -> tuple[Column, ...]: ...

    def last(
        self,
        values: Values,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Condition | None = None,
        name: Names = "",
    ) -> Column | tuple[Column, ...]:
        """Read `values` from the last row whose key equals my query, of those `where` a condition holds; 0 if none.

            answer = table.last(token, query=token, key=token_before)
            opened = table.last(table.index, where=token == "(")    # in a causal program: the most recent one

        Cost: one attention layer of one head.
        """
        return self.select(values=values, query=query, key=key, where=where, order="last", name=name)

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

    def sum(
        self,
        value: Value,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Condition | None = None,
        high: int | None = None,
        name: str = "",
    ) -> Column:
        """Add `value` over the rows whose key equals my query; without query and key, over all visible rows.

            spent = table.sum(price, query=buyer, key=buyer, high=1000)

        high: the largest sum, if you know a smaller one than rows · value.high.
        """
        (queries, keys), added = self._matched(query, key), self._operand(value)
        output = self._column(name or "sum", self.rows * added.high if high is None else high)
        self._write(Sum(queries, keys, added, output, self._condition(where)))
        return output

    def count(
        self,
        *,
        query: Values = 0,
        key: Values = 0,
        where: Condition | None = None,
        high: int | None = None,
        name: str = "count",
    ) -> Column:
        """How many rows have a key equal to my query."""
        return self.sum(1, query=query, key=key, where=where, high=high, name=name)

    def prefix_sum(self, value: Value, name: str = "prefix sum") -> Column:
        """Row i gets value_1 + … + value_i."""
        if not self.causal:
            raise UsageError(f"prefix_sum needs a causal program, and {self.name!r} is not: Table(…, causal=True)")
        return self.sum(value, name=name)

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

    @overload
    def scan(
        self, op: Callable[[Any, Any], Value], start: Value, *, high: int | None = None, name: Names = ""
    ) -> Column: ...

    @overload
    def scan(
        self,
        op: Callable[[Any, Any], Sequence[Value]],
        start: Sequence[Value],
        *,
        high: Sequence[int] | None = None,
        name: Names = "",
    ) -> tuple[Column, ...]: ...

    def scan(
        self,
        op: Callable[[Any, Any], Any],
        start: Values,
        *,
        high: int | Sequence[int] | None = None,
        name: Names = "",
    ) -> Column | tuple[Column, ...]:
        """Prefix composition: row i gets x_1 ∘ x_2 ∘ … ∘ x_i, where x_j is the value, or the tuple of values, of row j.

            largest_so_far = table.scan(table.maximum, value)
            total = table.scan(lambda x, y: x + y, value, high=100)
            g_after_f = table.scan(lambda f, g: [table.choose(q, g) for q in f], [to_0, to_1])

        op(earlier, later) gets columns, or tuples of columns, and gives as many. It must be associative: it is tried on
        the rows of some random tables, and the first that it does not group alike are an error.
        high: the largest results, if you know better than the ranges say.
        Cost: ⌈log2 rows⌉ attention layers of one head, and after each the ReLU layers of op; one more if op(0, x) is
        not x by its ranges alone, since the first rows have nothing before them.
        Source: prefix sums by doubling, Hillis and Steele (1986).
        """
        if not callable(op):
            raise UsageError(f"a scan takes a function of two columns, or of two tuples of columns, not {op!r}")
        several = isinstance(start, Sequence)
        now = self._operands(start)
        rows = Rows(self.index, self.causal, self.rows, tuple(self._inputs), tuple(self._scopes[0]), now)
        labels = [
            label or f"scan of {operand.name if isinstance(operand, Column) else operand.value}"
            for label, operand in zip(self._names(name, now), now, strict=True)
        ]
        most = (high,) * len(now) if high is None or isinstance(high, int) else tuple(high)
        if len(most) != len(now):
            raise UsageError(f"a scan of {len(now)} columns has as many highest values, not {len(most)}")
        state: list[Value] = [operand.value if isinstance(operand, Constant) else operand for operand in now]
        reach = 1
        while reach < self.rows:
            before = self.shift(state, reach, name=[f"{label}, {reach} before" for label in labels])
            both = op(before, tuple(state)) if several else op(before[0], state[0])
            state = self._scanned(reach, before, state, both if several else [both], labels, most)
            reach *= 2
        results = tuple(self.column(value, name=label) for value, label in zip(state, labels, strict=True))
        if len(self._scopes) == 1:  # in the body of a repeat no table is at hand
            self._check_associative(op if several else lambda x, y: [op(x[0], y[0])], rows, results)
        return results if several else results[0]

    def _check_associative(
        self, op: Callable[[Any, Any], Sequence[Value]], rows: Rows, results: Sequence[Column]
    ) -> None:
        """UsageError for operands that an operation does not group alike."""
        outside, made = set(self._known), dict(self._made)
        earlier, later = (tuple(self._column(x.name, x.high, x.letters) for x in results) for _ in range(2))
        self._scopes.append([])
        both = self._operands(tuple(op(earlier, later)))
        statements = self._scopes.pop()
        self._known, self._made = outside if self._length is None else outside | {self._length}, made
        departure = Operation(self.index, statements, earlier, later, both).find_departure(rows)
        if departure:
            raise UsageError(
                f"the operation of the scan {results[0].name!r} is not associative: {departure}."
                " A scan groups rows as it likes; write it with an operation that is."
            )

    def _scanned(
        self,
        reach: int,
        before: Sequence[Column],
        state: Sequence[Value],
        both: Sequence[Value],
        labels: Sequence[str],
        most: Sequence[int | None],
    ) -> list[Value]:
        """The state after one round: `both` where there is a row so far before mine, else what it was."""
        if not isinstance(both, Sequence) or len(both) != len(state) or any(x is None for x in both):
            raise UsageError(f"the operation of a scan of {len(state)} columns gives as many, not {both!r}")
        nothing: dict[Operators, Operators | int] = dict.fromkeys(before, 0)
        following: list[Value] = []
        for mine, joined, label, highest in zip(state, both, labels, most, strict=True):
            alone = replaced(joined, nothing)
            kept = joined if alone is mine else self.where(self.index > reach, joined, mine)
            following.append(self.column(kept, highest, name=f"{label}, {2 * reach} rows"))
        return following

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
        result = self._operands(body(*state))
        statements = tuple(self._scopes.pop())
        self._known = outside if self._length is None else outside | {self._length}
        if len(state) != len(result):
            raise UsageError(f"repeat has {len(state)} state columns, but its body returns {len(result)}")
        outputs = self._columns(name, highs, ["state"] * len(highs))
        self._write(Repeat(times, first, state, statements, result, outputs))
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
