"""Minimum spanning forest: star hooking along the lightest edges, or hooking along them two steps at a time."""

from __future__ import annotations

from collections.abc import Callable

from logdepth.programs import Column, Program
from logdepth.solutions.graphs.lightest_hooking import LIGHTEST_HOOKING, LIGHTEST_IN_WORDS, by_holding, by_looking
from logdepth.solutions.graphs.lightest_hooking import rounds as lightest_rounds
from logdepth.solutions.graphs.star_hooking import (
    STAR_HOOKING,
    STARS_IN_WORDS,
    hook,
    look,
    rounds,
    unite,
    vertices_first,
)
from logdepth.solutions.graphs.weighed import Weighed, rank_heads, weigh
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import SpanningForest

RANKED = "Weights are ranked first, ties by row, so the minimum is unique."


def spanning_forest(task: SpanningForest, choose: Callable[[Weighed], Column]) -> Program:
    """Output `chosen`: 1 on the edge rows of the minimum spanning forest; of equal weights the earlier row wins."""
    edges = weigh("spanning-forest", task.n, task.edges, task.weights)
    edges.table.output("chosen", choose(edges))
    return edges.table.program()


def by_star_hooking(edges: Weighed) -> Column:
    """1 on the edge rows of the forest, by ⌊log2 n⌋ rounds of five layers."""
    table, u, v, n = edges.table, edges.u, edges.v, edges.n

    def one_round(parent: Column, chosen: Column) -> tuple[Column, Column]:
        ends = look(table, u, v, parent, n)
        hooking = hook(table, u, parent, ends, n, edges.rank, edges.urgency)
        won_u = table.pull(ends.here, hooking.edge, name="winner at u")
        won_v = table.pull(ends.there, hooking.edge, name="winner at v")
        taken = table.map(
            lambda c, a, b, i: (c + (a == i) + (b == i)) > 0, chosen, won_u, won_v, table.index, high=1, name="chosen"
        )
        return unite(table, parent, hooking.target, n), taken

    start = (vertices_first(table, u, n), 0)
    return table.repeat(rounds(n), one_round, start, high=[n, 1], name=["parent", "chosen"])[1]


def ranking(task: SpanningForest) -> int:
    return rank_heads(task.n, task.edges, task.weights)


def sizes_of_stars(task: SpanningForest, tied: bool) -> Sizes:
    """One layer of rank heads first.

    Without a loop the first round's step 2 shares a layer with the rank heads, which adds two heads, and the last round
    ends with step 3, since no row reads where its trees hang.
    """
    times = rounds(task.n)
    if tied and times > 1:
        return Sizes(layers=5 * times + 1, heads=max(ranking(task), 3), source=STAR_HOOKING)
    heads = max(ranking(task) + 2, 5) if times else 0
    return Sizes(layers=max(0, 5 * times - 2), heads=heads, source=STAR_HOOKING)


def sizes_of_looking(task: SpanningForest, tied: bool) -> Sizes:
    """Without a loop the first round looks in the layer of the rank heads, with two heads more."""
    times = lightest_rounds(task.n)
    if tied and times > 1:
        return Sizes(layers=3 * times + 1, heads=max(ranking(task), 3), source=LIGHTEST_HOOKING)
    return Sizes(layers=3 * times, heads=ranking(task) + 2 if times else 0, source=LIGHTEST_HOOKING)


def sizes_of_holding(task: SpanningForest, tied: bool) -> Sizes:
    """The rank heads come first, beside two of the six heads of a round. If it is the only round, it asks no vertex."""
    times = lightest_rounds(task.n)
    more = 0 if tied and times > 1 else 2
    heads = max(ranking(task) + more, 6) if times else 0
    return Sizes(layers=2 * times + (times > 1), heads=heads, source=LIGHTEST_HOOKING)


def solution(
    choose: Callable[[Weighed], Column], sizes: Callable[[SpanningForest, bool], Sizes], words: tuple[str, ...]
) -> Solution[SpanningForest]:
    return Solution(
        task=SpanningForest,
        build=lambda task: spanning_forest(task, choose),
        sizes=sizes,
        words=words,
    )


SPANNING_FOREST = {
    "narrow": solution(
        by_star_hooking, sizes_of_stars, (*STARS_IN_WORDS, f"Here a star follows its lightest edge. {RANKED}")
    ),
    "middle": solution(by_looking, sizes_of_looking, (*LIGHTEST_IN_WORDS, RANKED)),
    "shallow": solution(by_holding, sizes_of_holding, (*LIGHTEST_IN_WORDS, RANKED)),
}
