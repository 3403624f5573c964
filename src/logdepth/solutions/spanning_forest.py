"""Minimum spanning forest: star hooking along the lightest edges."""

from __future__ import annotations

from dataclasses import replace

from logdepth.gadgets.heads import RANK_BASE
from logdepth.programs import Column, Program
from logdepth.solutions.graph_table import graph_table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.solutions.star_hooking import (
    STAR_HOOKING,
    STARS_IN_WORDS,
    forest_sizes,
    hook,
    look,
    rounds,
    unite,
    vertices_first,
)
from logdepth.tasks import SpanningForest
from logdepth.theory.logarithm import count_digits, floor_log2


def spanning_forest(n: int, edges: int, weights: int) -> Program:
    """Output `chosen`: 1 on the edge rows of the minimum spanning forest; of equal weights the earlier row wins."""
    table, u, v = graph_table("spanning-forest", n, edges)
    rank = table.rank(table.input("weight", weights))
    rows = table.rows
    urgency = table.map(lambda r: rows + 1 - r, rank, high=rows, name="urgency")

    def one_round(parent: Column, chosen: Column) -> tuple[Column, Column]:
        ends = look(table, u, v, parent, n)
        hooking = hook(table, u, parent, ends, n, rank, urgency)
        won_u = table.pull(ends.here, hooking.edge, name="winner at u")
        won_v = table.pull(ends.there, hooking.edge, name="winner at v")
        taken = table.map(
            lambda c, a, b, i: (c + (a == i) + (b == i)) > 0, chosen, won_u, won_v, table.index, high=1, name="chosen"
        )
        return unite(table, parent, hooking.target, n), taken

    start = (vertices_first(table, u, n), 0)
    _, chosen = table.repeat(rounds(n), one_round, start, high=[n, 1], name=["parent", "chosen"])
    table.output("chosen", chosen)
    return table.program()


def sizes(task: SpanningForest, tied: bool) -> Sizes:
    """One layer of rank heads first.

    Without a loop the first round's step 2 shares a layer with the rank heads, which adds two heads, and the last round
    ends with step 3, since no row reads where its trees hang.
    """
    rounds, rows = floor_log2(task.n), task.n + task.edges
    if not rounds:
        return Sizes(layers=0, heads=0, source=STAR_HOOKING)
    in_loop = tied and rounds > 1
    grown = forest_sizes(task, layers=1 if in_loop else -2)
    heads = count_digits(task.weights, RANK_BASE) + count_digits(rows, RANK_BASE)
    return replace(grown, heads=max(heads, grown.heads) if in_loop else max(heads + 2, 5))


SPANNING_FOREST = Solution(
    task=SpanningForest,
    build=lambda task: spanning_forest(task.n, task.edges, task.weights),
    sizes=sizes,
    words=(
        *STARS_IN_WORDS,
        "Here a star follows its lightest edge. Weights are ranked first, ties by row, so the minimum is unique.",
    ),
)
