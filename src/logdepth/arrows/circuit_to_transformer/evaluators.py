"""Programs that evaluate circuits: the circuit is in their columns, so one program takes every circuit of its size.

The circuit as input is what Merrill and Sabharwal call instructions (arXiv 2207.00729, section 5; their construction
takes two layers a level, and sums unary counts). An output of every gate is right after as many steps as its level.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

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
    """An evaluator of all circuits of at most so many rows, levels, wires into a gate, and rows that a row tells."""

    rows: int
    depth: int
    fan_in: int
    fan_out: int = 0

    @classmethod
    def fit(cls, circuit: Instructions) -> Self:
        """The smallest that takes a circuit."""
        wires = [len(into) for node, into in enumerate(circuit.wires) if circuit.thresholds[node]]
        return cls(cls.rows_for(circuit), max(1, circuit.circuit.depth), max(wires, default=1), cls.told_by(circuit))

    @classmethod
    def rows_for(cls, circuit: Instructions) -> int:
        return circuit.nodes

    @classmethod
    def told_by(cls, circuit: Instructions) -> int:
        """The most rows to which a row sends its value; 0 where rows send none."""
        return 0

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

    @classmethod
    def rows_for(cls, circuit: Instructions) -> int:
        return circuit.nodes + sum(
            len(into) for into, threshold in zip(circuit.wires, circuit.thresholds, strict=True) if threshold
        )

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


class Spreads(Evaluator):
    """A row for every node, which tells the rows that read it: one layer a level, two heads, as wide as the table.

    A head sends along a wire once. So a node that is read with weight w has w rows, all with its value, and the c-th of
    them sends along its wires of weight c or more.
    Proof: of the wires into a node each brings its literal, one head those that are not negated, and one the others.
    """

    @classmethod
    def rows_for(cls, circuit: Instructions) -> int:
        return len(routes(circuit).nodes)

    @classmethod
    def told_by(cls, circuit: Instructions) -> int:
        told = routes(circuit)
        return max(map(len, (*told.straight, *told.negated)), default=0) or 1

    @property
    def layers(self) -> int:
        return self.depth

    def program(self) -> Program:
        table = Table("circuit value by spreads", self.rows)
        given, threshold = table.input("given", 1), table.input("threshold", self.fan_in)
        to, away = (
            [table.input(f"{words} {place}", self.rows) for place in range(1, self.fan_out + 1)]
            for words in ("to", "negated to")
        )

        def step(value: Column) -> Column:
            other = table.map(lambda value: 1 - value, value, high=1, name="negated")
            (straight,) = table.spread(to, [value], senders=self.fan_in, names=["told"])
            (negated,) = table.spread(away, [other], senders=self.fan_in, names=["told negated"])
            return settle(table, threshold, table.column(straight + negated, self.fan_in, name="count"), given)

        value = table.repeat(self.depth, step, given, high=1, name="value")
        table.output("value", value)
        return table.program()

    def columns(self, circuit: Instructions, bits: np.ndarray) -> dict[str, np.ndarray]:
        told = routes(circuit)
        columns = node_columns(circuit, bits, circuit.nodes)
        spare = np.zeros(self.rows - len(told.nodes), dtype=np.int64)
        columns = {name: np.concatenate([entries[told.nodes], spare]) for name, entries in columns.items()}
        for words, rows in (("to", told.straight), ("negated to", told.negated)):
            lists = np.zeros((self.rows, self.fan_out), dtype=np.int64)
            for row, readers in enumerate(rows):
                lists[row, : len(readers)] = readers
            columns |= {f"{words} {place + 1}": lists[:, place] for place in range(self.fan_out)}
        return columns


@dataclass(frozen=True)
class Routes:
    """The node of every row, and the numbers of the rows that it tells its value, and its negation.

    The first rows are the nodes in their order.
    """

    nodes: list[int]
    straight: list[list[int]]
    negated: list[list[int]]


def routes(circuit: Instructions) -> Routes:
    wires = [
        (source, negated, node, times)
        for node, into in enumerate(circuit.wires)
        if circuit.thresholds[node]
        for (source, negated), times in Counter(into).items()
    ]
    nodes, rows = list(range(circuit.nodes)), [[node] for node in range(circuit.nodes)]
    for source, _, _, times in wires:
        while len(rows[source]) < times:
            rows[source].append(len(nodes))
            nodes.append(source)
    told = Routes(nodes, [[] for _ in nodes], [[] for _ in nodes])
    for source, negated, node, times in wires:
        for row in rows[source][:times]:
            (told.negated if negated else told.straight)[row].extend(reader + 1 for reader in rows[node])
    return told


EVALUATORS: dict[str, type[Evaluator]] = {"wires": Wires, "pulls": Pulls, "spreads": Spreads}


def evaluator_for(circuit: Instructions, by: str) -> Evaluator:
    """The smallest evaluator of this kind that takes a circuit. Errors: UsageError for another kind."""
    if by not in EVALUATORS:
        raise UsageError(f"no evaluator of circuits is called {by!r}. {did_you_mean(by, EVALUATORS)}")
    return EVALUATORS[by].fit(circuit)


def evaluator_of(program: Program) -> Evaluator | None:
    """The evaluator whose program this is, if it is one's."""
    threshold = next((column for column in program.inputs if column.name == "threshold"), None)
    times = next((one.times for one in program.statements if isinstance(one, Repeat)), 1)
    if threshold is None:
        return None
    told = sum(column.name.startswith("to ") for column in program.inputs)
    found = (kind(program.rows, times, threshold.high, told) for kind in EVALUATORS.values())
    return next((one for one in found if one.program().as_json() == program.as_json()), None)


SIZES = {
    "rows": "rows",
    "depth": "levels",
    "fan_in": "wires of weight 1 into a gate",
    "fan_out": "rows that a row tells",
}
"""What an evaluator has so many of."""


def check_fits(evaluator: Evaluator, circuit: Instructions) -> None:
    """UsageError for a circuit that needs more of anything."""
    by = next(name for name, kind in EVALUATORS.items() if isinstance(evaluator, kind))
    needed = evaluator_for(circuit, by)
    for name, words in SIZES.items():
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
