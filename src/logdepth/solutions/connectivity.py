"""Connectivity: star hooking, and a layer that counts the roots."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.graph_table import graph_table
from logdepth.solutions.solution import Solution
from logdepth.solutions.star_hooking import STARS_IN_WORDS, forest_sizes, grow_forest, roots
from logdepth.tasks import Connectivity


def connectivity(n: int, edges: int) -> Program:
    """Output `connected`: 1 in every row if there is one component."""
    table, u, v = graph_table("connectivity", n, edges)
    count = table.count(where=roots(table, grow_forest(table, u, v, n)), high=n, name="components")
    table.output("connected", table.map(lambda c: c == 1, count, high=1, name="connected"))
    return table.program()


CONNECTIVITY = Solution(
    task=Connectivity,
    build=lambda task: connectivity(task.n, task.edges),
    sizes=lambda task, tied: forest_sizes(task, layers=1),
    words=(*STARS_IN_WORDS, "A last layer counts the roots: the graph is connected if there is one."),
)
