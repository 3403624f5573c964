"""Triangles, in two layers: on a row for every three vertices, or on the rows of edges with wide heads.

*Blank.* The row of a < b < c looks for the edges {a, b}, {b, c} and {a, c}; all rows then count the rows that found
three. C(n, 3) blank rows, three heads.

*Wide.* The row of an edge {a, b}, a < b, looks for the edges {a, c} and {b, c} for every c at once, two heads each; its
triangles are the c > b for which it finds both. So a triangle is found by the edge between its two lesser vertices, and
by no other; all rows then add up. No blank rows, 2 (n - 2) heads.

Edges come in either direction: every row sorts its two ends first.
"""

from __future__ import annotations

from math import comb

import torch
from torch import Tensor

from logdepth.programs import Column, Program, Table
from logdepth.solutions.graphs.graph_table import graph_table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import TriangleCount, triples

ON_TRIPLES = (
    "a row for every three vertices looks for three edges; one head counts. "
    "See logdepth.solutions.graphs.triangle_count"
)
ON_EDGES = (
    "an edge looks for two edges for every third vertex; one head adds. See logdepth.solutions.graphs.triangle_count"
)


def sorted_ends(table: Table, u: Column, v: Column, n: int) -> list[Column]:
    """The ends of every edge, the lesser first."""
    low = table.map(torch.minimum, u, v, high=n, name="lesser end")
    return [low, table.map(lambda a, b, least: a + b - least, u, v, low, high=n, name="greater end")]


def triangles_of_triples(n: int, edges: int) -> Program:
    """Output `triangles`: in every row how many there are."""
    blank = max(1, comb(n, 3))
    table, u, v = graph_table("triangle-count", blank, edges, n)
    ends = sorted_ends(table, u, v, n)
    known = torch.zeros(table.rows + 1, 3, dtype=torch.int64)
    if n >= 3:
        known[1 : blank + 1] = torch.as_tensor(triples(n))

    def corner(place: int) -> Column:
        held = known[:, place].clone()
        return table.map(lambda row: torch.take(held, row), table.index, high=n, name="abc"[place])

    a, b, c = map(corner, range(3))
    is_edge = table.map(lambda end: end > 0, u, high=1, name="is an edge")
    found = [
        table.select(query=[p, q], key=ends, where=is_edge, values=1, name=f"{p.name} and {q.name} joined")
        for p, q in ((a, b), (b, c), (a, c))
    ]
    triangle = table.map(lambda *joined: sum(joined) == 3, *found, high=1, name="is a triangle")
    table.output("triangles", table.count(where=triangle, high=comb(n, 3), name="triangles"))
    return table.program()


def triangles_of_edges(n: int, edges: int) -> Program:
    """The same output."""
    table, u, v = graph_table("triangle-count", n, edges, n)
    low, high = sorted_ends(table, u, v, n)
    found = [
        table.select(query=[end, third], key=[low, high], values=1, name=f"{end.name} and {third} joined")
        for third in range(3, n + 1)
        for end in (low, high)
    ]

    def both(*joined: Tensor) -> Tensor:
        return sum((torch.relu(x + y - 1) for x, y in zip(joined[::2], joined[1::2], strict=True)), joined[0] * 0)

    columns, add_up = (found, both) if found else ([u], lambda end: end * 0)
    mine = table.map(add_up, *columns, high=max(0, n - 2), name="triangles on my edge")
    table.output("triangles", table.sum(mine, high=comb(n, 3), name="triangles"))
    return table.program()


BY_TRIPLES = Solution(
    task=TriangleCount,
    build=lambda task: triangles_of_triples(task.n, task.edges),
    sizes=lambda task, tied: Sizes(layers=2, heads=3, source=ON_TRIPLES),
    words=(
        "Blank tokens stand for triples: one for every three vertices. In layer 1 it looks for the three edges between"
        " them, one head each; in layer 2 all tokens count the triples that found three.",
    ),
)
BY_EDGES = Solution(
    task=TriangleCount,
    build=lambda task: triangles_of_edges(task.n, task.edges),
    sizes=lambda task, tied: Sizes(layers=1 + (task.n > 2), heads=max(1, 2 * (task.n - 2)), source=ON_EDGES),
    words=(
        "In layer 1 every edge looks for the edges from both its ends to every third vertex, one head each; where it"
        " finds both, there is a triangle. A triangle belongs to the edge between its two lesser vertices. In layer 2"
        " all tokens add up. The width grows with the vertices, and no token is blank but those of vertices.",
    ),
)
