"""Connected components: the roots of a forest of pointers that spans them."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.graphs.graph_table import graph_table
from logdepth.solutions.graphs.growing import After, Grow, solve_by_growing
from logdepth.tasks import Components


def components(task: Components, grow: Grow) -> Program:
    """Output `representative`: on every vertex row, the same vertex for the same component."""
    table, u, v = graph_table("components", task.n, task.edges)
    table.output("representative", grow(table, u, v, task.n))
    return table.program()


COMPONENTS = solve_by_growing(Components, components, After())
