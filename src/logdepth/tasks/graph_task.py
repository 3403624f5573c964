"""What the graph tasks share: a table of vertex rows, then edge rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks.graph import Graph, all_graphs
from logdepth.tasks.graph_families import FAMILIES, draw_graph
from logdepth.tasks.parameters import parameter
from logdepth.tasks.task import Task


def edge_limit(n: int) -> int:
    """The most edges a model takes when the user does not say: every pair of vertices, but at most 64 per vertex."""
    return max(1, min(n * (n - 1) // 2, 64 * n))


def vertex_labels(graph: Graph) -> np.ndarray:
    """The smallest vertex of every vertex's component, (vertices,) int64, by scipy's breadth-first search."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    u, v = graph.edges.T - 1
    _, component = connected_components(
        coo_array((np.ones(len(u)), (u, v)), shape=(graph.vertices, graph.vertices)), directed=False
    )
    return smallest_of_each(component)


def smallest_of_each(group: np.ndarray) -> np.ndarray:
    """For every place, the number from 1 of the first place of the same group. Shapes: (n,) to (n,)."""
    _, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    return (first + 1)[inverse]


@dataclass(frozen=True)
class GraphTask(Task[Graph]):
    """A task on a graph: n' vertex rows (blank), then one row per edge with its ends in the columns u and v, as row numbers 1..n'."""

    families: ClassVar[tuple[str, ...]] = tuple(FAMILIES)
    shipped: ClassVar[tuple[str, ...]] = ("karate.gml", "florentine_families.gml")

    n: int = parameter(64, low=1, high=2**16, help="most vertices the model takes")
    edges: int = parameter(0, low=0, high=2**22, help="most edges the model takes; 0: every pair, but at most 64 n")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.edges == 0:
            self._settle("edges", edge_limit(self.n))

    @property
    def rows(self) -> int:
        return self.n + self.edges

    @property
    def inputs(self) -> dict[str, int]:
        return {"u": self.n, "v": self.n}

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        return draw_graph(rng, family, size, self.edges)

    def exhaustive(self, size: int) -> Iterator[Graph]:
        """All 2^(n(n-1)/2) graphs on exactly `size` vertices."""
        return all_graphs(size)

    def columns(self, instance: Graph) -> Mapping[str, np.ndarray]:
        if instance.vertices > self.n or len(instance.edges) > self.edges:
            raise UsageError(
                f"{self.name} takes at most {self.n} vertices and {self.edges} edges; this graph has {instance.vertices} and"
                f" {len(instance.edges)}. Compile with --n {instance.vertices} --edges {len(instance.edges)} or more."
            )
        ends = np.concatenate([np.zeros((instance.vertices, 2), dtype=np.int64), instance.edges])
        return {"u": ends[:, 0], "v": ends[:, 1]}

    def read(self, path: str | Path, *, simplify: bool = False) -> Graph:
        """The graph in a file (see `graph_files.read_graph` for the formats); `simplify` drops self-loops and repeated edges.

        Errors: UsageError for every file that is not one, and for more vertices or edges than the task takes.
        """
        return self.graph_in(Path(path), simplify=simplify)

    def graph_in(self, path: Path, *, simplify: bool) -> Graph:
        """`read` for the graph alone."""
        from logdepth.tasks.graph_files import read_graph

        graph = read_graph(path, simplify=simplify)
        self.columns(graph)
        return graph

    def parse(self, path: Path) -> Graph:
        return self.graph_in(path, simplify=False)

    def on_every_row(self, instance: Graph, value: int) -> np.ndarray:
        """An answer about the whole graph, as every row gives it."""
        return np.full(instance.vertices + len(instance.edges), value, dtype=np.int64)


def by_vertex(instance: Graph, values: list[Any]) -> dict[str, Any]:
    """One value per vertex, under the user's ids."""
    return {str(label): value for label, value in zip(instance.labels, values, strict=True)}
