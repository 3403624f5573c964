"""Distances, and pairs: the blank rows of a task that squares a graph with a row for every two vertices.

Blank row r means the same in every table: first among the rows of a vertex v is (v, v), its own; then come (1, v), …,
(v - 1, v).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import GraphTask
from logdepth.tasks.graphs.ways import WaysTask
from logdepth.tasks.way import check_way, way_parameter

WAYS = {
    "squaring": "two heads, on about n³/2 blank rows",
    "pairs": "2 (n - 2) heads, on about n²/2 blank rows",
}
"""How all distances are found: `solutions` has a program for each."""


@dataclass(frozen=True)
class DistanceTask(WaysTask):
    """A task on distances, with a way: `squaring` has a blank row for every way from vertex to vertex, `pairs` one for
    every pair, and any other one for every vertex."""

    ways: ClassVar[Mapping[str, str]] = WAYS

    way: str = way_parameter(WAYS)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_way(self.name, self.way, self.ways)

    def blank_rows(self, vertices: int) -> int:
        match self.way:
            case "squaring":
                return super().blank_rows(vertices)
            case "pairs":
                return pairs_count(vertices)
        return GraphTask.blank_rows(self, vertices)

    def places(self, instance: Graph) -> list[tuple[int, ...]]:
        """A vertex for its own row; and the vertices of a way, or a pair."""
        match self.way:
            case "squaring":
                return super().places(instance)
            case "pairs":
                return [tuple(dict.fromkeys(pair)) for pair in pairs(instance.vertices).tolist()]
        return GraphTask.places(self, instance)


def pairs_count(vertices: int) -> int:
    return vertices * (vertices + 1) // 2


def pairs(vertices: int) -> np.ndarray:
    """The pairs (i, j) of the blank rows of a graph of this many vertices, (rows, 2), i ≤ j."""
    rows = [(other, last) for last in range(1, vertices + 1) for other in (last, *range(1, last))]
    return np.array(rows, dtype=np.int64).reshape(-1, 2)
