"""An expression as a `RowFunction` of its leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from logdepth.programs.expressions.terms import Ranged, Term
from logdepth.programs.row_function import Node, RowFunction


def write_row_function(expression: Term, leaves: Sequence[Ranged]) -> RowFunction:
    """What an expression computes of `leaves`."""
    writing = Writing({leaf: number for number, leaf in enumerate(leaves)}, len(leaves))
    for part in expression.parts(set(leaves)):
        writing.write(part)
    return RowFunction(len(leaves), tuple(writing.nodes), (writing.known[expression],), tuple(writing.tables))


@dataclass
class Writing:
    """An expression on its way to a `RowFunction`: `known` are the numbers of its leaves and parts so far."""

    known: dict[Ranged, int]
    arity: int
    constants: dict[int, int] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    tables: list[np.ndarray] = field(default_factory=list)

    def node(self, operation: str, operands: Sequence[int], argument: int = 0) -> int:
        self.nodes.append(Node(operation, tuple(operands), argument))
        return self.arity + len(self.nodes) - 1

    def number(self, x: Ranged | int) -> int:
        """The number of a value that is written already, or of an int."""
        if not isinstance(x, int):
            return self.known[x]
        if x not in self.constants:
            self.constants[x] = self.node("constant", (), x)
        return self.constants[x]

    def write(self, part: Term) -> None:
        operands = [self.number(operand) for operand in part.operands]
        if part.operation == "choose":
            at, *choices = operands
            tests = [self.node("eq", (at, self.number(place))) for place in range(len(choices))]
            chosen = [self.node("mul", pair) for pair in zip(tests, choices, strict=True)]
            self.known[part] = reduce(lambda x, y: self.node("add", (x, y)), chosen)
        elif part.operation == "abs":
            self.known[part] = self.node("maximum", (*operands, self.node("sub", (self.number(0), *operands))))
        elif part.table is not None:
            self.known[part] = self.node("table", operands, len(self.tables))
            self.tables.append(part.table)
        else:
            self.known[part] = self.node(part.operation, operands)
