"""A circuit as the rows of a table: one for every node, and if wires are rows too, one for every wire of weight 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from logdepth.circuits import Circuit
from logdepth.numerics.errors import UsageError

MOST_ROWS = 20_000
"""Rows of one table: wires of weight 1, and nodes. Every row is a token."""

Wire = tuple[int, bool]
"""The node that is read, and whether it is negated."""


@dataclass(frozen=True, eq=False)
class Instructions:
    """What every node does, with wires of weight 1 alone: a weight of 3 is three wires, and one of -3 three negated.

    [Σ w x ≥ t] is [number of literals that are 1 ≥ t + the sum of the weights below 0].
    Errors: UsageError for a circuit of too many wires.
    """

    circuit: Circuit

    def __post_init__(self) -> None:
        wires = sum(sum(map(abs, self.circuit.forms[gate.form].weights)) for gate in self.circuit.gates)
        if self.circuit.nodes + wires > MOST_ROWS:
            raise UsageError(
                f"the circuit has {wires:,} wires of weight 1 and {self.circuit.nodes:,} nodes, and a table takes"
                f" {MOST_ROWS:,} rows. Take a circuit of smaller weights."
            )

    @property
    def nodes(self) -> int:
        return self.circuit.nodes

    @cached_property
    def wires(self) -> list[list[Wire]]:
        """Of every node the wires into it."""
        found: list[list[Wire]] = [[] for _ in self.circuit.inputs]
        for gate in self.circuit.gates:
            form = self.circuit.forms[gate.form]
            pairs = zip(form.nodes, form.weights, strict=True)
            found.append([(node, weight < 0) for node, weight in pairs for _ in range(abs(weight))])
        return found

    @cached_property
    def thresholds(self) -> np.ndarray:
        """(nodes,): how many literals must be 1; 0 where that is known, as of inputs."""
        found = np.zeros(self.nodes, dtype=np.int64)
        for node, wires in enumerate(self.wires):
            if node >= len(self.circuit.inputs):
                needed = self._needed(node)
                found[node] = needed if 0 < needed <= len(wires) else 0
        return found

    def given(self, bits: np.ndarray) -> np.ndarray:
        """(nodes,): the value of a node whose threshold is 0: an input's bit, or that of a gate that always holds."""
        found = np.zeros(self.nodes, dtype=np.int64)
        found[: len(bits)] = bits
        found[len(bits) :] = [self._needed(node) <= 0 for node in range(len(bits), self.nodes)]
        return found

    def _needed(self, node: int) -> int:
        gate = self.circuit.gates[node - len(self.circuit.inputs)]
        return gate.threshold - self.circuit.forms[gate.form].lowest
