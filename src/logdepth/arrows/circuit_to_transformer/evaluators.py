"""Programs that evaluate circuits: the circuit is in their columns, so one program takes every circuit of its size.

The circuit as input is what Merrill and Sabharwal call instructions (arXiv 2207.00729, section 5; their construction
takes two layers a level, and sums unary counts). An output of every gate is right after as many steps as its level.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arrows.circuit_to_transformer.instructions import Instructions
from logdepth.circuits import Circuit, check_bits
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.programs import Column, Program, Repeat, Table
from logdepth.transformer import Transformer

MOST_TOKENS = 2**13
"""Of tables that run together."""


@dataclass(frozen=True)
class Evaluator(ABC):
    """An evaluator of all circuits of at most so many rows, levels, and wires into a gate."""

    rows: int
    depth: int
    fan_in: int

    @property
    @abstractmethod
    def layers(self) -> int:
        """Attention layers, at most."""

    @abstractmethod
    def program(self) -> Program:
        """Column `value` of its output: the value of every node, in the rows of nodes."""

    @abstractmethod
    def columns(self, circuit: Instructions, bits: np.ndarray) -> dict[str, np.ndarray]:
        """What the program takes for a circuit and one of its inputs, (inputs,) of 0 and 1."""


class Wires(Evaluator):
    """A row for every node, then one for every wire: two layers a level, one head, in any order of the gates.

    Proof: a wire reads its source (a pull), negates it if it must, and adds it at its target (a sum). So after l steps
    every node of level at most l has its value: those that it reads have had theirs since step l - 1.
    """

    @property
    def layers(self) -> int:
        return 2 * self.depth

    def program(self) -> Program:
        table = Table("circuit value by wires", self.rows)
        given, negated = table.input("given", 1), table.input("negated", 1)
        threshold = table.input("threshold", self.fan_in)
        source, target = table.input("source", self.rows), table.input("target", self.rows)

        def step(value: Column) -> Column:
            at = table.pull(source, value, name="at")
            literal = table.map(lambda at, negated: at ^ negated, at, negated, high=1, name="literal")
            count = table.sum(literal, query=table.index, key=target, high=self.fan_in, name="count")
            return settle(table, threshold, count, given)

        value = table.repeat(self.depth, step, given, high=1, name="value")
        table.output("value", value)
        return table.program()

    def columns(self, circuit: Instructions, bits: np.ndarray) -> dict[str, np.ndarray]:
        wires = [
            (source + 1, node + 1, negated)
            for node, into in enumerate(circuit.wires)
            if circuit.thresholds[node]
            for source, negated in into
        ]
        source, target, negated = np.array(wires, dtype=np.int64).reshape(-1, 3).T
        nodes = slice(circuit.nodes, circuit.nodes + len(wires))
        columns = node_columns(circuit, bits, self.rows)
        for name, entries in (("source", source), ("target", target), ("negated", negated)):
            columns[name] = np.zeros(self.rows, dtype=np.int64)
            columns[name][nodes] = entries
        return columns


class Pulls(Evaluator):
    """A row for every node, which reads its arguments by itself: one layer a level, a head for every argument."""

    @property
    def layers(self) -> int:
        return self.depth

    def program(self) -> Program:
        table = Table("circuit value by pulls", self.rows)
        given, threshold = table.input("given", 1), table.input("threshold", self.fan_in)
        arguments = [table.input(f"argument {place}", self.rows) for place in range(1, self.fan_in + 1)]
        negated = [table.input(f"negated {place}", 1) for place in range(1, self.fan_in + 1)]

        def step(value: Column) -> Column:
            count: Any = 0
            for argument, flip in zip(arguments, negated, strict=True):
                at = table.pull(argument, value, name="at")
                count = count + table.map(lambda at, flip: at ^ flip, at, flip, high=1, name="literal")
            return settle(table, threshold, table.column(count, self.fan_in, name="count"), given)

        value = table.repeat(self.depth, step, given, high=1, name="value")
        table.output("value", value)
        return table.program()

    def columns(self, circuit: Instructions, bits: np.ndarray) -> dict[str, np.ndarray]:
        columns = node_columns(circuit, bits, self.rows)
        for place in range(self.fan_in):
            argument, negated = np.zeros((2, self.rows), dtype=np.int64)
            for node, into in enumerate(circuit.wires):
                if circuit.thresholds[node] and place < len(into):
                    argument[node], negated[node] = into[place][0] + 1, into[place][1]
            columns |= {f"argument {place + 1}": argument, f"negated {place + 1}": negated}
        return columns


EVALUATORS: dict[str, type[Evaluator]] = {"wires": Wires, "pulls": Pulls}


def evaluator_for(circuit: Instructions, by: str) -> Evaluator:
    """The smallest evaluator of this kind that takes a circuit. Errors: UsageError for another kind."""
    if by not in EVALUATORS:
        raise UsageError(f"no evaluator of circuits is called {by!r}. {did_you_mean(by, EVALUATORS)}")
    wires = [len(into) for node, into in enumerate(circuit.wires) if circuit.thresholds[node]]
    rows = circuit.nodes + (sum(wires) if by == "wires" else 0)
    return EVALUATORS[by](rows, max(1, circuit.circuit.depth), max(wires, default=1))


def evaluator_of(program: Program) -> Evaluator | None:
    """The evaluator whose program this is, if it is one's."""
    threshold = next((column for column in program.inputs if column.name == "threshold"), None)
    times = next((one.times for one in program.statements if isinstance(one, Repeat)), 1)
    if threshold is None:
        return None
    found = (kind(program.rows, times, threshold.high) for kind in EVALUATORS.values())
    return next((one for one in found if one.program().as_json() == program.as_json()), None)


def check_fits(evaluator: Evaluator, circuit: Instructions) -> None:
    """UsageError for a circuit that needs more rows, levels, or wires into a gate."""
    by = next(name for name, kind in EVALUATORS.items() if isinstance(evaluator, kind))
    needed = evaluator_for(circuit, by)
    for name, words in (("rows", "rows"), ("depth", "levels"), ("fan_in", "wires of weight 1 into a gate")):
        most, taken = getattr(evaluator, name), getattr(needed, name)
        if taken > most:
            raise UsageError(
                f"the circuit needs {taken} {words}, and the evaluator has {most}. Make one from a circuit as large."
            )


def evaluate(transformer: Transformer, evaluator: Evaluator, circuit: Circuit, inputs: np.ndarray) -> np.ndarray:
    """What the transformer of an evaluator gives for a circuit: (instances, inputs) -> (instances, outputs) of bits.

    Errors: UsageError for a circuit that is too large for it.
    """
    instructions = Instructions(circuit)
    check_fits(evaluator, instructions)
    tables = [evaluator.columns(instructions, bits) for bits in check_bits(inputs, len(circuit.inputs)).astype(int)]
    at_once = max(1, MOST_TOKENS // evaluator.rows)
    found = []
    for start in range(0, len(tables), at_once):
        taken = tables[start : start + at_once]
        columns = {name: np.stack([table[name] for table in taken]) for name in taken[0]}
        found.append(transformer.run(columns)["value"][:, list(circuit.outputs.values())])
    return np.concatenate(found)


def settle(table: Table, threshold: Column, count: Column, given: Column) -> Column:
    """The value of a node after a step: whether its count suffices, or what is given."""
    reached = table.where(threshold > 0, count >= threshold, given)
    return table.column(reached, 1, name="value")


def node_columns(circuit: Instructions, bits: np.ndarray, rows: int) -> dict[str, np.ndarray]:
    columns = {"given": circuit.given(bits), "threshold": circuit.thresholds}
    return {
        name: np.concatenate([entries, np.zeros(rows - len(entries), np.int64)]) for name, entries in columns.items()
    }
