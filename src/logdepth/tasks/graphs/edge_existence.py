"""Edge existence."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_families import draw_graph
from logdepth.tasks.graphs.question_task import QuestionTask
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.theory import Claims, constant_rounds, graphs


@dataclass(frozen=True)
class EdgeExistence(QuestionTask):
    """The last row asks whether its u and v are joined by an edge, and outputs the answer."""

    name: ClassVar[str] = "edge-existence"
    summary: ClassVar[str] = "whether two vertices are joined by an edge; asked by `ask`, or by a first line '? u v'"
    defined_by: ClassVar[str] = "any(question[0] in edge and question[1] in edge for edge in edges)"
    asks: ClassVar[Template] = TEMPLATES["edge-existence"]
    small: ClassVar[Size] = {"n": 16}
    shipped: ClassVar[tuple[str, ...]] = ("florentine_question.edges",)
    loops_count: ClassVar[bool] = False
    repeats_count: ClassVar[bool] = False

    n: int = parameter(64, low=2, high=2**16, help="most vertices the model takes")

    @property
    def outputs(self) -> dict[str, int]:
        return {"exists": 1}

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        """By a coin the question is about an edge, if there is one, or about any two vertices."""
        graph = draw_graph(rng, family, size, self.edges)
        if len(graph.edges) and rng.random() < 0.5:
            u, v = rng.permutation(graph.edges[rng.integers(len(graph.edges))])
        else:
            u, v = rng.choice(size, 2, replace=False) + 1
        return graph.asking(int(u), int(v))

    def solve(self, instance: Graph) -> np.ndarray:
        """(1,)"""
        assert instance.question is not None, "encode refuses a graph without a question"
        asked = np.sort(instance.question)
        return np.array([int((np.sort(instance.edges, axis=1) == asked).all(axis=1).any())])

    @property
    def theory(self) -> Claims:
        same = "The question row looks for an edge row with the same pair, smaller end first."
        return (
            constant_rounds.one_layer(heads=1, note=same),
            graphs.retrieval_width(self.n),
            constant_rounds.at_least_one_layer(self.n),
            graphs.edge_existence_in_bounded_memory(self.n, self.edges),
            constant_rounds.mpc_in_constant_rounds(),
        )
