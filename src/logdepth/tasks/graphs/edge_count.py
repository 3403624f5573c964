"""Edge count."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import GraphTask, on_every_row
from logdepth.tasks.parameters import Size
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.theory import Claims, constant_rounds, graphs


@dataclass(frozen=True)
class EdgeCount(GraphTask):
    """Every row outputs the number of edges."""

    name: ClassVar[str] = "edge-count"
    summary: ClassVar[str] = "the number of edges"
    defined_by: ClassVar[str] = "len(edges)"
    asks: ClassVar[Template] = TEMPLATES["edge-count"]
    small: ClassVar[Size] = {"n": 8}

    @property
    def outputs(self) -> dict[str, int]:
        return {"count": self.edges}

    def solve(self, instance: Graph) -> np.ndarray:
        return on_every_row(self, instance, len(instance.edges))

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """The number."""
        return int(answer[-1])

    @property
    def theory(self) -> Claims:
        even = "A head that spreads evenly over a default token and the edge rows: its weight is 1/(1 + count)."
        return (
            constant_rounds.one_layer(heads=1, note=even),
            graphs.retrieval_width(self.n),
            constant_rounds.at_least_one_layer(self.n),
            constant_rounds.one_number_of_state(self.edges, note="A counter, complete at the last row."),
            constant_rounds.mpc_in_constant_rounds(),
        )
