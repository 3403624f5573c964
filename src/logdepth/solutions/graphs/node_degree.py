"""Node degree: two heads count the edge rows that name me."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.counting import COUNTING_IN_WORDS
from logdepth.solutions.graphs.graph_table import graph_table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import NodeDegree


def node_degree(n: int, edges: int) -> Program:
    """Output `degree`: on every vertex row, the edges at it."""
    table, u, v = graph_table("node-degree", n, edges)
    as_u = table.count(query=table.index, key=u, high=n, name="edges as u")
    as_v = table.count(query=table.index, key=v, high=n, name="edges as v")
    table.output("degree", table.map(lambda a, b: a + b, as_u, as_v, high=n, name="degree"))
    return table.program()


def sizes(task: NodeDegree, tied: bool) -> Sizes:
    return Sizes(layers=1, heads=2, source="two heads that add")


NODE_DEGREE = Solution(
    task=NodeDegree,
    build=lambda task: node_degree(task.n, task.edges),
    sizes=sizes,
    words=(COUNTING_IN_WORDS + " One head counts the edges that name me first, the other those that name me second.",),
)
