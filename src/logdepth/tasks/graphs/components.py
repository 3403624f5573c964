"""Connected components."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.forms import AnswerForm
from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import VertexTask, by_vertex
from logdepth.tasks.graphs.hooking import HookingTask
from logdepth.tasks.parameters import Size
from logdepth.theory import Claims, graphs
from logdepth.theory.local_messages import tell_cycles_apart
from logdepth.theory.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth
from logdepth.theory.threshold_circuits import constant_depth_is_not_enough


def smallest_of_each(groups: np.ndarray) -> np.ndarray:
    """For every place, the number from 1 of the first place of the same group. Shapes: (n,) to (n,)."""
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    return (first + 1)[inverse]


FEW = 400  # vertices and edges, up to which scipy's search takes longer, most of it to begin


def component_labels(graph: Graph) -> np.ndarray:
    """The smallest vertex of every vertex's component, (vertices,): of a small graph by joining trees, of a large one
    by scipy's graph search."""
    if graph.vertices + len(graph.edges) <= FEW:
        return join_trees(graph)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    u, v = graph.edges.T - 1
    adjacency = coo_array((np.ones(len(u)), (u, v)), shape=(graph.vertices, graph.vertices))
    return smallest_of_each(connected_components(adjacency, directed=False)[1])


def join_trees(graph: Graph) -> np.ndarray:
    """The same, by a tree of pointers for every component. Its root is its smallest vertex."""
    parent = list(range(graph.vertices + 1))
    for edge in graph.edges.tolist():
        low, high = sorted(find_root(parent, end) for end in edge)
        parent[high] = low
    return np.array([find_root(parent, vertex) for vertex in range(1, graph.vertices + 1)])


def find_root(parent: list[int], vertex: int) -> int:
    """Of the tree of a vertex; its parent is itself."""
    while parent[vertex] != vertex:
        parent[vertex] = parent[parent[vertex]]  # halving keeps the paths short
        vertex = parent[vertex]
    return vertex


def count_components(graph: Graph) -> int:
    """As many as there are vertices that are the smallest of theirs."""
    return int(np.count_nonzero(component_labels(graph) == np.arange(1, graph.vertices + 1)))


@dataclass(frozen=True)
class Components(VertexTask, HookingTask):
    """Every vertex row outputs a representative: the row of one vertex of its component, the same for all of them."""

    name: ClassVar[str] = "components"
    summary: ClassVar[str] = "for every vertex, the connected component that it belongs to"
    defined_by: ClassVar[str] = "components(vertices, edges)"
    small: ClassVar[Size] = {"n": 34}
    asked: ClassVar[str] = "component"
    corner_sizes: ClassVar[tuple[Size, ...]] = (
        {"n": 8, "edges": 3},
        *({"n": n, "way": way} for way in ("middle", "shallow") for n in (1, 2, 3, 7)),
    )
    loops_count: ClassVar[bool] = False
    repeats_count: ClassVar[bool] = False

    @property
    def outputs(self) -> dict[str, int]:
        return {"representative": self.n}

    def solve(self, instance: Graph) -> np.ndarray:
        """The smallest vertex of every vertex's component, (vertices,)."""
        return component_labels(instance)

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Graph) -> np.ndarray:
        """The partition as `solve` writes it; 0 for a vertex whose representative does not belong to its own class."""
        chosen = np.asarray(outputs["representative"], dtype=np.int64)[: instance.vertices]
        padded = np.concatenate([[0], chosen])
        belongs = (chosen > 0) & (padded[np.where(chosen <= instance.vertices, chosen, 0)] == chosen)
        return np.where(belongs, smallest_of_each(chosen), 0)

    @property
    def answer_form(self) -> AnswerForm:
        return replace(super().answer_form, names="vertex", partition=True)

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """Vertex -> the first vertex of its component (None where a wrong model names none)."""
        return by_vertex(instance, [instance.labels[label - 1] if label else None for label in answer])

    def name_value(self, value: Any, instance: Graph) -> str | None:
        return instance.labels[value - 1] if value else "0"

    def details(self, answer: np.ndarray, instance: Graph) -> dict[str, Any]:
        """groups: the vertices of each component, the largest first."""
        groups: dict[int, list[str]] = {}
        for label, vertex in zip(answer.tolist(), instance.labels, strict=True):
            groups.setdefault(label, []).append(vertex)
        groups.pop(0, None)
        return {"groups": sorted(groups.values(), key=len, reverse=True)}

    @property
    def theory(self) -> Claims:
        n, harder = self.n, "The components tell whether the graph is connected, O(1) layers or rounds later."
        return (
            graphs.transformer_in_log_diameter(n, source=graphs.COMPONENTS),
            transformers_need_log_depth(n, note=harder),
            constant_depth_is_not_enough(),
            graphs.message_passing(n),
            tell_cycles_apart(n),
            graphs.mpc_in_log_diameter(n),
            mpc_needs_log_rounds(n, note=harder),
        )
