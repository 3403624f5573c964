"""Connectivity: a forest of pointers, and a layer that counts the roots."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.graphs.graph_table import graph_table
from logdepth.solutions.graphs.growing import After, Grow, solve_by_growing
from logdepth.solutions.graphs.star_hooking import roots
from logdepth.tasks import Connectivity


def connectivity(task: Connectivity, grow: Grow) -> Program:
    """Output `connected`: 1 in every row if there is one component."""
    table, u, v = graph_table("connectivity", task.n, task.edges)
    count = table.count(where=roots(table, grow(table, u, v, task.n)), high=task.n, name="components")
    table.output("connected", table.map(lambda c: c == 1, count, high=1, name="connected"))
    return table.program()


COUNT = After(layers=1, heads=1, words=("A last layer counts the roots: the graph is connected if there is one.",))
CONNECTIVITY = solve_by_growing(Connectivity, connectivity, COUNT)
