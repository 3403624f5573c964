"""Cycle check: star hooking, and a layer that counts edges and what a forest has of them."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.graph_table import graph_table
from logdepth.solutions.solution import Solution
from logdepth.solutions.star_hooking import STARS_IN_WORDS, forest_sizes, grow_forest
from logdepth.tasks import CycleCheck


def cycle_check(n: int, edges: int) -> Program:
    """Output `cyclic`: 1 in every row if there are more edges than a forest has: vertices that are no root."""
    table, u, v = graph_table("cycle-check", n, edges)
    parent = grow_forest(table, u, v, n)
    hangs = table.map(
        lambda p, i, end: (p != i) & (end == 0), parent, table.index, u, high=1, name="hangs below another"
    )
    is_edge = table.map(lambda end: end > 0, u, high=1, name="is an edge")
    forest = table.count(where=hangs, high=n, name="edges of a forest")
    all_edges = table.count(where=is_edge, high=edges, name="edges")
    table.output("cyclic", table.map(lambda e, f: e > f, all_edges, forest, high=1, name="cyclic"))
    return table.program()


CYCLE_CHECK = Solution(
    task=CycleCheck,
    build=lambda task: cycle_check(task.n, task.edges),
    sizes=lambda task, tied: forest_sizes(task, layers=1),
    words=(
        *STARS_IN_WORDS,
        "A last layer counts the edges, and the vertices that are no root, of which a forest has just as many.",
    ),
)
