"""Reachability in a directed graph."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_families import FAMILIES
from logdepth.tasks.graphs.question_task import QuestionTask
from logdepth.tasks.graphs.ways import WaysTask
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.theory import Claims, graphs
from logdepth.theory.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth
from logdepth.theory.threshold_circuits import constant_depth_is_not_enough_for_nl


@dataclass(frozen=True)
class Reachability(QuestionTask, WaysTask):
    """The last row asks whether a directed path leads from its u to its v, and outputs the answer.

    Complete for NL. Every edge row is an arc from u to v; a road in both directions is two arcs.
    """

    name: ClassVar[str] = "reachability"
    summary: ClassVar[str] = (
        "whether a directed path leads from one vertex to another; asked by `ask`, or by a first line '? u v'"
    )
    defined_by: ClassVar[str] = "distances(vertices, edges, question[0])[question[1] - 1] >= 0"
    asks: ClassVar[Template] = TEMPLATES["reachability"]
    small: ClassVar[Size] = {"n": 7}
    shipped: ClassVar[tuple[str, ...]] = ("tudors.edges",)
    directed: ClassVar[bool] = True
    loops_count: ClassVar[bool] = False
    repeats_count: ClassVar[bool] = False

    n: int = parameter(16, low=2, high=64, help="most vertices the model takes; it works on about n³ rows")
    edges: int = parameter(0, low=0, high=2**22, help="most arcs the model takes; 0: all n (n - 1)")

    @property
    def outputs(self) -> dict[str, int]:
        return {"reachable": 1}

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        """The family's edges as arcs: as they come, which makes long directed paths; each turned by a coin; or, by lot,
        both ways. By a coin the question is about a vertex as far as any from u, or about any two vertices."""
        pairs = np.asarray(FAMILIES[family](rng, size, self.edges), dtype=np.int64).reshape(-1, 2)
        kind = rng.integers(3)
        if kind == 1:
            pairs = np.where(rng.random((len(pairs), 1)) < 0.5, pairs, pairs[:, ::-1])
        if kind == 2:
            pairs = np.concatenate([pairs, pairs[:, ::-1]])
        graph = Graph(size, pairs, directed=True).shuffle(rng)
        graph = Graph(size, graph.edges[: self.edges], directed=True)
        u, v = (int(vertex) for vertex in rng.choice(size, 2, replace=False) + 1)
        reached = steps_from(graph, u)
        if len(reached) > 1 and rng.random() < 0.5:
            v = list(reached)[-1]
        return graph.asking(u, v)

    def solve(self, instance: Graph) -> np.ndarray:
        """(1,), by breadth-first search."""
        assert instance.question is not None, "encode refuses a graph without a question"
        u, v = instance.question
        return np.array([int(v in steps_from(instance, u))])

    @property
    def theory(self) -> Claims:
        n = self.n
        harder = (
            "With every edge as two arcs, ask at once for every vertex v whether vertex 1 reaches v: all, or one half."
        )
        return (
            graphs.squares_in_log_depth(n),
            transformers_need_log_depth(n, note=harder),
            constant_depth_is_not_enough_for_nl(),
            graphs.reachability_in_bounded_memory(n, self.edges),
            graphs.mpc_squares(n),
            mpc_needs_log_rounds(n, note=harder),
        )


def steps_from(graph: Graph, start: int) -> dict[int, int]:
    """Every vertex that arcs lead to from `start`, nearest first, with its number of steps."""
    following: dict[int, list[int]] = {}
    for tail, head in graph.edges.tolist():
        following.setdefault(tail, []).append(head)
    steps, queue = {start: 0}, [start]
    for vertex in queue:  # grows as it goes
        for other in following.get(vertex, ()):
            if other not in steps:
                steps[other] = steps[vertex] + 1
                queue.append(other)
    return steps
