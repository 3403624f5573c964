"""Tasks that grow forests of pointers, in three ways: by star hooking, or by hooking to the least neighbour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from logdepth.programs import Column, Program, Table
from logdepth.solutions.graphs.least_hooking import LEAST_HOOKING, LEAST_IN_WORDS, by_holding, by_looking
from logdepth.solutions.graphs.star_hooking import STAR_HOOKING, STARS_IN_WORDS, grow_forest, rounds
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import GraphTask

T = TypeVar("T", bound=GraphTask)
Grow = Callable[[Table, Column, Column, int], Column]
"""From a table, its ends u and v, and n: for every vertex row the representative of its component."""


@dataclass(frozen=True)
class After:
    """What a task adds to a forest: so many layers of so many heads, `early` of which need no forest; and the words."""

    layers: int = 0
    heads: int = 0
    early: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Growth:
    """One way to grow a forest: ⌊log2 n⌋ rounds of so many layers, each of up to `heads`, the first of `first`."""

    grow: Grow
    layers: int
    heads: int
    first: int
    source: str
    words: tuple[str, ...]

    def sizes(self, n: int, after: After, tied: bool) -> Sizes:
        """Of a task. Without a loop what needs no forest joins the first layer. One vertex takes no round."""
        times = rounds(n)
        if not times:
            return Sizes(layers=after.layers, heads=after.heads, source=self.source)
        beside = self.first + (0 if tied and times > 1 else after.early)
        heads = max(self.heads, beside, after.heads)
        return Sizes(layers=self.layers * times + after.layers, heads=heads, source=self.source)


GROWTHS: Mapping[str, Growth] = {
    "narrow": Growth(grow_forest, 5, 3, 2, STAR_HOOKING, STARS_IN_WORDS),
    "middle": Growth(by_looking, 3, 3, 2, LEAST_HOOKING, LEAST_IN_WORDS),
    "shallow": Growth(by_holding, 2, 6, 6, LEAST_HOOKING, LEAST_IN_WORDS),
}
"""By the name of the way."""


def solve_by_growing(task: type[T], build: Callable[[T, Grow], Program], after: After) -> dict[str, Solution[Any]]:
    """The solutions of a task, by their ways."""

    def by(growth: Growth) -> Solution[T]:
        return Solution(
            task=task,
            build=lambda each: build(each, growth.grow),
            sizes=lambda each, tied: growth.sizes(each.n, after, tied),
            words=(*growth.words, *after.words),
        )

    return {name: by(growth) for name, growth in GROWTHS.items()}
