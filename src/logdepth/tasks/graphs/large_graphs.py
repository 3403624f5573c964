"""Graphs of millions of edges, as arrays: what large runs are measured on."""

from collections.abc import Callable

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks.graphs.graph import Graph, pair_codes

GRAPH500 = (0.57, 0.19, 0.19, 0.05)
"""The quadrants' shares in the Graph500 benchmark."""


def cycle_graph(rng: np.random.Generator, vertices: int) -> Graph:
    """One cycle of at least three vertices, names and order shuffled."""
    _at_least(vertices, 3, "vertices of a cycle")
    ends = np.arange(1, vertices + 1)
    return Graph(vertices, np.stack([ends, np.roll(ends, -1)], axis=1)).shuffle(rng)


def star_graph(rng: np.random.Generator, leaves: int) -> Graph:
    """A centre and its leaves, names and order shuffled."""
    _at_least(leaves, 0, "leaves of a star")
    ends = np.arange(2, leaves + 2)
    return Graph(leaves + 1, np.stack([np.ones_like(ends), ends], axis=1)).shuffle(rng)


def random_graph_of(rng: np.random.Generator, vertices: int, edges: int) -> Graph:
    """G(n, m): every set of that many edges is as likely as any other."""
    _at_least(vertices, 1, "vertices of a graph")
    _at_most(edges, vertices * (vertices - 1) // 2, vertices)
    return _distinct(vertices, edges, lambda count: rng.integers(1, vertices + 1, (count, 2)))


def rmat_graph(
    rng: np.random.Generator, scale: int, edges: int, quadrants: tuple[float, float, float, float] = GRAPH500
) -> Graph:
    """R-MAT on 2^scale vertices: every bit of the two ends falls into one of four quadrants by their shares.

    The names are shuffled; with unequal shares degrees are heavily skewed, and many vertices have none. Self-loops and
    repetitions are drawn again. Source: Chakrabarti, Zhan, Faloutsos 2004 (SIAM Data Mining).
    """
    vertices = 2**scale
    _at_most(edges, vertices * (vertices - 1) // 8, vertices)
    if min(quadrants) <= 0 or abs(sum(quadrants) - 1) > 1e-9:
        raise UsageError(f"the shares of the four quadrants are above 0 and add up to 1; got {quadrants}. Change them.")
    bounds = np.cumsum(quadrants)[:3]

    def draw(count: int) -> np.ndarray:
        ends = np.zeros((count, 2), dtype=np.int64)
        for _ in range(scale):
            quadrant = np.searchsorted(bounds, rng.random(count), side="right")
            ends = ends * 2 + np.stack([quadrant >> 1, quadrant & 1], axis=1)
        return ends + 1

    return _distinct(vertices, edges, draw).shuffle(rng)


def _distinct(vertices: int, edges: int, draw: Callable[[int], np.ndarray]) -> Graph:
    """The first `edges` different edges that `draw` gives."""
    kept = np.zeros((0, 2), dtype=np.int64)
    while len(kept) < edges:
        drawn = draw(2 * (edges - len(kept)) + 16)
        kept = np.concatenate([kept, drawn[drawn[:, 0] != drawn[:, 1]]])
        _, first = np.unique(pair_codes(kept, vertices, directed=False), return_index=True)
        kept = kept[np.sort(first)]
    return Graph(vertices, kept[:edges])


def _at_least(count: int, least: int, what: str) -> None:
    if count < least:
        raise UsageError(f"the {what} are at least {least}; got {count}. Ask for more.")


def _at_most(edges: int, most: int, vertices: int) -> None:
    if not 0 <= edges <= most:
        raise UsageError(f"on {vertices} vertices 0 to {most} edges can be drawn; got {edges}. Change one of the two.")
