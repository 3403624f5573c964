"""Statements of many layers: scans, and loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from logdepth.numerics.errors import UsageError
from logdepth.programs.associativity import Operation, Rows
from logdepth.programs.expressions import Ranged, replace_leaves
from logdepth.programs.statements import Column, Constant, Repeat
from logdepth.programs.table.counting import CountingTable
from logdepth.programs.table.writing import Names, Value, Values


class LoopingTable(CountingTable):
    """Many layers from one statement."""

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
            state = self._scan_once(reach, before, state, both if several else [both], labels, most)
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

    def _scan_once(
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
        nothing: dict[Ranged, Ranged | int] = dict.fromkeys(before, 0)
        following: list[Value] = []
        for mine, joined, label, highest in zip(state, both, labels, most, strict=True):
            alone = replace_leaves(joined, nothing)
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
