"""Squaring a graph on blank rows: reachability and diameter in logarithmic depth, one layer a doubling.

Besides the edges the table has a blank row for every way (i, k, j), from i by way of k to j (see `tasks.ways`). Every
row *offers* a path between two vertices: an edge row itself, a way row a path from i to j, as soon as it knows paths
from i to k and from k to j. A layer asks for both halves among all offers, so that t layers find all paths of length
≤ 2^t: one of length d ≥ 2 has a vertex in its middle, with halves of lengths ⌈d/2⌉ and ⌊d/2⌋, both at least 1.

Source: squaring of the adjacency matrix, folklore (Savitch 1970); n³ blank rows as in arXiv 2402.09268, Theorem 3.1,
where a protocol has more machines than the input has tokens.
"""

from __future__ import annotations

import torch
from torch import Tensor

from logdepth.programs import Column, Table
from logdepth.solutions.powers import doublings
from logdepth.solutions.sizes import Sizes
from logdepth.tasks import WaysTask, ways, ways_count
from logdepth.theory.k_hop import doubling_layers

SQUARING = "squaring on blank rows: one layer a doubling, proved in logdepth.solutions.graphs.squaring"
SQUARES_IN_WORDS = (
    "Blank tokens stand for ways: one for every three vertices <i>i</i>, <i>k</i>, <i>j</i>, a path from <i>i</i> by"
    " way of <i>k</i> to <i>j</i>. In every layer it asks all tokens, edges and ways, for a path from <i>i</i> to"
    " <i>k</i> and one from <i>k</i> to <i>j</i>; when it has heard of both, it knows one from <i>i</i> to <i>j</i>."
    " Paths double in length with every layer, so that ⌈log₂(<i>n</i> − 1)⌉ layers find all of them."
)


def ways_table(name: str, n: int, edges: int, *, directed: bool, others: int = 0) -> tuple[Table, list[Column]]:
    """A table of ways, edges and other rows; and its columns i, k, j, which say nothing on rows that are no ways."""
    blank = ways_count(n, directed=directed)
    table = Table(name, blank + edges + others)
    known = torch.zeros(table.rows + 1, 3, dtype=torch.int64)
    known[1 : blank + 1] = torch.as_tensor(ways(n, directed=directed))

    def place(number: int) -> Column:
        held = known[:, number].clone()
        return table.map(lambda row: torch.take(held, row), table.index, high=n, name="ikj"[number])

    return table, [place(number) for number in range(3)]


def offer_shortest(table: Table, way: list[Column], u: Column, v: Column, is_edge: Column, n: int) -> Column:
    """For a row with two ends, the closeness n - d of the shortest path between them, of length d; 0: there is none.

    A row names as its ends u and v, or, where these are 0, the two of its way. An offer of length d is held as its
    closeness n - d, and 0 is no offer. The closeness of a way is the sum of those of its halves less n, or 0: a path of
    n or more edges is never the shortest.
    """
    i, k, j = way
    named = table.map(lambda end: end > 0, u, high=1, name="names two vertices")

    def ends(first: Column, second: Column) -> list[Column]:
        low = table.map(torch.minimum, first, second, high=n, name="lesser")
        return [low, table.map(torch.maximum, first, second, high=n, name="greater")]

    def own(of_edge: Column, of_way: Column, name: str) -> Column:
        return table.map(lambda e, w, edge: e + torch.relu(w - n * edge), of_edge, of_way, named, high=n, name=name)

    pair = [own(e, w, name) for e, w, name in zip(ends(u, v), (i, j), ("from", "to"), strict=True)]
    to_middle, onward = ends(i, k), ends(k, j)

    def closest(query: list[Column], closeness: Column, name: str) -> Column:
        distance = table.map(lambda c: n - 1 - c, closeness, high=n - 1, name="distance")
        return table.select(query=query, key=pair, priority=distance, values=closeness, name=name)

    def add_up(one: Tensor, other: Tensor, edge: Tensor) -> Tensor:
        return torch.relu(one + other - n - n * edge) + (n - 1) * edge

    def double(closeness: Column) -> Column:
        halves = (
            closest(to_middle, closeness, "closeness of i and k"),
            closest(onward, closeness, "closeness of k and j"),
        )
        return table.map(add_up, *halves, is_edge, high=n - 1, name="closeness")

    start = table.map(lambda edge: (n - 1) * edge, is_edge, high=n - 1, name="closeness")
    offered = table.repeat(doublings(n - 1), double, start, high=n - 1, name="closeness")
    return closest(pair, offered, "closeness of my ends")


def squaring_sizes(task: WaysTask, layers: int) -> Sizes:
    """One layer a doubling, and `layers` more; two vertices have no way between them, and one head does."""
    rounds = doubling_layers(max(1, task.n - 1))
    return Sizes(layers=rounds + layers, heads=2 if task.n > 2 else 1, source=SQUARING)
