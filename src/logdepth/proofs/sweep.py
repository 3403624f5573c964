"""Sweeping: nodes of a miter that are equal wherever its promise holds become one, from the inputs up.

So what is hard as a whole falls into equalities of neighbours: the two sides of a miter meet at every level at which
they compute the same. Kuehlmann, Paruthi, Krohm, Ganai, Robust Boolean Reasoning, IEEE TCAD 2002; Mishchenko,
Chatterjee, Jiang, Brayton, FRAIGs, 2005. Which nodes may be equal is seen on drawn inputs; that they are is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from time import perf_counter
from typing import Any

from logdepth.circuits import AND, Logic, LogicBuilder
from logdepth.circuits.formats import clauses_of_operation, variable_of
from logdepth.proofs.promised_inputs import PromisedInputs, cone

SOLVER = "minisat22"
"""MiniSat 2.2 (Eén and Sörensson 2003), which answers many small questions about one growing set of clauses."""
CONFLICTS = 100
"""Conflicts that one equality may take. One that takes more is left open."""
DRAWN, NEAR = 1024, 64
"""Inputs that are drawn at first, and beside each input that tells two nodes apart."""


def sweep(logic: Logic, promised: str, seconds: float) -> Logic:
    """The same outputs on all inputs that are promised, by fewer nodes.

    promised: the output that says which inputs are; it stays as it is. After `seconds` the rest stays as it is.
    Errors: ImportError if python-sat is not installed.
    """
    sweeping = Sweep(logic, promised)
    end = perf_counter() + seconds
    for node in range(sweeping.first, logic.nodes):
        sweeping.take(node, merge=perf_counter() < end)
    sweeping.solver.delete()
    return sweeping.builder.finish({name: sweeping.of(literal) for name, literal in logic.outputs.items()})


class Sweep:
    """The nodes that were taken so far, made anew: `made[node]` is a literal of the new logic."""

    def __init__(self, logic: Logic, promised: str) -> None:
        from pysat.solvers import Solver

        self.logic = logic
        self.first = 1 + len(logic.inputs)
        self.builder = LogicBuilder(logic.inputs)
        self.made: dict[int, int] = {node: 2 * node for node in range(self.first)}
        self.kept = {self.made[node] >> 1 for node in self.made}  # nodes of the new logic that stand for themselves
        self.solver: Any = Solver(name=SOLVER, bootstrap_with=[(-1,)])
        self.told = 0
        self.promise = logic.outputs[promised]
        self.of_promise = cone(logic, self.promise)
        for node in sorted(self.of_promise):
            self.made[node] = self.build(node)
        self.tell()
        self.solver.add_clause([variable_of(self.of(self.promise))])
        self.drawer = PromisedInputs(logic, self.promise, Random(0))
        self.classes = Classes(logic.nodes, self.first)
        self.look(self.drawer.draw(DRAWN), DRAWN)

    def of(self, literal: int) -> int:
        return self.made[literal >> 1] ^ literal & 1

    def build(self, node: int) -> int:
        kind, left, right = self.logic.steps[node - self.first]
        join = self.builder.both if kind == AND else self.builder.differ
        return join(self.of(left), self.of(right))

    def tell(self) -> None:
        """The solver gets the operations that it does not know."""
        news = self.builder.operations[self.told :]
        for number, operation in enumerate(news, start=self.first + self.told):
            self.solver.append_formula(clauses_of_operation(number, *operation))
        self.told += len(news)

    def take(self, node: int, merge: bool) -> None:
        """Make a node, or find that one before it is the same."""
        if node in self.of_promise:
            return
        literal = self.made[node] = self.build(node)
        if literal >> 1 in self.kept:
            return
        while merge and (other := self.classes.representative(node)) is not None:
            twin = self.of(2 * other) ^ self.classes.differ(node, other)
            equal = self.equal(literal, twin)
            if equal:
                self.made[node] = twin
                return
            if equal is None:
                break  # and it stands for no others, which would be as hard
            assert self.classes.representative(node) != other, "an input where two nodes differ tells them apart"
        else:
            self.classes.represent(node)
        self.kept.add(literal >> 1)

    def equal(self, one: int, other: int) -> bool | None:
        """Whether two literals are equal wherever the promise holds; None: not known. An input where they differ is
        looked at."""
        self.tell()
        for assumed in ((one, other ^ 1), (one ^ 1, other)):
            self.solver.conf_budget(CONFLICTS)
            found = self.solver.solve_limited(assumptions=[variable_of(literal) for literal in assumed])
            if found is None:
                return None
            if found:
                held = {literal for literal in self.solver.get_model() if literal > 0}
                given = [variable_of(2 * node) in held for node in range(1, self.first)]
                self.look(self.drawer.near(given, NEAR), NEAR)
                return False
            self.solver.add_clause([-variable_of(literal) for literal in assumed])
        return True

    def look(self, inputs: Sequence[int], count: int) -> None:
        """Tell nodes apart by so many inputs, those of them that are promised."""
        values = self.logic.simulate(inputs, count)
        promised = values[self.promise >> 1] ^ (2**count - 1 if self.promise & 1 else 0)
        self.classes.split([value & promised for value in values], promised)


class Classes:
    """Nodes that no input so far told apart, up to negation."""

    def __init__(self, nodes: int, first: int) -> None:
        """The constant and the inputs, nodes before `first`, stand for others."""
        self.of = [0] * nodes
        self.negated = [False] * nodes
        self._first: dict[int, int] = {0: 0}
        self._represent = list(range(first))
        self._seen = False

    def split(self, values: Sequence[int], promised: int) -> None:
        """values: of every node, a bit for each input; promised: those inputs that count."""
        if not promised:
            return
        if not self._seen:  # the first input decides which nodes are negated
            self.negated = [bool(value & promised & -promised) for value in values]
            self._seen = True
        number: dict[tuple[int, int], int] = {}
        self.of = [
            number.setdefault((before, promised ^ value if negated else value), len(number))
            for before, value, negated in zip(self.of, values, self.negated, strict=True)
        ]
        self._first = {}
        for node in self._represent:
            self._first.setdefault(self.of[node], node)

    def representative(self, node: int) -> int | None:
        """The first node before it that may be equal."""
        return self._first.get(self.of[node])

    def represent(self, node: int) -> None:
        self._first[self.of[node]] = node
        self._represent.append(node)

    def differ(self, one: int, other: int) -> bool:
        """Whether one may be the negation of the other."""
        return self.negated[one] != self.negated[other]
