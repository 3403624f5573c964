"""Edge existence: two heads look for the pair that is asked about."""

from __future__ import annotations

import torch

from logdepth.programs import Program, Table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import EdgeExistence


def edge_existence(n: int, edges: int) -> Program:
    """Output `exists`: on the question row (u, v, question = 1), 1 if some edge row joins u and v, in either order."""
    table = Table("edge-existence", n + edges + 1)
    u, v, question = table.input("u", n), table.input("v", n), table.input("question", 1)
    same = table.select(query=[u, v, 0], key=[u, v, question], values=1, name="as asked")
    turned = table.select(query=[u, v, 0], key=[v, u, question], values=1, name="turned")
    table.output("exists", table.map(torch.maximum, same, turned, high=1, name="exists"))
    return table.program()


def sizes(task: EdgeExistence, tied: bool) -> Sizes:
    return Sizes(layers=1, heads=2, source="two heads look for the pair")


EDGE_EXISTENCE = Solution(
    task=EdgeExistence,
    build=lambda task: edge_existence(task.n, task.edges),
    sizes=sizes,
    words=("The question row looks for an edge row with the same two ends, one head for each order of them.",),
)
