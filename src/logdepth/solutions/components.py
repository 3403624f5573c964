"""Connected components: in ⌊log2 n⌋ rounds of star hooking, or of hooking to the least neighbour, in fewer layers."""

from __future__ import annotations

from collections.abc import Callable

from logdepth.programs import Column, Program, Table
from logdepth.solutions.graph_table import graph_table
from logdepth.solutions.least_hooking import LEAST_HOOKING, by_holding, by_looking
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.solutions.star_hooking import STARS_IN_WORDS, forest_sizes, grow_forest
from logdepth.tasks import Components
from logdepth.theory.logarithm import floor_log2

Grow = Callable[[Table, Column, Column, int], Column]
"""From a table, its ends u and v, and n: for every vertex row the representative."""

LEAST_IN_WORDS = (
    "Every vertex points to a parent. An edge links the parents of its two ends. In a round every vertex asks one"
    " vertex, and points to what it answers: in a star (a tree of height one) it asks the least vertex that is linked"
    " to its root, and in a taller tree its grandparent. The root of a star answers with the lesser of itself and the"
    " least vertex that is linked to it, any other vertex with its own grandparent.",
    "Each round at least halves the sum of weights of a component’s trees, so ⌊log₂ <i>n</i>⌋ rounds suffice on every"
    " graph.",
)


def components(n: int, edges: int, grow: Grow = grow_forest) -> Program:
    """Output `representative`: on every vertex row, the same vertex for the same component."""
    table, u, v = graph_table("components", n, edges)
    table.output("representative", grow(table, u, v, n))
    return table.program()


def in_rounds_of(layers: int, heads: int, grow: Grow) -> Solution[Components]:
    """The solution by hooking to the least neighbour in rounds of so many layers. One vertex takes no round."""

    def sizes(task: Components, tied: bool) -> Sizes:
        times = floor_log2(task.n)
        return Sizes(layers=layers * times, heads=heads if times else 0, source=LEAST_HOOKING)

    return Solution(
        task=Components,
        build=lambda task: components(task.n, task.edges, grow),
        sizes=sizes,
        words=LEAST_IN_WORDS,
    )


COMPONENTS = Solution(
    task=Components,
    build=lambda task: components(task.n, task.edges),
    sizes=lambda task, tied: forest_sizes(task),
    words=STARS_IN_WORDS,
)
BY_LOOKING = in_rounds_of(3, 3, by_looking)
BY_HOLDING = in_rounds_of(2, 6, by_holding)
