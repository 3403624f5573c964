"""What the tasks share that ask about two vertices of a graph: the question is the last row of the table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.forms import AnswerForm, GraphForm
from logdepth.tasks.graph import Graph
from logdepth.tasks.graph_task import GraphTask


@dataclass(frozen=True)
class QuestionTask(GraphTask):
    """A graph task whose table ends with a row that holds the two vertices asked about, and gives the answer."""

    @property
    def rows(self) -> int:
        return super().rows + 1

    @property
    def inputs(self) -> dict[str, int]:
        return {**super().inputs, "question": 1}

    @property
    def form(self) -> GraphForm:
        return replace(super().form, question="question")

    @property
    def answer_form(self) -> AnswerForm:
        return replace(super().answer_form, rows="last")

    @property
    def smallest(self) -> int:
        return 2

    def instance_of(self, given: Any) -> Graph:
        """The pair (graph, (u, v)), with the names of the two vertices asked about; or a graph with a question."""
        match given:
            case (graph, (u, v)) if isinstance(graph, Graph) or not is_edge(graph):
                instance = super().instance_of(graph)
                if str(u) == str(v):
                    raise UsageError(f"{self.name} asks about two vertices, not about {u!r} twice. Change it.")
                return instance.asking(*(self._ask(instance, end) for end in (u, v)))
        instance = super().instance_of(given)
        if instance.question is None:
            raise UsageError(
                f"{self.name} answers a question about two vertices; this graph has none."
                " Begin an edge list with a line '? u v'; in Python give the pair (graph, (u, v))."
            )
        return instance

    def _ask(self, graph: Graph, vertex: Any) -> int:
        if str(vertex) not in graph.labels:
            raise UsageError(
                f"{self.name} asks about {vertex!r}, which is no vertex. {did_you_mean(str(vertex), graph.labels)}"
            )
        return graph.labels.index(str(vertex)) + 1

    def exhaustive(self, size: int) -> Iterator[Graph]:
        """All graphs on exactly `size` vertices, each with every question, n (n - 1) of them."""
        for graph in super().exhaustive(size):
            for u, v in permutations(range(1, size + 1), 2):
                yield graph.asking(u, v)

    def columns(self, instance: Graph) -> Mapping[str, np.ndarray]:
        assert instance.question is not None, "no instance is without a question"
        table = super().columns(instance)
        question = np.zeros(len(table["u"]) + 1, dtype=np.int64)
        question[-1] = 1
        u, v = instance.question
        return {"u": np.append(table["u"], u), "v": np.append(table["v"], v), "question": question}

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Graph) -> np.ndarray:
        return super().decode(outputs, instance)[-1:]

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """True or False."""
        return bool(answer[-1])


def is_edge(given: Any) -> bool:
    """Whether it is a pair of two vertices: then the whole is two edges, and no graph with a question."""
    return isinstance(given, tuple) and len(given) in (2, 3) and not isinstance(given[0], (tuple, list))
