"""Distances by doubling on n² / 2 blank rows, with 2 (n - 2) heads: the product of matrices over (min, +).

The table has a blank row for every two vertices i < j (see `tasks.pairs`), and holds there the *closeness* n - d of the
shortest path of length d that it knows, 0 for none. Layer 1: the row looks for the edge between its two. Then in each
layer it reads, for every third vertex k, what the rows of {i, k} and {k, j} know, one head each, and keeps the best of
all sums. So t layers more find all paths of length ≤ 2^t: one of length d ≥ 2 has a vertex in its middle, with halves
of lengths ⌈d/2⌉ and ⌊d/2⌋, both at least 1.

`squaring` spends a row on every way (i, k, j), and two heads; here a row has all k at once, in as many heads.

Source: squaring of a matrix over (min, +), folklore; a row of a transformer for every two vertices as in arXiv
2503.01805, where a token is a row of the adjacency matrix.
"""

from __future__ import annotations

import torch
from torch import Tensor

from logdepth.programs import Column, Table
from logdepth.solutions.powers import doublings
from logdepth.solutions.sizes import Sizes
from logdepth.tasks import GraphTask, pairs, pairs_count
from logdepth.theory.k_hop import doubling_layers

PAIRS = "squaring on rows of pairs: one layer a doubling, proved in logdepth.solutions.graphs.squaring_pairs"
PAIRS_IN_WORDS = (
    "Blank tokens stand for pairs: one for every two vertices. In layer 1 each looks for the edge between its two. In"
    " every layer after that it reads, for every third vertex <i>k</i>, what the pairs of <i>k</i> and its own two"
    " know, two heads for each <i>k</i>, and keeps the shortest path. Paths double in length with every layer, so that"
    " ⌈log₂(<i>n</i> − 1)⌉ layers find all of them."
)


def pairs_table(name: str, n: int, edges: int, *, others: int = 0) -> Table:
    """A table of vertices and pairs, of edges, and of other rows."""
    return Table(name, pairs_count(n) + edges + others)


def row_of_pair(table: Table, u: Column, v: Column, n: int) -> Column:
    """The row of the pair of these two vertices, and 0 for the pair of 0 and 0: n different ones are never of one."""

    def number(low: Tensor, high: Tensor) -> Tensor:
        return torch.take(before, high) + low

    low = table.map(torch.minimum, u, v, high=n, name="lesser end")
    high = table.map(torch.maximum, u, v, high=n, name="greater end")
    before = torch.tensor([0, *(last * (last - 1) // 2 + 1 for last in range(1, n + 1))])
    return table.map(number, low, high, high=pairs_count(n), name="row of my ends")


def find_closeness(table: Table, u: Column, pair: Column, is_edge: Column, n: int) -> Column:
    """On the rows of pairs n - d for two vertices at distance d, and 0 for none.

    u: the first end of an edge; 0 on blank rows. pair: on the rows of edges, the row of the pair of its ends.

    In a graph of fewer vertices the rows of edges come sooner, and look like pairs with a vertex that is not there.
    They find no edge, and no row reads them; so they know of no path.
    """
    last = pairs_count(n)
    own = table.map(lambda row, end: row * (end == 0), table.index, u, high=last, name="own row")
    edge = table.map(lambda row, there: row * there, pair, is_edge, high=last, name="row that I join")
    joined = table.select(query=table.index, key=edge, values=1, distinct=True, name="joined")
    halves = halves_of_pairs(table, n)

    def nearest(own: Tensor, *known: Tensor) -> Tensor:
        """The closeness of a path by way of k is the sum of those of its halves less n, or 0."""
        sums = [torch.relu(one + other - n) for one, other in zip(known[::2], known[1::2], strict=True)]
        return greatest([own, *sums])

    def double(closeness: Column) -> Column:
        known = [
            table.select(query=half, key=own, values=closeness, distinct=True, name=f"closeness of {half.name}")
            for half in halves
        ]
        return table.map(nearest, closeness, *known, high=n - 1, name="closeness")

    start = table.map(lambda edge: (n - 1) * edge, joined, high=n - 1, name="closeness")
    return table.repeat(doublings(n - 1), double, start, high=n - 1, name="closeness") if n > 2 else start


def halves_of_pairs(table: Table, n: int) -> list[Column]:
    """Of every pair {i, j} the rows of {i, k} and {k, j}, for the first of all other vertices k, the second, and so on.
    Rows that are no pairs ask for a row that is no pair."""
    row = torch.zeros(n + 1, n + 1, dtype=torch.int64)  # of every two vertices
    one, other = torch.as_tensor(pairs(n)).T
    row[one, other] = row[other, one] = torch.arange(1, pairs_count(n) + 1)
    i, j = torch.combinations(torch.arange(1, n + 1)).T
    held = torch.full((max(0, n - 2), 2, table.rows + 1), pairs_count(n) + 1)
    for place in range(n - 2):
        k = place + 1 + (place + 1 >= i)
        k += k >= j
        held[place, :, row[i, j]] = torch.stack([row[i, k], row[k, j]])

    def column(place: int, half: int) -> Column:
        rows = held[place, half].clone()
        name = f"{'ij'[half]} and k{place + 1}"
        return table.map(lambda row: torch.take(rows, row), table.index, high=pairs_count(n) + 1, name=name)

    return [column(place, half) for place in range(n - 2) for half in (0, 1)]


def greatest(values: list[Tensor]) -> Tensor:
    """By a tree of comparisons."""
    while len(values) > 1:
        pairs_of = [torch.maximum(*values[place : place + 2]) for place in range(0, len(values) - 1, 2)]
        values = pairs_of + values[2 * len(pairs_of) :]
    return values[0]


def pairs_sizes(task: GraphTask) -> Sizes:
    """A layer that looks for edges, one a doubling, and one that answers."""
    rounds = doubling_layers(max(1, task.n - 1))
    return Sizes(layers=rounds + 2 if task.n > 1 else 1, heads=max(1, 2 * (task.n - 2)), source=PAIRS)
