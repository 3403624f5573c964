"""The vertices that are no neighbours of a vertex."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.question_task import NeighbourTask
from logdepth.tasks.parameters import Size
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.theory import Claims, constant_rounds


@dataclass(frozen=True)
class DisconnectedNodes(NeighbourTask):
    """Every vertex row outputs whether it is another vertex than the last row asks about, and no edge joins the two."""

    name: ClassVar[str] = "disconnected-nodes"
    summary: ClassVar[str] = "the other vertices that no edge joins to one; asked by `ask`, or by a first line '? v v'"
    defined_by: ClassVar[str] = (
        "[v != question[0] and not any(v in edge and question[0] in edge for edge in edges) for v in vertices]"
    )
    asks: ClassVar[Template] = TEMPLATES["disconnected-nodes"]
    small: ClassVar[Size] = {"n": 8}

    @property
    def outputs(self) -> dict[str, int]:
        return {"disconnected": 1}

    def solve(self, instance: Graph) -> np.ndarray:
        assert instance.question is not None, "encode refuses a graph without a question"
        apart = 1 - self.neighbours(instance)
        apart[instance.question[0] - 1] = 0
        return apart

    @property
    def theory(self) -> Claims:
        return (
            constant_rounds.transformer_in_constant_depth(),
            constant_rounds.at_least_one_layer(self.n),
            constant_rounds.mpc_in_constant_rounds("Tell the vertex asked about to all; then by sorting the edges."),
        )
