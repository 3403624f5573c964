"""Minimum spanning forest: star hooking along the lightest edges."""

from __future__ import annotations

from dataclasses import replace

from logdepth.gadgets.rounding import snap_base, snap_digits
from logdepth.numerics.formats import Format
from logdepth.programs import Column, Program
from logdepth.solutions.graph_table import graph_table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.solutions.star_hooking import STARS_IN_WORDS, forest_sizes, hook, look, rounds, unite, vertices_first
from logdepth.tasks.spanning_forest import SpanningForest
from logdepth.theory.logarithm import count_digits


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


def sizes(task: SpanningForest, form: Format, tied: bool) -> Sizes:
    """One layer of rank heads first; two more heads in step 3 tell every edge whether it won."""
    rows = task.n + task.edges
    heads = count_digits(task.weights, 4) + count_digits(rows, 4)
    snap = 2 * snap_digits(rows)
    grown = forest_sizes(task, tied, layers=1, blocks=4 + snap, width=3 * heads + snap_base(rows), hidden=48)
    return replace(grown, heads=heads + 2, embedded=grown.embedded + task.weights + 1)


SPANNING_FOREST = Solution(
    task=SpanningForest,
    build=lambda task: spanning_forest(task.n, task.edges, task.weights),
    sizes=sizes,
    words=(
        *STARS_IN_WORDS,
        "Here a star follows its lightest edge. Weights are ranked first, ties by row, so the minimum is unique.",
    ),
)
