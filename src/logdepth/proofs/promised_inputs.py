"""Inputs of a miter that are promised, drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

import networkx as nx

from logdepth.circuits import Logic

MOST_TIED = 12
"""Inputs that the promise ties together, of which all combinations are looked at. More are drawn anyhow."""
AFRESH = 8
"""Of so many groups of inputs near to a given input about one is drawn anew."""


class PromisedInputs:
    """Draws inputs, as one number for every input of the logic: bit k is its value in the k-th drawn input.

    A promise says what rows hold, each by itself. So it ties few inputs together, and groups of these are drawn from
    all combinations for which it holds. Where a group is large, or no combination is good, what is drawn may break it.
    """

    def __init__(self, logic: Logic, promise: int, random: Random) -> None:
        self.random = random
        self.inputs = len(logic.inputs)
        conditions = {one: inputs_of(logic, one) for one in logic.conjuncts(promise)}
        self.groups = tied_together(conditions.values(), self.inputs)
        self.good = self._good(logic, conditions)

    def _good(self, logic: Logic, conditions: dict[int, list[int]]) -> list[list[int]]:
        """Of every group the combinations, its first input the lowest bit, for which all conditions on it hold."""
        count = 2 ** max((len(group) for group in self.groups if len(group) <= MOST_TIED), default=0)
        every = 2**count - 1
        values = logic.simulate(self._combinations(count), count)
        good = []
        for group in self.groups:
            here = every
            for literal, tied in conditions.items():
                if tied and tied[0] in group:
                    here &= values[literal >> 1] ^ (every if literal & 1 else 0)
            good.append([one for one in range(min(count, 2 ** len(group))) if here >> one & 1])
        return good

    def _combinations(self, count: int) -> list[int]:
        """Every group takes all its combinations at once, as conditions on one say nothing of another."""
        inputs = [0] * self.inputs
        for group in self.groups:
            for place, node in enumerate(group):
                inputs[node - 1] = sum(1 << one for one in range(count) if one >> place & 1)
        return inputs

    def draw(self, count: int) -> list[int]:
        inputs = [self.random.getrandbits(count) for _ in range(self.inputs)]
        for group, good in zip(self.groups, self.good, strict=True):
            if good and len(group) <= MOST_TIED:
                chosen = self.random.choices(good, k=count)
                for place, node in enumerate(group):
                    inputs[node - 1] = sum((one >> place & 1) << at for at, one in enumerate(chosen))
        return inputs

    def near(self, given: Sequence[bool], count: int) -> list[int]:
        """The first one is as given; in the others some groups are drawn anew."""
        every = 2**count - 1
        inputs = self.draw(count)
        for group in self.groups:
            afresh = sum(1 << at for at in range(1, count) if self.random.randrange(AFRESH) == 0)
            for node in group:
                own = every if given[node - 1] else 0
                inputs[node - 1] = own & ~afresh | inputs[node - 1] & afresh
        return inputs


def tied_together(sets: Iterable[Sequence[int]], inputs: int) -> list[list[int]]:
    """Groups of inputs, numbered from 1: two of one set are in one group."""
    joined = nx.utils.UnionFind(range(1, inputs + 1))
    for tied in sets:
        joined.union(*tied)
    return [sorted(group) for group in joined.to_sets()]


def inputs_of(logic: Logic, literal: int) -> list[int]:
    """The inputs that a literal depends on, from 1."""
    reads = {literal >> 1} | {side >> 1 for node in cone(logic, literal) for side in sides(logic, node)}
    return sorted(node for node in reads if 0 < node <= len(logic.inputs))


def cone(logic: Logic, literal: int) -> set[int]:
    """The operations that a literal depends on."""
    found: set[int] = set()
    waiting = [literal >> 1]
    while waiting:
        node = waiting.pop()
        if node > len(logic.inputs) and node not in found:
            found.add(node)
            waiting += [side >> 1 for side in sides(logic, node)]
    return found


def sides(logic: Logic, node: int) -> tuple[int, int]:
    """The literals that an operation reads."""
    _, left, right = logic.steps[node - 1 - len(logic.inputs)]
    return left, right
