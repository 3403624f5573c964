"""What a `map` computes, as data: operations on 64-bit integers, each on inputs and on what came before it.

The interpreter, the compiler and the MPC protocols evaluate this one value, so a map has one meaning. It is plain data:
it can be written to a file and read back, and no code is executed for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError, quoted

Array = np.ndarray
Range = tuple[int, int]  # the least and the greatest value, both included

INT64: Range = (-(2**63), 2**63 - 1)


class Undefined(ValueError):
    """A number that has no value, such as x // 0. `row`: the first place of the arrays where that is so, from 0."""

    def __init__(self, wrong: Array, reason: str) -> None:
        super().__init__(reason)
        self.row = int(np.flatnonzero(wrong)[0]) if np.ndim(wrong) else 0


@dataclass(frozen=True)
class Operation:
    """`compute` takes int64 arrays or numbers, and `span` says in which range its results lie, given those of its
    operands."""

    operands: int
    compute: Callable[..., Array]
    span: Callable[..., Range]


def floor_quotient(x: Array, y: Array) -> Array:
    if np.any(y == 0):
        raise Undefined(np.broadcast_to(y == 0, np.broadcast(x, y).shape), "divides by 0")
    return np.floor_divide(x, y)


def remainder(x: Array, y: Array) -> Array:
    """With the sign of y, as in Python."""
    if np.any(y == 0):
        raise Undefined(np.broadcast_to(y == 0, np.broadcast(x, y).shape), "takes a remainder by 0")
    return np.remainder(x, y)


def corners(function: Callable[[int, int], int]) -> Callable[[Range, Range], Range]:
    """The range of a function that is monotone in each of its arguments."""

    def span(x: Range, y: Range) -> Range:
        found = [function(a, b) for a in x for b in y]
        return min(found), max(found)

    return span


def quotient_span(x: Range, y: Range) -> Range:
    """Quotients are extreme where the divisor is, or where it is 1 or -1."""
    divisors = [b for b in {*y, -1, 1} if b and y[0] <= b <= y[1]]
    found = [a // b for a in x for b in divisors] or [0]
    return min(found), max(found)


def remainder_span(x: Range, y: Range) -> Range:
    if y[0] > 0 and x[0] >= 0 and x[1] < y[0]:
        return x
    if y[0] > 0 and x[0] >= 0:
        return 0, min(x[1], y[1] - 1)
    return min(y[0] + 1, 0), max(y[1] - 1, 0)


def absolute_span(x: Range) -> Range:
    return max(x[0], -x[1], 0), max(-x[0], x[1])


def bits_span(x: Range, y: Range) -> Range:
    """Of or and xor: no more bits than the operands have."""
    bits = max(abs(bound + (bound < 0)).bit_length() for bound in (*x, *y))
    return (0 if min(*x, *y) >= 0 else -(2**bits)), 2**bits - 1


def and_span(x: Range, y: Range) -> Range:
    highs = [bounds[1] for bounds in (x, y) if bounds[0] >= 0]
    return (0, min(highs)) if highs else bits_span(x, y)


def shift_left(x: int, y: int) -> int:
    return x << min(max(y, 0), 64)  # 64 places are beyond any range


def choose(condition: Array, yes: Array, no: Array) -> Array:
    return np.where(condition != 0, yes, no)


def comparison(function: Callable[[Array, Array], Array]) -> Operation:
    return Operation(2, lambda x, y: function(x, y).astype(np.int64), lambda x, y: (0, 1))


OPERATIONS: dict[str, Operation] = {
    "add": Operation(2, np.add, corners(lambda a, b: a + b)),
    "sub": Operation(2, np.subtract, corners(lambda a, b: a - b)),
    "mul": Operation(2, np.multiply, corners(lambda a, b: a * b)),
    "floordiv": Operation(2, floor_quotient, quotient_span),
    "mod": Operation(2, remainder, remainder_span),
    "abs": Operation(1, np.abs, absolute_span),
    "minimum": Operation(2, np.minimum, corners(min)),
    "maximum": Operation(2, np.maximum, corners(max)),
    "and": Operation(2, np.bitwise_and, and_span),
    "or": Operation(2, np.bitwise_or, bits_span),
    "xor": Operation(2, np.bitwise_xor, bits_span),
    "lshift": Operation(2, np.left_shift, corners(shift_left)),
    "rshift": Operation(2, lambda x, y: np.right_shift(x, np.minimum(y, 63)), corners(lambda a, b: a >> max(b, 0))),
    "eq": comparison(np.equal),
    "ne": comparison(np.not_equal),
    "lt": comparison(np.less),
    "le": comparison(np.less_equal),
    "gt": comparison(np.greater),
    "ge": comparison(np.greater_equal),
    "where": Operation(
        3,
        choose,
        lambda condition, yes, no: (min(yes[0], no[0]), max(yes[1], no[1])),
    ),
}
"""All but two: "constant" (no operand; the argument is its value) and "table" (one; the argument is the table that the
operand is looked up in, from 0)."""

SHIFTS = {"lshift", "rshift"}


@dataclass(frozen=True, slots=True)
class Node:
    """An operation on the values with the numbers `operands`: inputs are numbered first, then nodes, from 0."""

    operation: str
    operands: tuple[int, ...] = ()
    argument: int = 0


@dataclass(frozen=True, eq=False)
class RowFunction:
    """`arity` columns of integers become `results`, row by row: the values with these numbers.

    Errors: UsageError for an unknown operation, or an operand that does not come before its node.
    """

    arity: int
    nodes: tuple[Node, ...]
    results: tuple[int, ...]
    tables: tuple[Array, ...] = ()  # (entries,) int64 each

    def __post_init__(self) -> None:
        for number, node in enumerate(self.nodes, start=self.arity):
            count = {"constant": 0, "table": 1}.get(node.operation)
            if count is None:
                if node.operation not in OPERATIONS:
                    raise UsageError(f"a map has no operation {quoted(node.operation)}; it has {', '.join(OPERATIONS)}")
                count = OPERATIONS[node.operation].operands
            if len(node.operands) != count or not all(0 <= operand < number for operand in node.operands):
                raise UsageError(
                    f"value {number} of a map is {node.operation!r} of {list(node.operands)}; it takes {count} values"
                    " that come before it"
                )
            if node.operation == "table" and not 0 <= node.argument < len(self.tables):
                raise UsageError(f"value {number} of a map reads table {node.argument} of {len(self.tables)}")
        if not self.arity or not all(0 <= result < self.arity + len(self.nodes) for result in self.results):
            raise UsageError(f"a map of {self.arity} inputs and {len(self.nodes)} values gives {list(self.results)}")

    def __call__(self, *columns: Array) -> tuple[Array, ...]:
        """The results, (N,) int64 each, of columns (N,) int64. Errors: Undefined."""
        values: list[Any] = [*columns]
        for number, node in enumerate(self.nodes, start=self.arity):
            values.append(evaluate(node, [values[operand] for operand in node.operands], self.tables))
            for operand in node.operands:
                if self._last_reader[operand] == number:
                    values[operand] = None  # no longer needed
        shape = columns[0].shape
        return tuple(spread(values[result], shape) for result in self.results)

    @cached_property
    def _last_reader(self) -> dict[int, int]:
        """The number of the last node that reads a value; results are read at the end."""
        end = self.arity + len(self.nodes)
        readers = {operand: n for n, node in enumerate(self.nodes, start=self.arity) for operand in node.operands}
        return readers | dict.fromkeys(self.results, end)

    def spans(self, inputs: Sequence[Range]) -> list[Range]:
        """The ranges in which all values lie, given those of the inputs.

        Errors: UsageError for a value that 64 bits may not hold, a shift by a negative number, and a condition that is
        neither 0 nor 1.
        """
        found = [*inputs]
        for node in self.nodes:
            found.append(span_of(node, [found[operand] for operand in node.operands], self.tables))
        return found

    @property
    def adds(self) -> bool:
        """Whether it does nothing but add its inputs, each once."""
        read = [operand for node in self.nodes for operand in node.operands]
        only_sums = all(node.operation == "add" for node in self.nodes)
        return only_sums and sorted([*read, *self.results]) == list(range(self.arity + len(self.nodes)))

    def equals(self, other: RowFunction) -> bool:
        """Whether both are written alike, operation by operation. Then they compute the same."""
        mine, its = ((f.arity, f.nodes, f.results, [t.tolist() for t in f.tables]) for f in (self, other))
        return mine == its

    def ancestors(self, result: int) -> set[int]:
        """The numbers of the values that a value is computed from, itself among them."""
        found = {result}
        for number in range(self.arity + len(self.nodes) - 1, self.arity - 1, -1):
            if number in found:
                found.update(self.nodes[number - self.arity].operands)
        return found


def spread(value: Array, shape: tuple[int, ...]) -> Array:
    """A copy of the value, or of one number for all rows, as int64."""
    copy = np.empty(shape, dtype=np.int64)
    copy[...] = value
    return copy


def evaluate(node: Node, operands: Sequence[Array], tables: Sequence[Array]) -> Array:
    """What a node gives for the values of its operands, int64 arrays of one shape; `tables`: those of its function.

    Errors: Undefined for a division by 0, and for a place outside of a table.
    """
    if node.operation == "constant":
        return np.asarray(node.argument, dtype=np.int64)
    if node.operation == "table":
        (place,), table = operands, tables[node.argument]
        outside = (place < 0) | (place >= len(table))
        if np.any(outside):
            bad = int(np.ravel(place)[np.flatnonzero(outside)[0]])
            raise Undefined(outside, f"looks up entry {bad} of a table of {len(table)}")
        return table[place]
    return OPERATIONS[node.operation].compute(*operands)


def span_of(node: Node, operands: Sequence[Range], tables: Sequence[Array]) -> Range:
    """Errors: as of `RowFunction.spans`."""
    if node.operation == "constant":
        low = high = node.argument
    elif node.operation == "table":
        table = tables[node.argument]
        low, high = (int(table.min()), int(table.max())) if len(table) else (0, 0)
    else:
        if node.operation in SHIFTS and operands[1][0] < 0:
            raise UsageError(f"shifts by {operands[1][0]}..{operands[1][1]}; shift by 0 or more places")
        if node.operation == "where" and not (operands[0][0] >= 0 and operands[0][1] <= 1):
            raise UsageError(f"chooses by a number in {operands[0][0]}..{operands[0][1]}; a condition is 0 or 1")
        low, high = OPERATIONS[node.operation].span(*operands)
    if low < INT64[0] or high > INT64[1]:
        raise UsageError(
            f"computes numbers in {low}..{high}, and 64 bits hold -2^63..2^63 - 1; declare smaller ranges, or take a"
            " remainder earlier"
        )
    return low, high
