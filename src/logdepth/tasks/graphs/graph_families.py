"""Families of graphs, random and adversarial. Every family has graphs of every size from one vertex."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from logdepth.tasks.graphs.graph import Graph

Pairs = list[tuple[int, int]] | np.ndarray
"""Edges as pairs of vertices 1..n, no loops, no repeats."""


def random_graph(rng: np.random.Generator, n: int, density: float) -> Pairs:
    """By a coin G(n, p) with p = density times the threshold of connectivity, ln n / n, or a giant component, 1 / n."""
    threshold = np.log(max(n, 2)) / n if rng.random() < 0.5 else 1 / n
    return np.argwhere(np.triu(rng.random((n, n)) < density * threshold, k=1)) + 1


def _path(first: int, last: int) -> list[tuple[int, int]]:
    return list(pairwise(range(first, last + 1)))


def cycle(first: int, last: int) -> list[tuple[int, int]]:
    """The cycle first..last; below three vertices a path, for a simple graph has no shorter cycle."""
    return _path(first, last) + ([(last, first)] if last - first >= 2 else [])


def _clique(first: int, last: int) -> list[tuple[int, int]]:
    return [(u, v) for v in range(first, last + 1) for u in range(first, v)]


def paths(rng: np.random.Generator, n: int) -> Pairs:
    """One path, or a few: it is cut at up to three random places."""
    cuts = set(rng.integers(1, n + 1, rng.integers(0, 4)).tolist())
    return [edge for edge in _path(1, n) if edge[0] not in cuts]


def cycles(rng: np.random.Generator, n: int) -> Pairs:
    """Disjoint cycles of random lengths from three; what is left over is a path of one or two vertices."""
    edges: list[tuple[int, int]] = []
    first = 1
    while first <= n:
        last = min(n, first + int(rng.integers(2, max(3, n))))
        edges += cycle(first, last)
        first = last + 1
    return edges


def one_or_two_cycles(rng: np.random.Generator, n: int) -> Pairs:
    """One cycle of all vertices, or two halves of at least three vertices, by a coin; below six vertices, one."""
    middle = n // 2 if n >= 6 and rng.random() < 0.5 else n
    return cycle(1, middle) + cycle(middle + 1, n)


def trees(rng: np.random.Generator, n: int) -> Pairs:
    """A random recursive tree, a binary tree, or a caterpillar (a path with a leaf at every vertex), by lot."""
    shape = rng.integers(3)
    if shape == 0:
        return [(int(rng.integers(1, v)), v) for v in range(2, n + 1)]
    if shape == 1:
        return [(v // 2, v) for v in range(2, n + 1)]
    return [(v - 2 if v % 2 else v - 1, v) for v in range(2, n + 1)]


def stars(rng: np.random.Generator, n: int) -> Pairs:
    """One star, or up to four: every vertex that is no centre hangs on a random one."""
    centres = int(rng.integers(1, min(n, 4) + 1))
    return [(int(rng.integers(1, centres + 1)), leaf) for leaf in range(centres + 1, n + 1)]


def grids(rng: np.random.Generator, n: int) -> Pairs:
    """A grid of random width up to the root of n; the last row may be short."""
    width = int(rng.integers(1, int(n**0.5) + 1))
    return [(v, v + 1) for v in range(1, n) if v % width] + [(v, v + width) for v in range(1, n - width + 1)]


def cliques_bridge(rng: np.random.Generator, n: int, most: int) -> Pairs:
    """Two cliques as large as `most` edges allow; a path through the other vertices is their bridge, cut by a coin."""
    size = n // 2
    while size > 1 and size * (size - 1) + n - 2 * size + 1 > most:
        size -= 1
    bridge = _path(max(size, 1), n - max(size, 1) + 1)
    if bridge and rng.random() < 0.5:
        bridge.pop(int(rng.integers(len(bridge))))
    return _clique(1, size) + bridge + _clique(n - size + 1, n)


def ruler_path(n: int) -> Pairs:
    """A path whose edge (i, i + 1) comes the later the fewer times 2 divides i, as the marks of a ruler are short.

    Where of several edges the last one wins, neighbours join two by two, and what they make is a path of this kind.
    """
    return [(i, i + 1) for i in sorted(range(1, n), key=lambda i: -(i & -i))]


def binomial_tree(n: int) -> Pairs:
    """Vertex v of 0..n-1 hangs on v without its highest bit, in order; the names are in the order of reversed bits.

    Where of several edges the last one wins, the two halves of the names join vertex by vertex.
    """
    bits = max(1, (n - 1).bit_length())
    order = sorted(range(n), key=lambda v: f"{v:0{bits}b}"[::-1])
    name = {v: place for place, v in enumerate(order, start=1)}
    return [(name[v], name[v - (1 << v.bit_length() - 1)]) for v in range(1, n)]


IN_ORDER = ("ruler-path", "binomial-tree")
"""Families in which the order of the edges matters: it is kept, and names are shuffled. Star hooking takes all its
rounds on them."""

FAMILIES: dict[str, Callable[[np.random.Generator, int, int], Pairs]] = {
    "random-at": lambda rng, n, most: random_graph(rng, n, 1.0),
    "random-below": lambda rng, n, most: random_graph(rng, n, 0.5),
    "random-above": lambda rng, n, most: random_graph(rng, n, 2.0),
    "paths": lambda rng, n, most: paths(rng, n),
    "cycles": lambda rng, n, most: cycles(rng, n),
    "one-vs-two-cycles": lambda rng, n, most: one_or_two_cycles(rng, n),
    "trees": lambda rng, n, most: trees(rng, n),
    "stars": lambda rng, n, most: stars(rng, n),
    "grids": lambda rng, n, most: grids(rng, n),
    "cliques-bridge": cliques_bridge,
    "ruler-path": lambda rng, n, most: ruler_path(n),
    "binomial-tree": lambda rng, n, most: binomial_tree(n),
}


def draw_graph(rng: np.random.Generator, family: str, n: int, most: int) -> Graph:
    """A graph of a family on n vertices, names and order shuffled, with at most `most` edges (others are left out).

    Of a family that is IN_ORDER the last edges stay.
    """
    graph = Graph(n, np.asarray(FAMILIES[family](rng, n, most)))
    if family in IN_ORDER:
        names = np.concatenate([[0], rng.permutation(n) + 1])
        return Graph(n, names[graph.edges[max(0, len(graph.edges) - most) :]])
    graph = graph.shuffle(rng)
    return graph if len(graph.edges) <= most else Graph(n, graph.edges[:most])
