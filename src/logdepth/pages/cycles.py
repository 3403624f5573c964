"""A graph of cycles and paths as a record to draw: each of its components on a circle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from logdepth.tasks import Graph

WIDTH, MARGIN = 540.0, 40.0
ASKED_OUT, OUT = 29.0, 19.0  # how far outside of the circle the name of a vertex stands
Edges = set[frozenset[int]]


@dataclass(frozen=True)
class GraphRecord:
    """Vertices, from 1, with their names and places, x, y, and x, y of the name, in a frame of width WIDTH; edges; and
    the vertex that is asked."""

    labels: list[str]
    places: list[tuple[float, float, float, float]]
    height: float
    edges: list[list[int]]
    asked: int


@dataclass(frozen=True)
class Circle:
    """A component in order, the asked vertex first if it is there, with its centre and radius."""

    vertices: Sequence[int]
    x: float
    y: float
    radius: float

    def place(self, number: int, out: float = 0.0) -> tuple[float, float]:
        """Of its vertex `number` (from 0), the first on the right; `out`: so far outside of the circle."""
        angle = 2 * pi * number / len(self.vertices)
        radius = self.radius + out
        return round(self.x + radius * cos(angle), 1), round(self.y + radius * sin(angle), 1)


def is_drawn(graph: Graph) -> bool:
    """Whether it consists of cycles and paths."""
    return bool(np.bincount(graph.edges.ravel(), minlength=graph.vertices + 1).max(initial=0) <= 2)


def graph_record(graph: Graph, asked: int) -> GraphRecord:
    circles = laid_out(components(graph, edges_of(graph), asked))
    places = {
        vertex: (*circle.place(number), *circle.place(number, ASKED_OUT if vertex == asked else OUT))
        for circle in circles
        for number, vertex in enumerate(circle.vertices)
    }
    return GraphRecord(
        labels=list(graph.labels),
        places=[places[vertex] for vertex in sorted(places)],
        height=2 * max(circle.radius for circle in circles) + 2 * MARGIN,
        edges=graph.edges.tolist(),
        asked=asked,
    )


def edges_of(graph: Graph) -> Edges:
    return {frozenset(edge) for edge in graph.edges.tolist()}


def reached(edges: Edges, start: int) -> set[int]:
    """The vertices that these edges lead to."""
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        beyond = {v for edge in edges if here in edge for v in edge} - found
        found |= beyond
        waiting += beyond
    return found


def components(graph: Graph, edges: Edges, asked: int) -> list[list[int]]:
    """Of every component its vertices in order along it, the asked one first; its own component is the last."""
    left, found = set(range(1, graph.vertices + 1)), []
    while left:
        part = reached(edges, min(left))
        left -= part
        found.append(turned(along(part, edges), asked))
    return sorted(found, key=lambda part: asked in part)


def along(part: set[int], edges: Edges) -> list[int]:
    """The vertices of a path or a cycle in order."""
    neighbours = {v: sorted({w for edge in edges if v in edge for w in edge} - {v}) for v in part}
    order = [min(part, key=lambda v: (len(neighbours[v]), v))]
    while beyond := [v for v in neighbours[order[-1]] if v not in order]:
        order.append(beyond[0])
    return order


def turned(order: list[int], first: int) -> list[int]:
    place = order.index(first) if first in order else 0
    return order[place:] + order[:place]


def laid_out(parts: Sequence[Sequence[int]]) -> list[Circle]:
    """Circles side by side whose lengths are as their numbers of vertices, over the whole width."""
    sizes = [max(len(part), 2) for part in parts]
    radius = (WIDTH - 2 * MARGIN * len(parts)) / 2 / sum(sizes)
    y = radius * max(sizes) + MARGIN
    circles, x = [], 0.0
    for part, size in zip(parts, sizes, strict=True):
        circles.append(Circle(part, x + MARGIN + radius * size, y, radius * size))
        x += 2 * (MARGIN + radius * size)
    return circles
