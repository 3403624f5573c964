"""Shortest path."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_families import draw_graph
from logdepth.tasks.graphs.pairs import DistanceTask
from logdepth.tasks.graphs.question_task import QuestionTask
from logdepth.tasks.graphs.reachability import steps_from
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.tasks.way import way_parameter
from logdepth.theory import Claims, graphs
from logdepth.theory.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth

WAYS = {
    "squaring": "⌈log2(n - 1)⌉ + 1 layers, on about n³/2 blank rows",
    "pairs": "⌈log2(n - 1)⌉ + 2 layers of 2 (n - 2) heads, on about n²/2 blank rows",
    "breadth-first": "2n - 1 layers, two a step, without blank rows but those of vertices",
}
"""How distances are found: `solutions` has a program for each."""


@dataclass(frozen=True)
class ShortestPath(QuestionTask, DistanceTask):
    """The last row asks how many edges the shortest path between its u and its v has, and outputs it; 0: no path."""

    name: ClassVar[str] = "shortest-path"
    summary: ClassVar[str] = (
        "the number of edges of the shortest path between two vertices; asked by `ask`, or by a first line '? u v'"
    )
    defined_by: ClassVar[str] = (
        "max(0, distances(vertices, edges + [[v, u] for u, v in edges], question[0])[question[1] - 1])"
    )
    asks: ClassVar[Template] = TEMPLATES["shortest-path"]
    small: ClassVar[Size] = {"n": 7}
    corner_sizes: ClassVar[tuple[Size, ...]] = tuple(
        {"n": n, "way": way} for way in ("pairs", "breadth-first") for n in (2, 3, 7)
    )
    shipped: ClassVar[tuple[str, ...]] = ("florentine_question.edges",)
    loops_count: ClassVar[bool] = False
    repeats_count: ClassVar[bool] = False
    ways: ClassVar[Mapping[str, str]] = WAYS

    n: int = parameter(16, low=2, high=64, help="most vertices the model takes")
    way: str = way_parameter(WAYS)

    @property
    def outputs(self) -> dict[str, int]:
        return {"distance": self.n - 1}

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        """By a coin the question is about a vertex as far as any from u, or about any two vertices."""
        graph = draw_graph(rng, family, size, self.edges)
        u, v = (int(vertex) for vertex in rng.choice(size, 2, replace=False) + 1)
        reached = steps_from(both_ways(graph), u)
        return graph.asking(u, list(reached)[-1] if len(reached) > 1 and rng.random() < 0.5 else v)

    def solve(self, instance: Graph) -> np.ndarray:
        """(1,), by breadth-first search."""
        assert instance.question is not None, "encode refuses a graph without a question"
        u, v = instance.question
        return np.array([steps_from(both_ways(instance), u).get(v, 0)])

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """The number of edges, or None if there is no path."""
        return int(answer[-1]) or None

    @property
    def theory(self) -> Claims:
        n = self.n
        harder = (
            "Ask for the distance of a vertex of a cycle from any other: there is none for one half, of two cycles."
        )
        return (
            graphs.squares_in_log_depth(n),
            graphs.search_in_log_depth(n),
            transformers_need_log_depth(n, note=harder),
            graphs.one_layer_needs_linear_size(n),
            graphs.mpc_squares(n),
            mpc_needs_log_rounds(n, note=harder),
        )


def both_ways(graph: Graph) -> Graph:
    """Every edge as two arcs."""
    return Graph(graph.vertices, np.concatenate([graph.edges, graph.edges[:, ::-1]]), directed=True)
