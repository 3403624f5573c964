"""Logic: a network of ANDs and XORs of two literals, which solvers, formats and bit-sliced evaluation take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

FALSE, TRUE = 0, 1
"""Literals: twice the number of a node, plus 1 where it is negated. Node 0 is the constant 0 (as in AIGER)."""

AND, XOR = 0, 1


def negate(literal: int) -> int:
    return literal ^ 1


@dataclass(frozen=True, eq=False)
class Logic:
    """Nodes: 0 is the constant, the inputs from 1, then the operations, each after those that it reads.

    kinds, left, right: of every operation, AND or XOR and its two literals. outputs: name -> literal.
    """

    inputs: tuple[str, ...]
    kinds: np.ndarray
    left: np.ndarray
    right: np.ndarray
    outputs: dict[str, int] = field(hash=False)

    @property
    def operations(self) -> int:
        return len(self.kinds)

    @property
    def nodes(self) -> int:
        return 1 + len(self.inputs) + self.operations

    @cached_property
    def steps(self) -> list[tuple[int, int, int]]:
        """Kind, left and right of every operation."""
        return list(zip(self.kinds.tolist(), self.left.tolist(), self.right.tolist(), strict=True))

    def simulate(self, inputs: Sequence[int], count: int) -> list[int]:
        """The values of every node for so many inputs at once: a number of `count` bits for each node.

        inputs: such a number for every input. For few inputs this is quicker than words; for many `BitSliced` is.
        """
        every = 2**count - 1
        values = [0, *inputs]
        for kind, left, right in self.steps:
            one = values[left >> 1] ^ every if left & 1 else values[left >> 1]
            other = values[right >> 1] ^ every if right & 1 else values[right >> 1]
            values.append(one & other if kind == AND else one ^ other)
        return values

    def conjuncts(self, literal: int) -> list[int]:
        """Literals, by their nodes, that all hold if and only if this one does: those of the ANDs that make it."""
        found, seen, waiting = [], set(), [literal]
        while waiting:
            if (one := waiting.pop()) in seen:
                continue
            seen.add(one)
            place = (one >> 1) - 1 - len(self.inputs)
            if not one & 1 and place >= 0 and self.kinds[place] == AND:
                waiting += [int(self.left[place]), int(self.right[place])]
            else:
                found.append(one)
        return sorted(found)


class LogicBuilder:
    """Makes a network; every method gives a literal. What is equal is made once, and constants are folded."""

    def __init__(self, inputs: tuple[str, ...]) -> None:
        self.inputs = inputs
        self.operations: list[tuple[int, int, int]] = []
        self._made: dict[tuple[int, int, int], int] = {}

    def input(self, number: int) -> int:
        return 2 * (1 + number)

    def both(self, one: int, other: int) -> int:
        """AND."""
        low, high = min(one, other), max(one, other)
        if low in (FALSE, negate(high)):
            return FALSE
        if low in (TRUE, high):
            return high
        return self._operation(AND, low, high)

    def either(self, one: int, other: int) -> int:
        """OR."""
        return negate(self.both(negate(one), negate(other)))

    def differ(self, one: int, other: int) -> int:
        """XOR; a negation of a side is one of the whole."""
        negated = (one ^ other) & 1
        low, high = min(one & ~1, other & ~1), max(one & ~1, other & ~1)
        if low == high:
            return negated
        return (high if low == FALSE else self._operation(XOR, low, high)) ^ negated

    def _operation(self, kind: int, left: int, right: int) -> int:
        operation = (kind, left, right)
        if operation not in self._made:
            self._made[operation] = 1 + len(self.inputs) + len(self.operations)
            self.operations.append(operation)
        return 2 * self._made[operation]

    def finish(self, outputs: dict[str, int]) -> Logic:
        kinds, left, right = (np.array(self.operations, dtype=np.int64).reshape(-1, 3)).T
        return Logic(self.inputs, kinds, left, right, outputs)
