"""Minimum spanning forest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks.drawing import Tabular
from logdepth.tasks.forms import AnswerForm, GraphForm
from logdepth.tasks.graphs.components import find_root
from logdepth.tasks.graphs.graph import Graph, all_graphs
from logdepth.tasks.graphs.hooking import HookingTask
from logdepth.tasks.parameters import Size, parameter
from logdepth.theory import Claims, graphs
from logdepth.theory.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth


@dataclass(frozen=True)
class SpanningForest(HookingTask):
    """Every edge row outputs whether the minimum spanning forest takes it; of equal weights the earlier row wins."""

    name: ClassVar[str] = "spanning-forest"
    summary: ClassVar[str] = "the edges of the minimum spanning forest of a graph with weights"
    defined_by: ClassVar[str] = "forest(vertices, edges, weights)"
    small: ClassVar[Size] = {"n": 8, "weights": 20}
    corner_sizes: ClassVar[tuple[Size, ...]] = (
        {"n": 6, "weights": 0},
        {"n": 4, "weights": 3},
        *({"n": n, "weights": 3, "way": way} for way in ("middle", "shallow") for n in (1, 6)),
    )
    shipped: ClassVar[tuple[str, ...]] = ("les_miserables.gml", "karate.gml")
    limits: ClassVar[tuple[str, ...]] = ("n", "edges", "weights")
    loops_count: ClassVar[bool] = False
    repeats_count: ClassVar[bool] = False

    weights: int = parameter(255, low=0, high=2**31, help="highest weight of an edge")

    @property
    def inputs(self) -> dict[str, int]:
        return {"u": self.n, "v": self.n, "weight": self.weights}

    @property
    def outputs(self) -> dict[str, int]:
        return {"chosen": 1}

    @property
    def form(self) -> GraphForm:
        return replace(super().form, weight="weight", highest_weight=self.weights)

    @property
    def answer_form(self) -> AnswerForm:
        return replace(super().answer_form, rows="edges")

    def instance_of(self, given: Any) -> Graph:
        graph = super().instance_of(given)
        if graph.weights is None and len(graph.edges):
            raise UsageError(f"{self.name} needs a weight for every edge; this graph has none. Add its weights.")
        return replace(graph, weights=np.zeros(0, dtype=np.int64)) if graph.weights is None else graph

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        """Weights are uniform over all, over 0..3, or equal, by lot: equal weights are the hard case."""
        graph = super().draw(rng, family, size)
        highest = rng.choice([self.weights, min(3, self.weights), 0])
        return replace(graph, weights=rng.integers(0, highest + 1, len(graph.edges)))

    def exhaustive(self, size: int) -> Iterator[Graph]:
        """All graphs on exactly `size` vertices with all weights 0..weights: (weights + 2)^(n(n-1)/2)."""
        for graph in all_graphs(size, most=self.edges):
            for weights in product(range(self.weights + 1), repeat=len(graph.edges)):
                yield replace(graph, weights=np.array(weights, dtype=np.int64))

    def columns(self, instance: Graph) -> Mapping[str, np.ndarray]:
        if instance.weights is None:
            raise UsageError(f"{self.name} needs a weight for every edge; this graph has none. Add its weights.")
        blank = np.zeros(instance.vertices, dtype=np.int64)
        return {**super().columns(instance), "weight": np.concatenate([blank, instance.weights])}

    def solve(self, instance: Graph) -> np.ndarray:
        """(edges,) of 0 and 1, by Kruskal's algorithm."""
        assert instance.weights is not None, "encode refuses a graph without weights"
        chosen = np.zeros(len(instance.edges), dtype=np.int64)
        parent = list(range(instance.vertices + 1))
        ends = instance.edges.tolist()
        for row in np.argsort(instance.weights, kind="stable").tolist():
            u, v = (find_root(parent, end) for end in ends[row])
            if u != v:
                parent[u] = v
                chosen[row] = 1
        return chosen

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Graph) -> np.ndarray:
        return np.asarray(outputs["chosen"], dtype=np.int64)[instance.vertices :]

    def details(self, answer: np.ndarray, instance: Graph) -> dict[str, Any]:
        """weight: of the whole forest."""
        assert instance.weights is not None, "encode refuses a graph without weights"
        return {"weight": int(instance.weights[answer.astype(bool)].sum())}

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """The chosen edges as [u, v, weight]."""
        assert instance.weights is not None, "encode refuses a graph without weights"
        return [
            [instance.labels[u - 1], instance.labels[v - 1], weight]
            for (u, v), weight, taken in zip(instance.edges.tolist(), instance.weights.tolist(), answer, strict=True)
            if taken
        ]

    def tabulate(self, answer: np.ndarray, instance: Graph) -> Tabular:
        """The chosen edges."""
        return Tabular(("u", "v", "weight"), self.present(answer, instance))

    @property
    def theory(self) -> Claims:
        n, diameter = self.n, "the diameter of the minimum spanning forest"
        harder = "The size of a spanning forest tells whether the graph is connected, O(1) layers or rounds later."
        return (
            graphs.transformer_in_log_diameter(n, source=graphs.SPANNING_FOREST, diameter=diameter),
            transformers_need_log_depth(n, note=harder),
            graphs.message_passing(n),
            graphs.mpc_in_log_rounds(n, note="For weights that are polynomial in n."),
            mpc_needs_log_rounds(n, note=harder),
        )
