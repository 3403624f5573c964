"""Threshold circuit: gates that compare a weighted sum of bits with a number; a model of computation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from logdepth.circuits.form import Form, check_form, sums_of
from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True)
class Gate:
    """1 if the form of this number reaches the threshold, else 0."""

    form: int
    threshold: int


@dataclass(frozen=True)
class CircuitSizes:
    """What a circuit takes.

    depth: levels of gates. edges: wires into gates, those of a shared form counted for every gate.
    fan_in: wires into the widest gate. weight: the largest absolute value of a weight.
    """

    gates: int
    forms: int
    depth: int
    edges: int
    fan_in: int
    weight: int


@dataclass(frozen=True, eq=False)
class Circuit:
    """A threshold circuit. Its nodes are numbered: the inputs from 0, then the gates, each after the nodes it reads.

    inputs: their names. outputs: name -> node, in order. parts: what the gates belong to, in order, as a name and how
    many gates; none, or all gates.
    Merrill and Sabharwal's gates θ≥k and θ≤k are those of weights 1 and of weights -1 (arXiv 2207.00729, section 2.3).
    Errors: UsageError for names that repeat, a node that does not exist yet, or a weight of 0.
    """

    inputs: tuple[str, ...]
    forms: tuple[Form, ...]
    gates: tuple[Gate, ...]
    outputs: Mapping[str, int] = field(hash=False)
    parts: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "outputs", dict(self.outputs))
        if len(set(self.inputs)) < len(self.inputs):
            raise UsageError("the inputs of a circuit have names that differ. Rename those that repeat.")
        counts = [count for _, count in self.parts]
        if counts and (min(counts) < 0 or sum(counts) != len(self.gates)):
            raise UsageError(f"the parts of a circuit have all of its {len(self.gates)} gates. Change their numbers.")
        for number, form in enumerate(self.forms):
            check_form(form, number)
        for node, gate in enumerate(self.gates, start=len(self.inputs)):
            self._check_gate(gate, node)
        for name, node in self.outputs.items():
            if not 0 <= node < self.nodes:
                raise UsageError(f"the output {name!r} is node {node}, and nodes are 0 … {self.nodes - 1}. Change it.")

    def _check_gate(self, gate: Gate, node: int) -> None:
        if not 0 <= gate.form < len(self.forms):
            raise UsageError(f"node {node} compares form {gate.form}, and there are {len(self.forms)}. Change it.")
        read = self.forms[gate.form].nodes
        if read and read[-1] >= node:
            raise UsageError(f"node {node} reads node {read[-1]}, which does not come before it. Order the gates.")

    def __repr__(self) -> str:
        sizes = self.sizes
        return f"Circuit({count_of(len(self.inputs), 'input')}, {count_of(sizes.gates, 'gate')} of depth {sizes.depth})"

    @property
    def nodes(self) -> int:
        return len(self.inputs) + len(self.gates)

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """The level of every node: 0 of an input, and of a gate one more than the highest that it reads."""
        levels = [0] * len(self.inputs)
        highest = [0] * len(self.forms)
        known = [False] * len(self.forms)
        for gate in self.gates:
            if not known[gate.form]:
                highest[gate.form] = max((levels[node] for node in self.forms[gate.form].nodes), default=0)
                known[gate.form] = True
            levels.append(highest[gate.form] + 1)
        return tuple(levels)

    @property
    def depth(self) -> int:
        return max(self.levels, default=0)

    @cached_property
    def sizes(self) -> CircuitSizes:
        """What it takes; gates that no output needs are counted."""
        fan_in = [len(self.forms[gate.form].nodes) for gate in self.gates]
        weights = (abs(weight) for form in self.forms for weight in form.weights)
        return CircuitSizes(
            gates=len(self.gates),
            forms=len({gate.form for gate in self.gates}),
            depth=self.depth,
            edges=sum(fan_in),
            fan_in=max(fan_in, default=0),
            weight=max(weights, default=0),
        )

    def evaluate(self, inputs: np.ndarray) -> np.ndarray:
        """The outputs, (instances, outputs) bool, for inputs (instances, inputs) of 0 and 1, as a circuit is defined.

        `BitSliced` does the same for very many inputs. Errors: UsageError as `check_bits`.
        """
        return self.values(inputs)[list(self.outputs.values())].T

    def values(self, inputs: np.ndarray) -> np.ndarray:
        """The value of every node, (nodes, instances) bool. Errors: UsageError as `check_bits`."""
        bits = check_bits(inputs, len(self.inputs))
        values = np.zeros((self.nodes, len(bits)), dtype=bool)
        values[: len(self.inputs)] = bits.T
        for nodes in self.by_level:
            gates = [self.gates[node - len(self.inputs)] for node in nodes]
            used = {form: place for place, form in enumerate(dict.fromkeys(gate.form for gate in gates))}
            sums = sums_of([self.forms[form] for form in used], values)
            for node, gate in zip(nodes, gates, strict=True):
                values[node] = sums[used[gate.form]] >= gate.threshold
        return values

    @cached_property
    def by_level(self) -> list[list[int]]:
        """The gates of every level, by their nodes."""
        levels: dict[int, list[int]] = defaultdict(list)
        for node in range(len(self.inputs), self.nodes):
            levels[self.levels[node]].append(node)
        return [levels[level] for level in sorted(levels)]

    def run(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """From `input`, (inputs,) of 0 and 1, to `output`, (outputs,) int64: one input of the circuit.

        Errors: UsageError for another column or another number of bits.
        """
        bits = np.asarray(columns.get("input"))
        if set(columns) != {"input"} or bits.shape != (len(self.inputs),):
            raise UsageError(f"a circuit takes the column 'input' of {len(self.inputs)} bits. Give it, and no other.")
        return {"output": self.evaluate(bits[None])[0].astype(np.int64)}


def check_bits(inputs: np.ndarray, count: int) -> np.ndarray:
    """Rows of `count` bits, (instances, count) bool. Errors: UsageError."""
    rows = np.asarray(inputs)
    if rows.ndim != 2 or rows.shape[1] != count:
        raise UsageError(f"a circuit of {count} inputs takes rows of {count} bits; got shape {rows.shape}. Change it.")
    if rows.dtype != bool and not ((rows == 0) | (rows == 1)).all():
        raise UsageError("the inputs of a circuit are bits, 0 or 1; other numbers are among them. Change them.")
    return rows.astype(bool, copy=False)
