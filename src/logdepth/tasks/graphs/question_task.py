"""What the tasks share that ask about vertices of a graph: the question is the last row of the table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.errors import UsageError, Wording, did_you_mean, quoted
from logdepth.tasks.drawing import Tabular
from logdepth.tasks.forms import AnswerForm, GraphForm
from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import GraphTask


@dataclass(frozen=True)
class QuestionTask(GraphTask):
    """A graph task whose table ends with a row that holds the two vertices asked about, and gives the answer."""

    how_to_ask: ClassVar[Wording] = Wording(
        "Name them by {ask}, or begin an edge list with a line '? u v'; in Python give the pair (graph, (u, v))."
    )

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
        asked = self._vertices_asked(given)
        instance = super().instance_of(given if asked is None else given[0])
        if asked is not None:
            self._check_question(*asked)
            return instance.asking(*(self._number(instance, vertex) for vertex in asked))
        if instance.question is None:
            raise UsageError(
                f"{self.name} answers a question about {self._about}; this graph has none.", self.how_to_ask
            )
        self._check_question(*(instance.labels[vertex - 1] for vertex in instance.question))
        return instance

    def _vertices_asked(self, given: Any) -> tuple[Any, ...] | None:
        """The names of the vertices asked about, if what is given is a graph and them."""
        match given:
            case (graph, (u, v)) if isinstance(graph, Graph) or not is_edge(graph):
                return u, v
        return None

    @property
    def _about(self) -> str:
        return "two vertices"

    def _check_question(self, u: Any, v: Any) -> None:
        if str(u) == str(v):
            raise UsageError(f"{self.name} asks about two vertices; the question names {quoted(u)} twice. Change it.")

    def _number(self, graph: Graph, vertex: Any) -> int:
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
        asked = dict(zip("uv", instance.question, strict=True))
        return {**{name: np.append(column, asked.get(name, 0)) for name, column in table.items()}, "question": question}

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Graph) -> np.ndarray:
        return super().decode(outputs, instance)[-1:]

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """True or False."""
        return bool(answer[-1])


@dataclass(frozen=True)
class NeighbourTask(QuestionTask):
    """A graph task that asks about one vertex; every vertex row outputs whether it belongs to the answer.

    The last row holds the vertex asked about twice.
    """

    how_to_ask: ClassVar[Wording] = Wording(
        "Name it twice by {ask}, or begin an edge list with a line '? v v'; in Python give the pair (graph, v)."
    )
    shipped: ClassVar[tuple[str, ...]] = ()
    loops_count: ClassVar[bool] = False
    repeats_count: ClassVar[bool] = False

    @property
    def form(self) -> GraphForm:
        return replace(super().form, one=True)

    @property
    def answer_form(self) -> AnswerForm:
        return replace(super().answer_form, rows="vertices")

    @property
    def smallest(self) -> int:
        return 1

    def _vertices_asked(self, given: Any) -> tuple[Any, ...] | None:
        match given:
            case (Graph(), vertex) if not isinstance(vertex, tuple):
                return vertex, vertex
            case (graph, vertex) if not is_edge(graph) and isinstance(vertex, (str, int, np.integer)):
                return vertex, vertex
        return super()._vertices_asked(given)

    @property
    def _about(self) -> str:
        return "one vertex"

    def _check_question(self, u: Any, v: Any) -> None:
        if str(u) != str(v):
            raise UsageError(
                f"{self.name} asks about one vertex; the question names {quoted(u)} and {quoted(v)}. Name one, twice."
            )

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        """By a coin the question is about a vertex of most edges, or about any."""
        graph = super().draw(rng, family, size)
        degrees = np.bincount(graph.edges.ravel(), minlength=size + 1)
        return graph.asking(int(degrees[1:].argmax() if rng.random() < 0.5 else rng.integers(size)) + 1)

    def exhaustive(self, size: int) -> Iterator[Graph]:
        """All graphs on exactly `size` vertices, each with every question, n of them."""
        for graph in GraphTask.exhaustive(self, size):
            yield from (graph.asking(vertex) for vertex in range(1, size + 1))

    def neighbours(self, instance: Graph) -> np.ndarray:
        """For every vertex, whether an edge joins it to the one asked about, (vertices,) of 0 and 1."""
        assert instance.question is not None, "encode refuses a graph without a question"
        ends, asked = instance.edges, instance.question[0]
        found = np.zeros(instance.vertices + 1, dtype=np.int64)
        found[ends[ends[:, 0] == asked, 1]] = 1
        found[ends[ends[:, 1] == asked, 0]] = 1
        return found[1:]

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Graph) -> np.ndarray:
        return GraphTask.decode(self, outputs, instance)[: instance.vertices]

    def answering_rows(self, instance: Graph, entries: int) -> np.ndarray:
        return np.arange(1, entries + 1)

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """The vertices, in the order of the graph."""
        return [label for label, belongs in zip(instance.labels, answer.tolist(), strict=True) if belongs]

    def tabulate(self, answer: np.ndarray, instance: Graph) -> Tabular:
        return Tabular(("vertex",), [[label] for label in self.present(answer, instance)])


def is_edge(given: Any) -> bool:
    """Whether it is a pair of two vertices: then the whole is two edges, and no graph with a question."""
    return isinstance(given, tuple) and len(given) in (2, 3) and not isinstance(given[0], (tuple, list))
