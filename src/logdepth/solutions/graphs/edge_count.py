"""Edge count: one head counts the edge rows."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.counting import COUNTING_IN_WORDS, counting_sizes
from logdepth.solutions.graphs.graph_table import graph_table
from logdepth.solutions.solution import Solution
from logdepth.tasks import EdgeCount


def edge_count(n: int, edges: int) -> Program:
    """Output `count`: the edge rows, in every row."""
    table, u, _ = graph_table("edge-count", n, edges)
    is_edge = table.map(lambda end: end > 0, u, high=1, name="is an edge")
    table.output("count", table.count(where=is_edge, high=edges))
    return table.program()


EDGE_COUNT = Solution(
    task=EdgeCount,
    build=lambda task: edge_count(task.n, task.edges),
    sizes=lambda task, tied: counting_sizes(),
    words=(COUNTING_IN_WORDS,),
)
