"""Statements in which rows compute on their own columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, overload

from logdepth.numerics.errors import UsageError
from logdepth.programs.expressions import Expression, Term, choose, lookup, operate, show, write_row_function
from logdepth.programs.place import place_of_caller
from logdepth.programs.row_function import RowFunction
from logdepth.programs.statements import Column, Hold
from logdepth.programs.table.writing import Condition, Names, Value, WritingTable
from logdepth.programs.transcription import make_map

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import Tensor


class ComputingTable(WritingTable):
    """Rows compute: ReLU layers."""

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
        self._write(make_map(function, self._operands(inputs), outputs, place_of_caller()))
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
            write_row_function(value, leaves),
            *columns,
            high=value.high if high is None else high,
            name=name or show(value),
            letters=letters or value.letters,
        )

    def _stands(self, part: Term) -> bool:
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

    def hold(self, column: Column | Expression, name: str) -> Column:
        """The same column, standing under this name in a residual column of its own for at least one step.

        `cache.residual(step, name)` reads it there. It stands there as early as it can, even if no statement reads it.
        """
        held = self._own(column, "what is held")
        if len(self._scopes) > 1:
            raise UsageError(f"{name!r} is held inside a repeat; use a plain Python loop, and a name for every round")
        output = self._column(name, held.high, held.letters, 0, held.values)
        self._write(Hold(held, output))
        return output
