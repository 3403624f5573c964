"""Triangle count."""

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import GraphTask, on_every_row
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.tasks.way import check_way, way_parameter
from logdepth.theory import Claims, constant_rounds, graphs

WAYS = {
    "blank": "three heads, with a blank row for every three vertices",
    "wide": "no blank rows but those of vertices, with two heads and two columns for every vertex but two",
}
"""How triangles are counted: `solutions` has a program for each."""


@dataclass(frozen=True)
class TriangleCount(GraphTask):
    """Every row outputs how many three vertices of the graph are joined by three edges."""

    name: ClassVar[str] = "triangle-count"
    summary: ClassVar[str] = "the number of triangles of the graph"
    defined_by: ClassVar[str] = "triangles(vertices, edges)"
    asks: ClassVar[Template] = TEMPLATES["triangle-count"]
    small: ClassVar[Size] = {"n": 7}
    corner_sizes: ClassVar[tuple[Size, ...]] = (
        {"n": 7, "edges": 8},
        *({"n": n, "way": "wide"} for n in (1, 2, 3, 7)),
    )
    loops_count: ClassVar[bool] = False
    repeats_count: ClassVar[bool] = False

    n: int = parameter(20, low=1, high=64, help="most vertices the model takes")
    way: str = way_parameter(WAYS)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_way(self.name, self.way, WAYS)

    def blank_rows(self, vertices: int) -> int:
        """Of the way blank one for every triple of vertices; below three vertices one."""
        return max(1, comb(vertices, 3)) if self.way == "blank" else vertices

    def places(self, instance: Graph) -> list[tuple[int, ...]]:
        if self.way == "wide":
            return super().places(instance)
        small = tuple(range(1, instance.vertices + 1))
        return [small] if instance.vertices < 3 else [tuple(three) for three in triples(instance.vertices).tolist()]

    @property
    def outputs(self) -> dict[str, int]:
        return {"triangles": comb(self.n, 3)}

    def solve(self, instance: Graph) -> np.ndarray:
        """(rows,), by the trace of A³, which walks round every triangle six times."""
        u, v = instance.edges.T - 1
        adjacency = np.zeros((instance.vertices, instance.vertices), dtype=np.int64)
        adjacency[u, v] = adjacency[v, u] = 1
        return on_every_row(self, instance, int(np.trace(adjacency @ adjacency @ adjacency)) // 6)

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """The count."""
        return int(answer[-1])

    @property
    def theory(self) -> Claims:
        return (
            graphs.triangles_in_log_log_depth(self.n),
            constant_rounds.at_least_one_layer(self.n),
        )


def triples(vertices: int) -> np.ndarray:
    """All a < b < c, (rows, 3): those of the first vertices first, so that a row means the same in every graph."""
    return np.array([(a, b, c) for c in range(3, vertices + 1) for a, b in combinations(range(1, c), 2)]).reshape(-1, 3)
