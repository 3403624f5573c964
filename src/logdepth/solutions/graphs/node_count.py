"""Node count: one head counts the vertex rows."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.counting import COUNTING_IN_WORDS, counting_sizes
from logdepth.solutions.graphs.graph_table import graph_table
from logdepth.solutions.solution import Solution
from logdepth.tasks import NodeCount


def node_count(n: int, edges: int) -> Program:
    """Output `count`: the vertex rows, in every row."""
    table, u, _ = graph_table("node-count", n, edges)
    is_vertex = table.map(lambda end: end == 0, u, high=1, name="is a vertex")
    table.output("count", table.count(where=is_vertex, high=n))
    return table.program()


NODE_COUNT = Solution(
    task=NodeCount,
    build=lambda task: node_count(task.n, task.edges),
    sizes=lambda task, tied: counting_sizes(),
    words=(COUNTING_IN_WORDS,),
)
