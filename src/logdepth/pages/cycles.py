"""A graph of cycles and paths as a picture: each of its components on a circle, what another graph shares in colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from logdepth.pages.assemble import as_html
from logdepth.tasks import Graph

WIDTH, MARGIN = 540.0, 40.0
MOST_LABELS = 64  # vertices; more of them show no ids, but that of the one that is asked
Edges = set[frozenset[int]]


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
        return self.x + radius * cos(angle), self.y + radius * sin(angle)


def edges_of(graph: Graph) -> Edges:
    return {frozenset(edge) for edge in graph.edges.tolist()}


def is_drawn(graph: Graph) -> bool:
    """Whether it consists of cycles and paths."""
    return bool(np.bincount(graph.edges.ravel(), minlength=graph.vertices + 1).max(initial=0) <= 2)


def draw_graph(graph: Graph, other: Graph, asked: int, title: str) -> str:
    """An <svg>: the part around the asked vertex that `other` shares in blue, edges that `other` has not, dashed."""
    edges, common = edges_of(graph), edges_of(graph) & edges_of(other)
    near = reached(common, asked)
    circles = laid_out(components(graph, edges, asked))
    at = {v: circle.place(place) for circle in circles for place, v in enumerate(circle.vertices)}
    height = 2 * max(circle.radius for circle in circles) + 2 * MARGIN
    lines = [line(at, edge, kind_of(edge, near, common)) for edge in sorted(edges, key=sorted)]
    dots = [dot(*at[v], "asked" if v == asked else "near" if v in near else "far") for v in sorted(at)]
    labels = [
        label(*circle.place(place, 29.0 if v == asked else 19.0), graph.labels[v - 1], v == asked)
        for circle in circles
        for place, v in enumerate(circle.vertices)
        if v == asked or graph.vertices <= MOST_LABELS
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" aria-label="{title}">'
        f"{''.join(lines)}{''.join(dots)}{''.join(labels)}</svg>"
    )


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


def kind_of(edge: frozenset[int], near: set[int], common: Edges) -> str:
    if edge not in common:
        return "own"
    return "shared" if edge <= near else "far"


def line(at: Mapping[int, tuple[float, float]], edge: frozenset[int], kind: str) -> str:
    one, other = (at[vertex] for vertex in sorted(edge))
    ends = f'x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{other[0]:.1f}" y2="{other[1]:.1f}"'
    return f'<line class="edge {kind}" {ends}/>'


def dot(x: float, y: float, kind: str) -> str:
    size = {"asked": 9.0, "near": 6.5, "far": 5.5}[kind]
    halo = f'<circle class="halo" cx="{x:.1f}" cy="{y:.1f}" r="13.5"/>' if kind == "asked" else ""
    return f'<circle class="dot-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{size}"/>{halo}'


def label(x: float, y: float, text: str, asked: bool) -> str:
    mark = ' class="asked"' if asked else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{mark}>{as_html(text)}</text>'
