"""Diameter."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import on_every_row
from logdepth.tasks.graphs.pairs import DistanceTask
from logdepth.tasks.parameters import Size
from logdepth.theory import Claims, graphs
from logdepth.theory.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth


@dataclass(frozen=True)
class Diameter(DistanceTask):
    """Every row outputs the greatest distance of two vertices that a path joins: the largest diameter of a component.

    Of a connected graph this is the diameter; without an edge it is 0. It is the D of the bounds in the diameter, and
    what igraph gives by default.
    """

    name: ClassVar[str] = "diameter"
    summary: ClassVar[str] = (
        "the greatest distance of two vertices that a path joins: the largest diameter of a component"
    )
    defined_by: ClassVar[str] = (
        "max(max(distances(vertices, edges + [[v, u] for u, v in edges], start)) for start in vertices)"
    )
    small: ClassVar[Size] = {"n": 9}
    corner_sizes: ClassVar[tuple[Size, ...]] = tuple({"n": n, "way": "pairs"} for n in (1, 2, 3, 7))
    shipped: ClassVar[tuple[str, ...]] = ("florentine_families.gml", "karate.gml")
    loops_count: ClassVar[bool] = False
    repeats_count: ClassVar[bool] = False

    @property
    def outputs(self) -> dict[str, int]:
        return {"diameter": self.n - 1}

    def solve(self, instance: Graph) -> np.ndarray:
        """(rows,), by scipy's breadth-first searches."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import shortest_path

        u, v = instance.edges.T - 1
        adjacency = csr_array((np.ones(len(u)), (u, v)), shape=(instance.vertices, instance.vertices))
        distances = shortest_path(adjacency, directed=False, unweighted=True)
        return on_every_row(self, instance, int(distances[np.isfinite(distances)].max()))

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """The diameter."""
        return int(answer[-1])

    @property
    def theory(self) -> Claims:
        n, harder = self.n, "One cycle of n vertices has diameter ⌊n/2⌋, two of n/2 have ⌊n/4⌋."
        return (
            graphs.squares_in_log_depth(n),
            transformers_need_log_depth(n, note=harder),
            graphs.mpc_squares(n),
            mpc_needs_log_rounds(n, note=harder),
        )
