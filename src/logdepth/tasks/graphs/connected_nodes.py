"""The neighbours of a vertex."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.question_task import NeighbourTask
from logdepth.tasks.parameters import Size
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.theory import Claims, constant_rounds


@dataclass(frozen=True)
class ConnectedNodes(NeighbourTask):
    """Every vertex row outputs whether an edge joins it to the vertex that the last row asks about."""

    name: ClassVar[str] = "connected-nodes"
    summary: ClassVar[str] = "the vertices that an edge joins to one; asked by `ask`, or by a first line '? v v'"
    defined_by: ClassVar[str] = (
        "[v != question[0] and any(v in edge and question[0] in edge for edge in edges) for v in vertices]"
    )
    asks: ClassVar[Template] = TEMPLATES["connected-nodes"]
    small: ClassVar[Size] = {"n": 8}

    @property
    def outputs(self) -> dict[str, int]:
        return {"connected": 1}

    def solve(self, instance: Graph) -> np.ndarray:
        return self.neighbours(instance)

    @property
    def theory(self) -> Claims:
        return (
            constant_rounds.transformer_in_constant_depth(),
            constant_rounds.at_least_one_layer(self.n),
            constant_rounds.mpc_in_constant_rounds("Tell the vertex asked about to all; then by sorting the edges."),
        )
