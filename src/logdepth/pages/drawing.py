"""The graph of a graph task: where its vertices stand, and what the pointers of the algorithm say after every step."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

import numpy as np

from logdepth.tasks import Graph, GraphDrawing
from logdepth.traces import TransformerTrace

MOST_VERTICES = 200
MOST_EDGES = 1500
SEEDS = 5
FLATTEST, TALLEST = 0.4, 0.8
FOLLOWING = ("read parent's parent", "read grandparent")
"""Heads that look where the parent pointers lead within a round, when no single residual column holds them."""


def graph_data(drawn: GraphDrawing, look: TransformerTrace) -> dict[str, Any]:
    """A graph as plain data. Too large a graph is not drawn (`x` is empty)."""
    graph, vertex_rows = drawn.graph, len(drawn.places)
    fits = graph.vertices <= MOST_VERTICES and len(graph.edges) <= MOST_EDGES
    x, y = layout(graph) if fits else ([], [])
    return {
        "vertices": list(graph.labels),
        "x": x,
        "y": y,
        "directed": drawn.arcs,
        "first_edge": drawn.first_edge,  # token of the first edge row
        "places": drawn.places,  # vertices of the tokens before it
        "edges": drawn.ends.tolist(),
        "weights": None if graph.weights is None else graph.weights.tolist(),
        "question": bool(graph.question),
        "pointers": pointers(look, vertex_rows) if vertex_rows else None,
        "chosen": state(look, "chosen", slice(vertex_rows + 1, None)),
        "least": None if vertex_rows else state(look, "least tail", slice(1, None)),
    }


def layout(graph: Graph) -> tuple[list[float], list[float]]:
    """Vertices in a frame of width 1 and height at most TALLEST, by networkx's spring layout.

    Of some fixed seeds the one is taken that keeps vertices furthest apart.
    """
    xy = place_vertices(graph.vertices, tuple(map(tuple, graph.edges.tolist())))
    return xy[:, 0].round(4).tolist(), xy[:, 1].round(4).tolist()


@lru_cache(maxsize=64)
def place_vertices(vertices: int, edges: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """Where the vertices 1..vertices stand, (n, 2). Pages of one graph find them once."""
    import networkx as nx

    drawn = nx.Graph()
    drawn.add_nodes_from(range(1, vertices + 1))
    drawn.add_edges_from(edges)
    candidates = []
    for seed in range(SEEDS):
        found = nx.spring_layout(drawn, seed=seed, iterations=200, k=2.5 / vertices**0.5)
        candidates.append(frame(np.array([found[vertex] for vertex in range(1, vertices + 1)])))
    return max(candidates, key=nearest)


def frame(xy: np.ndarray) -> np.ndarray:
    """Turned so that the longer axis lies across, from (0, 0), with width 1 and height FLATTEST to TALLEST. (n, 2)"""
    centred = xy - xy.mean(axis=0)
    turned = centred @ np.linalg.svd(centred.T @ centred)[2].T  # two axes even of a single vertex
    low, size = turned.min(axis=0), np.maximum(np.ptp(turned, axis=0), 1e-9)
    return (turned - low) / size * np.array([1, np.clip(size[1] / size[0], FLATTEST, TALLEST)])


def nearest(xy: np.ndarray) -> float:
    """The least distance of two vertices."""
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return float(apart[~np.eye(len(xy), dtype=bool)].min(initial=1))


Values = list[int]
History = list[Values | None]
"""One entry per step; None where nothing changed."""


def pointers(look: TransformerTrace, vertices: int) -> History | None:
    """The parent of every vertex after each step: the column `parent`, or within a round what a head took for it."""
    history = state(look, "parent", slice(1, vertices + 1))
    if history is None:
        return None
    for step, (block, keys) in enumerate(zip(look.transformer.steps, look.keys, strict=True)):
        if block.attention is not None and keys is not None and history[step] is None:
            for label, of_head in zip(block.attention.labels, keys, strict=True):
                if label in FOLLOWING:
                    history[step] = of_head[1 : vertices + 1].tolist()
    return history


def state(look: TransformerTrace, label: str, rows: slice) -> History | None:
    """The values of the column of this name after every step, on these rows; None if there is none.

    Of several columns of this name the one held longest is meant: a loop keeps its state in a column of its own.
    """
    held = Counter(column for names in look.names[1:] for column, name in enumerate(names) if name == label)
    if not held:
        return None
    (column, _), *_ = held.most_common()
    history: History = []
    before: Values | None = None
    for stream, names in zip(look.streams[1:], look.names[1:], strict=True):
        now = np.rint(stream[rows, column]).astype(np.int64).tolist() if names[column] == label else before
        history.append(None if now == before else now)
        before = now
    return history
