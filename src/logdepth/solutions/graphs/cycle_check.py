"""Cycle check: a forest of pointers, and a layer that counts edges and what a forest has of them."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.graphs.graph_table import graph_table
from logdepth.solutions.graphs.growing import After, Grow, solve_by_growing
from logdepth.tasks import CycleCheck


def cycle_check(task: CycleCheck, grow: Grow) -> Program:
    """Output `cyclic`: 1 in every row if there are more edges than a forest has: vertices that are no root."""
    table, u, v = graph_table("cycle-check", task.n, task.edges)
    parent = grow(table, u, v, task.n)
    hangs = table.map(
        lambda p, i, end: (p != i) & (end == 0), parent, table.index, u, high=1, name="hangs below another"
    )
    is_edge = table.map(lambda end: end > 0, u, high=1, name="is an edge")
    forest = table.count(where=hangs, high=task.n, name="edges of a forest")
    all_edges = table.count(where=is_edge, high=task.edges, name="edges")
    table.output("cyclic", table.map(lambda e, f: e > f, all_edges, forest, high=1, name="cyclic"))
    return table.program()


COUNT = After(
    layers=1,
    heads=2,
    early=1,
    words=("A last layer counts the edges, and the vertices that are no root, of which a forest has just as many.",),
)
CYCLE_CHECK = solve_by_growing(CycleCheck, cycle_check, COUNT)
