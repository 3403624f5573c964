"""Shortest path: by squaring on blank rows, of ways or of pairs, or breadth first, a step in two layers.

*Pairs.* See `squaring_pairs`; the question row reads the row of its pair.

*Squaring.* Of all offers (see `squaring`) the question row hears the shortest one between its two vertices.

*Breadth first.* All rows learn where the search begins. Then in two layers a step: every vertex looks for an edge of
which an end was reached, and every edge reads whether its ends are. So after t steps, vertices at distance 1 to t are
reached, and none that is further away, but maybe the first one. The question row reads its ends as an edge does, and
counts the steps after which its second one is not reached. n - 1 steps reach all that can be reached.
"""

from __future__ import annotations

import torch
from torch import Tensor

from logdepth.programs import Column, Program, Table
from logdepth.solutions.graphs.squaring import SQUARES_IN_WORDS, offer_shortest, squaring_sizes, ways_table
from logdepth.solutions.graphs.squaring_pairs import (
    PAIRS_IN_WORDS,
    find_closeness,
    pairs_sizes,
    pairs_table,
    row_of_pair,
)
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import ShortestPath

STEPS = "a step in two layers, proved in logdepth.solutions.graphs.shortest_path"


def shortest_by_squaring(n: int, edges: int) -> Program:
    """Output `distance`: on the question row (u, v, question = 1), the distance of u and v; 0 if no path joins them."""
    table, way = ways_table("shortest-path", n, edges, directed=False, others=1)
    u, v, question = table.input("u", n), table.input("v", n), table.input("question", 1)
    is_edge = table.map(lambda end, asks: (end > 0) & (asks == 0), u, question, high=1, name="is an edge")
    closest = offer_shortest(table, way, u, v, is_edge, n)
    table.output("distance", table.map(lambda c: (n - c) * (c > 0), closest, high=n - 1, name="distance"))
    return table.program()


def shortest_by_pairs(n: int, edges: int) -> Program:
    """The same output: the question row reads the row of its pair."""
    table = pairs_table("shortest-path", n, edges, others=1)
    u, v, question = table.input("u", n), table.input("v", n), table.input("question", 1)
    is_edge = table.map(lambda end, asks: (end > 0) & (asks == 0), u, question, high=1, name="is an edge")
    pair = row_of_pair(table, u, v, n)
    closest = table.pull(pair, find_closeness(table, u, pair, is_edge, n), name="closeness of my ends")
    table.output("distance", table.map(lambda c: (n - c) * (c > 0), closest, high=n - 1, name="distance"))
    return table.program()


def shortest_by_steps(n: int, edges: int) -> Program:
    """The same output."""
    table = Table("shortest-path", n + edges + 1)
    u, v, question = table.input("u", n), table.input("v", n), table.input("question", 1)
    start = table.select(query=1, key=question, values=u, distinct=True, name="start")
    is_edge = table.map(lambda end, asks: (end > 0) & (asks == 0), u, question, high=1, name="is an edge")

    def step(live: Column, late: Column, there: Column) -> tuple[Column, Column, Column]:
        by = [
            table.select(query=table.index, key=end, where=live, values=1, name=f"heard as {end.name}")
            for end in (u, v)
        ]
        reached = table.map(torch.maximum, *by, high=1, name="reached")
        here, there = (table.pull(end, reached, name=f"{end.name} is reached") for end in (u, v))
        alive = table.map(lambda x, y, edge: (x + y > 0) & (edge == 1), here, there, is_edge, high=1, name="live")
        return alive, table.map(lambda s, r: s + 1 - r, late, there, high=n - 1, name="steps without"), there

    def touches(u: Tensor, v: Tensor, start: Tensor, edge: Tensor) -> Tensor:
        return ((u == start) | (v == start)) & (edge == 1)

    live = table.map(touches, u, v, start, is_edge, high=1, name="live")
    names = ["live", "steps without", "is reached"]
    _, late, there = table.repeat(n - 1, step, [live, 0, 0], [1, n - 1, 1], names)
    table.output("distance", table.map(lambda s, r: (s + 1) * r, late, there, high=n - 1, name="distance"))
    return table.program()


BY_SQUARING = Solution(
    task=ShortestPath,
    build=lambda task: shortest_by_squaring(task.n, task.edges),
    sizes=lambda task, tied: squaring_sizes(task, layers=1),
    words=(
        SQUARES_IN_WORDS + " Of several paths between the same two vertices the shortest is heard.",
        "At the end the question looks for the shortest path between its two vertices.",
    ),
)
BY_PAIRS = Solution(
    task=ShortestPath,
    build=lambda task: shortest_by_pairs(task.n, task.edges),
    sizes=lambda task, tied: pairs_sizes(task),
    words=(PAIRS_IN_WORDS, "At the end the question reads what the pair of its two vertices knows."),
)
BREADTH_FIRST = Solution(
    task=ShortestPath,
    build=lambda task: shortest_by_steps(task.n, task.edges),
    sizes=lambda task, tied: Sizes(layers=2 * task.n - 1, heads=2, source=STEPS),
    words=(
        "In layer 1 all tokens read at which vertex the search begins; edges at it are live. Then in every step a"
        " vertex looks for a live edge that names it, and is reached if there is one; and an edge reads whether its"
        " ends are reached, and is live if one is. The question counts the steps in which its second vertex is not"
        " reached yet."
        " <i>n</i> − 1 steps go as far as any path.",
    ),
)
