"""Graph: an undirected simple graph with the user's ids."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np


@dataclass(frozen=True, eq=False)
class Graph:
    """An undirected simple graph on the vertices 1..vertices, and for some tasks a question about two of them.

    edges (m, 2) int64, 1-based, each edge once; weights (m,) int64 or None; labels[v - 1] is the user's id of vertex v
    (left out: v itself); question: the two vertices asked about, or None.
    """

    vertices: int
    edges: np.ndarray
    weights: np.ndarray | None = None
    labels: tuple[str, ...] = ()
    question: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        edges = np.asarray(self.edges, dtype=np.int64).reshape(-1, 2)
        object.__setattr__(self, "edges", edges)
        object.__setattr__(self, "labels", tuple(self.labels) or tuple(map(str, range(1, self.vertices + 1))))
        if self.vertices < 1:
            raise ValueError(f"a graph has at least one vertex; got {self.vertices}")
        if len(edges) and (edges.min() < 1 or edges.max() > self.vertices):
            raise ValueError(f"edges join the vertices 1..{self.vertices}; got ids from {edges.min()} to {edges.max()}")
        if (edges[:, 0] == edges[:, 1]).any():
            place = int(np.argmax(edges[:, 0] == edges[:, 1])) + 1
            raise ValueError(f"a simple graph has no self-loop; edge {place} is one")
        if len(np.unique(edges.min(axis=1) * (self.vertices + 1) + edges.max(axis=1))) < len(edges):
            raise ValueError("a simple graph has each edge once; some edge is repeated")
        if not len(self.labels) == len(set(self.labels)) == self.vertices:
            raise ValueError(f"{self.vertices} vertices have as many distinct labels; got {len(set(self.labels))}")
        if self.weights is not None:
            object.__setattr__(self, "weights", np.asarray(self.weights, dtype=np.int64))
            if len(self.weights) != len(edges):
                raise ValueError(f"{len(edges)} edges have as many weights; got {len(self.weights)}")

    def shuffled(self, rng: np.random.Generator) -> "Graph":
        """The same graph, its vertices renamed at random, its edges in random order and each turned at random.

        Labels are given anew; a question has to be asked after the shuffle.
        """
        assert self.question is None, "ask after the shuffle"
        names = np.concatenate([[0], rng.permutation(self.vertices) + 1])
        order = rng.permutation(len(self.edges))
        edges = names[self.edges[order]]
        turned = rng.random(len(edges)) < 0.5
        edges[turned] = edges[turned, ::-1]
        return Graph(self.vertices, edges, None if self.weights is None else self.weights[order])

    def asking(self, u: int, v: int) -> "Graph":
        """The same graph with a question about u and v."""
        return replace(self, question=(u, v))


def all_graphs(vertices: int) -> Iterator[Graph]:
    """Every graph on exactly these vertices, labelled: 2^(n(n-1)/2) of them."""
    pairs = np.array(list(combinations(range(1, vertices + 1), 2)), dtype=np.int64).reshape(-1, 2)
    for chosen in range(2 ** len(pairs)):
        yield Graph(vertices, pairs[[bool(chosen >> place & 1) for place in range(len(pairs))]])
