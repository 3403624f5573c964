"""The neighbours of a vertex, and all others: an edge row learns which vertex is asked about, and names its other end.

The question row holds its vertex twice, so it names this vertex itself.
"""

from __future__ import annotations

import torch

from logdepth.programs import Column, Program, Table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import ConnectedNodes, DisconnectedNodes, GraphTask

ASK_IN_WORDS = (
    "In layer 1 all tokens read which vertex is asked about. An edge at this vertex then knows its other end. In layer"
    " 2 every vertex looks for an edge that names it."
)


def connected_nodes(n: int, edges: int) -> Program:
    """Output `connected`: on every vertex row, 1 if an edge joins it to the vertex of the question row."""
    table, end, question = other_ends("connected-nodes", n, edges)
    neighbour = table.map(lambda at, asks: at * (1 - asks), end, question, high=n, name="neighbour")
    table.output("connected", table.select(query=table.index, key=neighbour, values=1, name="connected"))
    return table.program()


def disconnected_nodes(n: int, edges: int) -> Program:
    """Output `disconnected`: on every vertex row, 1 if it is not the vertex of the question row, nor a neighbour."""
    table, end, _ = other_ends("disconnected-nodes", n, edges)
    near = table.select(query=table.index, key=end, values=1, name="asked about, or connected")
    table.output("disconnected", table.map(lambda found: found == 0, near, high=1, name="disconnected"))
    return table.program()


def other_ends(name: str, n: int, edges: int) -> tuple[Table, Column, Column]:
    """The table; on rows of edges at the vertex asked about, their other end, and this vertex on the question row; and
    which row this is."""
    table = Table(name, n + edges + 1)
    u, v, question = table.input("u", n), table.input("v", n), table.input("question", 1)
    asked = table.select(query=1, key=question, values=u, distinct=True, name="asked about")

    def across(u: torch.Tensor, v: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
        return torch.relu(v - n * (u != asked)) + torch.relu(u - n * (v != asked) - n * (u == v))

    return table, table.map(across, u, v, asked, high=n, name="other end"), question


def sizes(task: GraphTask, tied: bool) -> Sizes:
    return Sizes(layers=2, heads=1, source="one head tells who is asked about, one looks for the other ends of edges")


CONNECTED_NODES = Solution(
    task=ConnectedNodes,
    build=lambda task: connected_nodes(task.n, task.edges),
    sizes=sizes,
    words=(ASK_IN_WORDS,),
)
DISCONNECTED_NODES = Solution(
    task=DisconnectedNodes,
    build=lambda task: disconnected_nodes(task.n, task.edges),
    sizes=sizes,
    words=(ASK_IN_WORDS + " The answer are the vertices that find none, but for the one that is asked about.",),
)
