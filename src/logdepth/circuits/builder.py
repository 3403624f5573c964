"""Builder: a circuit is made gate by gate, and what is equal is made once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from math import gcd

from logdepth.circuits.circuit import Circuit, Gate
from logdepth.circuits.form import Form
from logdepth.numerics.errors import CapacityExceeded


class CircuitBuilder:
    """Makes a circuit. Every method gives the number of a node, which later ones read.

    share: gates that compute the same of the same nodes are made once, gates whose value is known are constants, and a
    gate that copies a node is that node. Without it every call makes a gate, as in a construction whose gates are
    counted by a formula.
    most: of gates. Errors: CapacityExceeded beyond.
    """

    def __init__(self, inputs: Sequence[str], share: bool = True, most: int | None = None) -> None:
        self.inputs = tuple(inputs)
        self.share = share
        self.most = most
        self._forms: dict[Form, int] = {}
        self._gates: list[Gate] = []
        self._made: dict[Gate, int] = {}
        self._parts: list[tuple[str, int]] = []

    @property
    def size(self) -> int:
        """Gates so far."""
        return len(self._gates)

    def gate(self, weights: Mapping[int, int], threshold: int) -> int:
        """[Σ weight · node ≥ threshold]."""
        form = Form(*_sorted(weights))
        if self.share:
            form, threshold = reduced(form, threshold)
            if form.weights == (1,) and threshold == 1:
                return form.nodes[0]
        gate = Gate(self._forms.setdefault(form, len(self._forms)), threshold)
        if not self.share or gate not in self._made:
            if self.size == self.most:
                raise CapacityExceeded(f"the circuit has {self.most:,} gates, and takes more. Take a smaller size.")
            self._gates.append(gate)
            self._made[gate] = len(self.inputs) + len(self._gates) - 1
        return self._made[gate]

    def constant(self, value: bool) -> int:
        return self.gate({}, 0 if value else 1)

    def negation(self, node: int) -> int:
        return self.gate({node: -1}, 0)

    def conjunction(self, nodes: Iterable[int], negated: Iterable[int] = ()) -> int:
        """All of `nodes` are 1 and all of `negated` are 0; true of none."""
        return self.gate(*literals(nodes, negated, every=True))

    def disjunction(self, nodes: Iterable[int], negated: Iterable[int] = ()) -> int:
        """One of `nodes` is 1 or one of `negated` is 0; false of none."""
        return self.gate(*literals(nodes, negated, every=False))

    def append(self, circuit: Circuit, inputs: Sequence[int]) -> list[int]:
        """All gates of a circuit whose inputs are these nodes; gives the number of every node of it here."""
        nodes = list(inputs)
        for gate in circuit.gates:
            nodes.append(self.gate(weights_at(circuit.forms[gate.form], nodes), gate.threshold))
        return nodes

    def end_part(self, name: str) -> None:
        """The gates since the last part, or the first ones, belong to this part."""
        self._parts.append((name, self.size - sum(count for _, count in self._parts)))

    def finish(self, outputs: Mapping[str, int]) -> Circuit:
        """Where there are parts, all gates are in one."""
        return Circuit(self.inputs, tuple(self._forms), tuple(self._gates), outputs, tuple(self._parts))


def literals(nodes: Iterable[int], negated: Iterable[int], every: bool) -> tuple[dict[int, int], int]:
    """Weights and threshold of a conjunction or a disjunction. A node on both sides makes it constant."""
    positive, negative = set(nodes), set(negated)
    if positive & negative:
        return {}, int(every)
    weights = dict.fromkeys(positive, 1) | dict.fromkeys(negative, -1)
    return weights, (len(positive) if every else 1 - len(negative)) if weights else int(not every)


def reduced(form: Form, threshold: int) -> tuple[Form, int]:
    """The same condition, its weights divided by what divides them all; no nodes where it always or never holds."""
    if threshold <= form.lowest:
        return Form((), ()), 0
    if threshold > form.highest:
        return Form((), ()), 1
    divisor = gcd(*form.weights)
    if divisor == 1:
        return form, threshold
    return Form(form.nodes, tuple(weight // divisor for weight in form.weights)), -(-threshold // divisor)


def weights_at(form: Form, nodes: Sequence[int] | Mapping[int, int]) -> dict[int, int]:
    """The weights of a form whose node k is nodes[k] now; where two nodes became one, that has the sum of theirs."""
    weights: dict[int, int] = {}
    for read, weight in zip(form.nodes, form.weights, strict=True):
        node = nodes[read]
        weights[node] = weights.get(node, 0) + weight
    return weights


def _sorted(weights: Mapping[int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    nodes = sorted([node for node, weight in weights.items() if weight])
    return tuple(nodes), tuple([int(weights[node]) for node in nodes])


def drop_unread(circuit: Circuit) -> Circuit:
    """The same circuit without the gates that no output needs."""
    inputs = len(circuit.inputs)
    needed = set(circuit.outputs.values())
    for node in range(circuit.nodes - 1, inputs - 1, -1):
        if node in needed:
            needed.update(circuit.forms[circuit.gates[node - inputs].form].nodes)
    builder = CircuitBuilder(circuit.inputs)
    moved = {node: node for node in range(inputs)}
    for nodes, part in parts_of(circuit):
        for node in nodes:
            if node in needed:
                gate = circuit.gates[node - inputs]
                moved[node] = builder.gate(weights_at(circuit.forms[gate.form], moved), gate.threshold)
        if circuit.parts:
            builder.end_part(part)
    return builder.finish({name: moved[node] for name, node in circuit.outputs.items()})


def depth_by_parts(circuit: Circuit) -> int:
    """The levels of every part by itself, added up. No path of gates is longer, since parts follow one another."""
    levels: dict[int, int] = {}
    total = 0
    for nodes, _ in parts_of(circuit):
        for node in nodes:
            read = circuit.forms[circuit.gates[node - len(circuit.inputs)].form].nodes
            levels[node] = 1 + max((levels.get(each, 0) for each in read if each >= nodes.start), default=0)
        total += max((levels[node] for node in nodes), default=0)
    return total


def parts_of(circuit: Circuit) -> list[tuple[range, str]]:
    """The gates of every part, as nodes; where there are none, all gates."""
    parts = circuit.parts or (("", len(circuit.gates)),)
    ends = accumulate((count for _, count in parts), initial=len(circuit.inputs))
    return [(range(start, end), name) for (name, _), (start, end) in zip(parts, pairwise(ends), strict=True)]
