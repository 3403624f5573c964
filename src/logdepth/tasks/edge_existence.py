"""Edge existence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks.graph import Graph, all_graphs
from logdepth.tasks.graph_families import draw_graph
from logdepth.tasks.graph_task import GraphTask
from logdepth.tasks.parameters import parameter


@dataclass(frozen=True)
class EdgeExistence(GraphTask):
    """The last row asks whether its u and v are joined by an edge, and outputs the answer."""

    name: ClassVar[str] = "edge-existence"
    summary: ClassVar[str] = "whether two vertices are joined by an edge; the file asks it in a first line '? u v'"
    shipped: ClassVar[tuple[str, ...]] = ("florentine_question.edges",)

    n: int = parameter(64, low=2, high=2**16, help="most vertices the model takes")

    @property
    def rows(self) -> int:
        return self.n + self.edges + 1

    @property
    def inputs(self) -> dict[str, int]:
        return {"u": self.n, "v": self.n, "question": 1}

    @property
    def outputs(self) -> dict[str, int]:
        return {"exists": 1}

    @property
    def smallest(self) -> int:
        return 2

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        """By a coin the question is about an edge, if there is one, or about any two vertices."""
        graph = draw_graph(rng, family, size, self.edges)
        if len(graph.edges) and rng.random() < 0.5:
            u, v = rng.permutation(graph.edges[rng.integers(len(graph.edges))])
        else:
            u, v = rng.choice(size, 2, replace=False) + 1
        return graph.asking(int(u), int(v))

    def exhaustive(self, size: int) -> Iterator[Graph]:
        """All graphs on exactly `size` vertices, each with every question: n(n-1) 2^(n(n-1)/2)."""
        for graph in all_graphs(size):
            for u, v in permutations(range(1, size + 1), 2):
                yield graph.asking(u, v)

    def columns(self, instance: Graph) -> Mapping[str, np.ndarray]:
        if instance.question is None:
            raise UsageError(
                f"{self.name} answers a question about two vertices; this graph has none."
                " Begin an edge list with a line '? u v'."
            )
        table = super().columns(instance)
        question = np.zeros(len(table["u"]) + 1, dtype=np.int64)
        question[-1] = 1
        u, v = instance.question
        return {"u": np.append(table["u"], u), "v": np.append(table["v"], v), "question": question}

    def solve(self, instance: Graph) -> np.ndarray:
        """(1,)"""
        assert instance.question is not None, "encode refuses a graph without a question"
        asked = np.sort(instance.question)
        return np.array([int((np.sort(instance.edges, axis=1) == asked).all(axis=1).any())])

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Graph) -> np.ndarray:
        return np.asarray(outputs["exists"], dtype=np.int64)[-1:]

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """True or False."""
        return bool(answer[-1])
