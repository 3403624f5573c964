"""Families of graphs, random and adversarial. Every family has graphs of every size; names are shuffled by `draw_graph`."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from logdepth.tasks.graph import Graph

Pairs = np.ndarray
"""(m, 2) int64, 1-based, no loops, no repeats."""


def _pairs(edges: object) -> Pairs:
    return np.array(edges, dtype=np.int64).reshape(-1, 2)


def _random(rng: np.random.Generator, n: int, density: float) -> Pairs:
    """G(n, p) with p = density times the threshold of connectivity (ln n / n) or of the giant component (1 / n), by a coin."""
    threshold = np.log(max(n, 2)) / n if rng.random() < 0.5 else 1 / n
    chosen = np.triu(rng.random((n, n)) < density * threshold, k=1)
    return np.argwhere(chosen) + 1


def _path(first: int, last: int) -> list[tuple[int, int]]:
    return list(pairwise(range(first, last + 1)))


def _cycle(first: int, last: int) -> list[tuple[int, int]]:
    """The cycle first..last; below three vertices a path, for a simple graph has no shorter cycle."""
    return _path(first, last) + ([(last, first)] if last - first >= 2 else [])


def _clique(first: int, last: int) -> list[tuple[int, int]]:
    return [(u, v) for v in range(first, last + 1) for u in range(first, v)]


def paths(rng: np.random.Generator, n: int, most: int) -> Pairs:
    """Disjoint paths: one, or a few cut at random places."""
    cuts = set(rng.integers(1, n + 1, rng.integers(0, 4)).tolist())
    return _pairs([edge for edge in _path(1, n) if edge[0] not in cuts])


def cycles(rng: np.random.Generator, n: int, most: int) -> Pairs:
    """Disjoint cycles of random lengths of at least three; what is left over is a path of one or two vertices."""
    edges: list[tuple[int, int]] = []
    first = 1
    while first <= n:
        last = min(n, first + int(rng.integers(2, max(3, n))))
        edges += _cycle(first, last)
        first = last + 1
    return _pairs(edges)


def one_or_two_cycles(rng: np.random.Generator, n: int, most: int) -> Pairs:
    """One cycle of all vertices, or two halves of at least three vertices, by a coin; below six vertices, one."""
    middle = n // 2 if n >= 6 and rng.random() < 0.5 else n
    return _pairs(_cycle(1, middle) + _cycle(middle + 1, n))


def trees(rng: np.random.Generator, n: int, most: int) -> Pairs:
    """A random recursive tree, or one of its extremes: a binary tree, a caterpillar."""
    vertices = np.arange(2, n + 1)
    shape = rng.integers(3)
    parents = [
        rng.integers(1, vertices) if n > 1 else vertices,
        vertices // 2,
        np.where(vertices % 2, vertices - 2, vertices - 1),
    ][shape]
    return np.stack([parents, vertices], axis=1)


def stars(rng: np.random.Generator, n: int, most: int) -> Pairs:
    """One star, or a few: the centres come first, and every other vertex hangs on one of them."""
    centres = int(rng.integers(1, min(n, 4) + 1))
    leaves = np.arange(centres + 1, n + 1)
    return np.stack([rng.integers(1, centres + 1, len(leaves)), leaves], axis=1)


def grids(rng: np.random.Generator, n: int, most: int) -> Pairs:
    """A grid of random width; the last row may be short."""
    width = int(rng.integers(1, max(2, int(n**0.5) + 1)))
    right = [(v, v + 1) for v in range(1, n) if v % width]
    return _pairs(right + [(v, v + width) for v in range(1, n - width + 1)])


def cliques_bridge(rng: np.random.Generator, n: int, most: int) -> Pairs:
    """Two cliques as large as the edges allow, and a path through the other vertices as their bridge; by a coin the bridge is cut."""
    half = max(1, n // 2)
    while half > 1 and half * (half - 1) + n - 2 * half + 1 > most:
        half -= 1
    bridge = _path(half, n - half + 1) if n > 1 else []
    if len(bridge) and rng.random() < 0.5:
        bridge.pop(int(rng.integers(len(bridge))))
    return _pairs(_clique(1, half) + bridge + (_clique(n - half + 1, n) if n > 1 else []))


FAMILIES: dict[str, Callable[[np.random.Generator, int, int], Pairs]] = {
    "random-at": lambda rng, n, most: _random(rng, n, 1.0),
    "random-below": lambda rng, n, most: _random(rng, n, 0.5),
    "random-above": lambda rng, n, most: _random(rng, n, 2.0),
    "paths": paths,
    "cycles": cycles,
    "one-vs-two-cycles": one_or_two_cycles,
    "trees": trees,
    "stars": stars,
    "grids": grids,
    "cliques-bridge": cliques_bridge,
}


def draw_graph(rng: np.random.Generator, family: str, n: int, most: int) -> Graph:
    """A graph of a family on n vertices with at most `most` edges (more are dropped at random), names and order shuffled."""
    graph = Graph(n, FAMILIES[family](rng, n, most)).shuffled(rng)
    return graph if len(graph.edges) <= most else Graph(n, graph.edges[:most])
