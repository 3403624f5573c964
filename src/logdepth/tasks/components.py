"""Connected components."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.graph import Graph
from logdepth.tasks.graph_task import GraphTask, by_vertex, smallest_of_each, vertex_labels


@dataclass(frozen=True)
class Components(GraphTask):
    """Every vertex row outputs a representative: the row number of one vertex of its component, the same for all of them."""

    name: ClassVar[str] = "components"
    summary: ClassVar[str] = "for every vertex, the connected component that it belongs to"
    shipped: ClassVar[tuple[str, ...]] = ("karate.gml", "florentine_families.gml")

    @property
    def outputs(self) -> dict[str, int]:
        return {"representative": self.n}

    def solve(self, instance: Graph) -> np.ndarray:
        """The smallest vertex of every vertex's component, (vertices,)."""
        return vertex_labels(instance)

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Graph) -> np.ndarray:
        """The partition as `solve` writes it; 0 for a vertex whose representative lies outside its own class."""
        chosen = np.asarray(outputs["representative"], dtype=np.int64)[: instance.vertices]
        inside = np.concatenate([[0], chosen])[np.where(chosen <= instance.vertices, chosen, 0)] == chosen
        return np.where(inside & (chosen > 0), smallest_of_each(chosen), 0)

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """Vertex -> the first vertex of its component."""
        return by_vertex(instance, [instance.labels[label - 1] for label in answer])
