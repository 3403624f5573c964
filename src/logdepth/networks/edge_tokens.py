"""A graph with a question as token ids: how many vertices there are, one token an edge, then what is asked.

The tokens are: answers; "N vertices"; edges "u-v"; "from u"; "to v"; "?", where the answer is due; and "_", which fills
a sequence up after the question. Vertices are 0..vertices - 1, as in GraphQA.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor


@dataclass(frozen=True)
class AskedGraphs:
    """B graphs with a question each.

    adjacency (B, n, n) of 0 and 1; vertices (B,), how many there are: the first rows, of n; first and second (B,), the
    vertices that are asked about, -1 for none; asked (B,), the position of "?".
    """

    adjacency: Tensor
    vertices: Tensor
    first: Tensor
    second: Tensor
    asked: Tensor

    @property
    def marks(self) -> Tensor:
        """Of every vertex (B, n): 1 and 2 for those that are asked about, else 0."""
        number = torch.arange(self.adjacency.shape[-1], device=self.first.device)
        return (number == self.first[:, None]).long() + 2 * (number == self.second[:, None]).long()


@dataclass(frozen=True)
class EdgeTokens:
    """answers: how many token ids answers have; they come first. vertices: the most of a graph."""

    answers: int
    vertices: int

    @property
    def pairs(self) -> int:
        """Edges that there can be."""
        return self.vertices * (self.vertices - 1) // 2

    @property
    def ends(self) -> tuple[int, ...]:
        """Where the ids of each kind end: answers, sizes, edges, from, to, "?", "_"."""
        ends = [self.answers]
        for many in (self.vertices, self.pairs, self.vertices, self.vertices, 1, 1):
            ends.append(ends[-1] + many)
        return tuple(ends)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all token ids but the answers."""
        number = range(self.vertices)
        return (
            *(f"{1 + size} vertices" for size in number),
            *(f"{u}-{v}" for u, v in combinations(number, 2)),
            *(f"from {u}" for u in number),
            *(f"to {v}" for v in number),
            "?",
            "_",
        )

    @property
    def length(self) -> int:
        """Tokens of the longest sequence."""
        return 1 + self.pairs + 3

    def write(self, graphs: AskedGraphs, order: Tensor) -> Tensor:
        """The ids (B, length) of graphs; where "?" comes follows from the rest, whatever they say.

        order (B, pairs): the edges of a graph come by these numbers, the least first.
        """
        answers, sizes, pairs, heads, tails, _, end = self.ends
        u, v = torch.triu_indices(self.vertices, self.vertices, 1, device=order.device)
        is_edge = graphs.adjacency[:, u, v] > 0
        edges = torch.where(is_edge, order, torch.inf).argsort(1) + sizes
        count = is_edge.sum(1, keepdim=True)
        first, second = graphs.first[:, None], graphs.second[:, None]
        blank = torch.full((len(order), self.length), end - 1, device=order.device)
        ids = torch.cat([answers + graphs.vertices[:, None] - 1, edges, blank[:, :3]], dim=1)
        ids = torch.where(torch.arange(self.length, device=order.device) <= count, ids, blank)
        place = count + 1
        for number, start in ((first, pairs), (second, heads)):
            ids.scatter_(1, place, torch.where(number >= 0, number + start, end - 1))
            place = place + (number >= 0)
        return ids.scatter_(1, place, tails)

    def read(self, ids: Tensor) -> AskedGraphs:
        """The graphs of ids (B, T); it is the inverse of `write`."""
        answers, sizes, pairs, heads, tails, _, _ = self.ends
        rows, device = len(ids), ids.device
        edges = torch.zeros((rows, self.pairs + 1), device=device)  # the last column takes what is no edge
        is_edge = (ids >= sizes) & (ids < pairs)
        edges.scatter_(1, torch.where(is_edge, ids - sizes, self.pairs), 1.0)
        adjacency = torch.zeros((rows, self.vertices, self.vertices), device=device)
        u, v = torch.triu_indices(self.vertices, self.vertices, 1, device=device)
        adjacency[:, u, v] = adjacency[:, v, u] = edges[:, :-1]

        def named(start: int, end: int) -> Tensor:
            """The largest id of a kind in each row, counted from its start; -1 if there is none."""
            return torch.where((ids >= start) & (ids < end), ids - start, -1).amax(1)

        return AskedGraphs(
            adjacency,
            named(answers, sizes) + 1,
            named(pairs, heads),
            named(heads, tails),
            (ids == tails).long().argmax(1),
        )
