"""Graph: a simple graph with the user's ids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.tasks.prompts import Prompt


class Numbers(Sequence[str]):
    """Different whole numbers as labels, each written out only where it is read: a large graph has millions."""

    def __init__(self, numbers: "range | np.ndarray") -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, place: Any) -> Any:
        found = self._numbers[place]
        return tuple(map(str, found)) if isinstance(place, slice) else str(found)

    def __iter__(self) -> Iterator[str]:
        return map(str, self._numbers if isinstance(self._numbers, range) else self._numbers.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)


@dataclass(frozen=True, eq=False)
class Graph:
    """A simple graph on the vertices 1..vertices, and for some tasks a question about two of them.

    edges (m, 2) int64, 1-based, each edge once; weights (m,) int64 or None; labels[v - 1] is the user's id of vertex v
    (left out: v itself); question: the two vertices asked about, (v, v) if it is one, or None; directed: every edge
    leads from its first vertex to its second, and an edge back is another one. notes: sentences on how it was read
    from a file. prompt: the text that it was read from, if that is one in English, so that its question is answered in
    words.
    """

    vertices: int
    edges: np.ndarray
    weights: np.ndarray | None = None
    labels: Sequence[str] = ()
    question: tuple[int, int] | None = None
    directed: bool = False
    notes: tuple[str, ...] = ()
    prompt: Prompt | None = None

    def __post_init__(self) -> None:
        edges = np.asarray(self.edges, dtype=np.int64).reshape(-1, 2)
        object.__setattr__(self, "edges", edges)
        if not isinstance(self.labels, Numbers):
            object.__setattr__(self, "labels", tuple(self.labels) or Numbers(range(1, self.vertices + 1)))
        if self.vertices < 1:
            raise ValueError(f"a graph has at least one vertex; got {self.vertices}")
        if len(edges) > FEW or not are_simple(edges.tolist(), self.vertices, directed=self.directed):
            self._check_edges()
        distinct = len(self.labels if isinstance(self.labels, Numbers) else set(self.labels))
        if not len(self.labels) == distinct == self.vertices:
            raise ValueError(f"{self.vertices} vertices have as many distinct labels; got {distinct}")
        if self.weights is not None:
            object.__setattr__(self, "weights", np.asarray(self.weights, dtype=np.int64))
            if len(self.weights) != len(edges):
                raise ValueError(f"{len(edges)} edges have as many weights; got {len(self.weights)}")

    def _check_edges(self) -> None:
        edges, vertices = self.edges, self.vertices
        if edges.min() < 1 or edges.max() > vertices:
            raise ValueError(f"edges join the vertices 1..{vertices}; got ids from {edges.min()} to {edges.max()}")
        if (edges[:, 0] == edges[:, 1]).any():
            place = int(np.argmax(edges[:, 0] == edges[:, 1])) + 1
            raise ValueError(f"a simple graph has no self-loop; edge {place} is one")
        if len(np.unique(pair_codes(edges, vertices, directed=self.directed))) < len(edges):
            raise ValueError("a simple graph has each edge once; some edge is repeated")

    def __repr__(self) -> str:
        kind = f"{'directed, ' * self.directed}{'weighted, ' * (self.weights is not None)}"
        return f"Graph({kind}{count_of(self.vertices, 'vertex')}, {count_of(len(self.edges), 'edge')})"

    def shuffle(self, rng: np.random.Generator) -> "Graph":
        """The same graph, its vertices renamed and its edges ordered at random; undirected ones are turned at random.

        Labels are given anew; a question has to be asked after the shuffle.
        """
        assert self.question is None, "ask after the shuffle"
        names = np.concatenate([[0], rng.permutation(self.vertices) + 1])
        order = rng.permutation(len(self.edges))
        edges = names[self.edges[order]]
        if not self.directed:
            turned = rng.random(len(edges)) < 0.5
            edges[turned] = edges[turned, ::-1]
        weights = None if self.weights is None else self.weights[order]
        return Graph(self.vertices, edges, weights, directed=self.directed)

    def asking(self, u: int, v: int | None = None) -> "Graph":
        """The same graph with a question about u and v, or about u alone."""
        return replace(self, question=(u, u if v is None else v))


def pair_codes(edges: np.ndarray, vertices: int, *, directed: bool) -> np.ndarray:
    """A number for each pair of vertices, the same for both directions unless `directed`. Shapes: (m, 2) to (m,)."""
    first, second = edges.T if directed else (edges.min(axis=1), edges.max(axis=1))
    return np.asarray(first * (vertices + 1) + second)


FEW = 50  # edges, of which plain Python finds out sooner than arrays do whether they are those of a simple graph


def are_simple(edges: list[list[int]], vertices: int, *, directed: bool) -> bool:
    """Whether they join as many different pairs of vertices 1..vertices as they are."""
    pairs = {
        (u, v) if directed or u < v else (v, u)
        for u, v in edges
        if u != v and 1 <= u <= vertices and 1 <= v <= vertices
    }
    return len(pairs) == len(edges)


def all_graphs(vertices: int, *, directed: bool = False, most: int | None = None) -> Iterator[Graph]:
    """Every graph on exactly these vertices, labelled, with at most `most` edges, those of fewest first: without that
    2^(n(n-1)/2) of them, or 2^(n(n-1)) directed ones."""
    choose = permutations if directed else combinations
    pairs = np.array(list(choose(range(1, vertices + 1), 2)), dtype=np.int64).reshape(-1, 2)
    for count in range(min(len(pairs), len(pairs) if most is None else most) + 1):
        for chosen in combinations(range(len(pairs)), count):
            yield Graph(vertices, pairs[list(chosen)], directed=directed)
