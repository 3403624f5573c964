"""Connected components in ⌊log2 n⌋ rounds of star hooking."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.graph_table import graph_table
from logdepth.solutions.solution import Solution
from logdepth.solutions.star_hooking import STARS_IN_WORDS, forest_sizes, grow_forest
from logdepth.tasks import Components


def components(n: int, edges: int) -> Program:
    """Output `representative`: on every vertex row, the same vertex for the same component."""
    table, u, v = graph_table("components", n, edges)
    table.output("representative", grow_forest(table, u, v, n))
    return table.program()


COMPONENTS = Solution(
    task=Components,
    build=lambda task: components(task.n, task.edges),
    sizes=lambda task, tied: forest_sizes(task),
    words=STARS_IN_WORDS,
)
