"""Node degree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import VertexTask, by_vertex
from logdepth.tasks.parameters import Size
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.theory import Claims, constant_rounds, graphs


@dataclass(frozen=True)
class NodeDegree(VertexTask):
    """Every vertex row outputs the number of edges at its vertex."""

    name: ClassVar[str] = "node-degree"
    summary: ClassVar[str] = "for every vertex, the number of its neighbours"
    defined_by: ClassVar[str] = "[sum(v in edge for edge in edges) for v in vertices]"
    asks: ClassVar[Template] = TEMPLATES["node-degree"]
    small: ClassVar[Size] = {"n": 16}
    asked: ClassVar[str] = "degree"

    @property
    def outputs(self) -> dict[str, int]:
        return {"degree": self.n - 1}

    def solve(self, instance: Graph) -> np.ndarray:
        """(vertices,)"""
        return np.bincount(instance.edges.ravel(), minlength=instance.vertices + 1)[1:]

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Graph) -> np.ndarray:
        return np.asarray(outputs["degree"], dtype=np.int64)[: instance.vertices]

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """Vertex -> degree."""
        return by_vertex(instance, answer.tolist())

    @property
    def theory(self) -> Claims:
        two = "A vertex counts the edge rows that name it first with one head, and second with another."
        return (
            constant_rounds.one_layer(heads=2, note=two),
            graphs.retrieval_width(self.n),
            constant_rounds.at_least_one_layer(self.n),
            constant_rounds.mpc_in_constant_rounds("By sorting the ends of the edges."),
        )
