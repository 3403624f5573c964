"""Maximum flow as a least cut, in two layers of two heads, on a blank row for every cut.

A cut row stands for a set S of vertices. In layer 1 one head adds up the weights of the rows whose u is in S and whose
v is not, another one those of the rows whose v is and whose u is not. The question row counts for an edge, and weighs
more than all edges of a cut together. So the sum is at least that weight exactly if the cut parts the two vertices. In
layer 2 all rows read the least such sum.

Of a cut and its complement one row is enough, since edges carry in both directions.
"""

from __future__ import annotations

import numpy as np

from logdepth.programs import Column, Program, Table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import MaxFlow, sides

LEAST_CUT = "a row for every cut adds up what it cuts. See logdepth.solutions.graphs.max_flow"


def max_flow(n: int, edges: int, weights: int) -> Program:
    """Output `flow`: in every row, the capacity of the least cut that parts the two vertices of the question row."""
    cuts = sides(n)
    table = Table("max-flow", len(cuts) + edges + 1)
    u, v = table.input("u", n), table.input("v", n)
    weight, question = table.input("weight", weights), table.input("question", 1)
    most = weights * min(edges, n**2 // 4)
    heavy = most + 1
    inside = np.zeros((n + 1, table.rows + 1), dtype=np.int64)
    inside[:, 1 : len(cuts) + 1] = cuts.T
    outside = np.zeros_like(inside)
    outside[1:, 1 : len(cuts) + 1] = 1 - cuts.T[1:]
    value = table.map(
        lambda w, asks: w + heavy * asks, weight, question, high=heavy, name="weight, heavy if asked about"
    )

    def cut(side: np.ndarray, other: np.ndarray, name: str) -> Column:
        here = [table.index, table.index]
        return table.sum(value, query=here, key=[u, v], matching=[side, other], high=most + heavy, name=name)

    leaving, entering = cut(inside, outside, "leaving"), cut(outside, inside, "entering")
    parts = table.map(lambda x, y: x + y >= heavy, leaving, entering, high=1, name="parts the two")

    capacity = table.map(lambda x, y: (x + y - heavy).clamp(min=0), leaving, entering, high=most, name="capacity")
    table.output(
        "flow", table.select(query=0, key=0, where=parts, priority=capacity, values=capacity, name="least cut")
    )
    return table.program()


MAX_FLOW = Solution(
    task=MaxFlow,
    build=lambda task: max_flow(task.n, task.edges, task.weights),
    sizes=lambda task, tied: Sizes(layers=2, heads=2, source=LEAST_CUT),
    words=(
        "The greatest flow between two vertices equals the least capacity of a cut that parts them (Ford and Fulkerson"
        " 1956). Blank tokens stand for cuts: one for every set of vertices with the first one. In layer 1 a cut"
        " adds up the edges that leave its set, and those that enter it. The question counts for an edge that is"
        " heavier than all others together, so a cut knows whether it parts the two vertices. In layer 2 the question"
        " reads the least of these cuts.",
        "There are 2<sup><i>n</i> − 1</sup> cuts. Maximum flow is P-complete, and no way in logarithmic depth with"
        " polynomially many tokens is known.",
    ),
)
