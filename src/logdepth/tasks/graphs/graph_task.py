"""What the graph tasks share: a table of vertex rows, then edge rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any, ClassVar, Unpack

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import BeyondTask, UsageError, Wording
from logdepth.tasks.drawing import Tabular
from logdepth.tasks.forms import AnswerForm, GraphForm
from logdepth.tasks.graphs.given_graphs import is_prompt, take_graph, take_prompt
from logdepth.tasks.graphs.graph import Graph, all_graphs
from logdepth.tasks.graphs.graph_families import FAMILIES, draw_graph
from logdepth.tasks.graphs.on_graph import OnGraph
from logdepth.tasks.inputs.graph_files import HIGHEST_WEIGHT, EdgeRules, read_graph
from logdepth.tasks.inputs.how_to_read import HowToRead
from logdepth.tasks.parameters import parameter


@dataclass(frozen=True)
class GraphTask(OnGraph):
    """A task on a graph: a blank row per vertex, then a row per edge, which names its ends by their row numbers."""

    families: ClassVar[tuple[str, ...]] = tuple(FAMILIES)
    shipped: ClassVar[tuple[str, ...]] = ("karate.gml", "florentine_families.gml")
    limits: ClassVar[tuple[str, ...]] = ("n", "edges")
    loops_count: ClassVar[bool] = True
    """Whether a self-loop in a file could change the answer; where it could not, it is dropped, with a note."""
    repeats_count: ClassVar[bool] = True
    """The same of a repeated edge, of which the lightest stays."""

    n: int = parameter(64, low=1, high=2**16, help="most vertices the model takes")
    edges: int = parameter(0, low=0, high=2**22, help="most edges the model takes; 0: all pairs, but at most 64 n")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.edges == 0:
            self._settle("edges", max(1, min(self.every_edge, 64 * self.n)))

    @property
    def every_edge(self) -> int:
        """The edges of a graph that has all of them."""
        pairs = self.n * (self.n - 1)
        return pairs if self.directed else pairs // 2

    @property
    def rows(self) -> int:
        return self.blank_rows(self.n) + self.edges

    def blank_rows(self, vertices: int) -> int:
        """How many rows of the table of a graph hold nothing: one for every vertex, and in some tasks more."""
        return vertices

    def row_values(self, row: int) -> list[tuple[int, ...]] | None:
        """Nothing in blank rows, and an edge, from either end, in others: a graph of all vertices, whose edges may
        repeat until they fill their rows. A row with a weight or a question holds more."""
        if list(self.inputs) != ["u", "v"]:
            return None
        return [(0, 0)] if row <= self.blank_rows(self.n) else list(permutations(range(1, self.n + 1), 2))

    def places(self, instance: Graph) -> list[tuple[int, ...]]:
        """The vertices that each blank row stands for, in order: its own, one each, unless a task says otherwise."""
        return [(vertex,) for vertex in range(1, instance.vertices + 1)]

    @property
    def capacity(self) -> str:
        return f"graph of up to {count_of(self.n, 'vertex')} and {count_of(self.edges, 'edge')}"

    @property
    def inputs(self) -> dict[str, int]:
        return {"u": self.n, "v": self.n}

    @property
    def form(self) -> GraphForm:
        largest = Graph(self.n, np.zeros((0, 2)), directed=self.directed)
        return GraphForm(
            ("u", "v"),
            self.n,
            self.edges,
            directed=self.directed,
            blank=tuple(self.blank_rows(vertices) for vertices in range(1, self.n + 1)),
            places=tuple(self.places(largest)),
        )

    @property
    def rules(self) -> EdgeRules:
        """What the task takes for edges."""
        return self._rules(self.inputs.get("weight"))

    def _rules(self, highest_weight: int | None) -> EdgeRules:
        return EdgeRules(self.directed, highest_weight, not self.loops_count, not self.repeats_count)

    def instance_of(self, given: Any) -> Graph:
        """A graph of ours or of networkx, or edges (see `take_graph`); or a prompt, or its text."""
        if isinstance(given, Graph):
            return given
        if is_prompt(given):
            return self._without_question(take_prompt(given, self.name, self.rules, self.asks))
        return take_graph(given, self.name, self.rules)

    def _without_question(self, graph: Graph) -> Graph:
        """What a prompt asks about some vertices is not said to a task that answers for all."""
        return graph if "question" in self.inputs else replace(graph, question=None)

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        return draw_graph(rng, family, size, self.edges)

    def exhaustive(self, size: int) -> Iterator[Graph]:
        """All graphs on exactly `size` vertices that have no more edges than the task takes."""
        return all_graphs(size, directed=self.directed, most=self.edges)

    def columns(self, instance: Graph) -> Mapping[str, np.ndarray]:
        vertices, edges = instance.vertices, len(instance.edges)
        if vertices > self.n or edges > self.edges:
            raise BeyondTask(
                f"{self.name} takes at most {count_of(self.n, 'vertex')} and {count_of(self.edges, 'edge')}; this graph"
                f" has {vertices:,} and {edges:,}.",
                "Take a smaller one",
                Wording("{n} {edges}", n=max(vertices, self.n), edges=max(edges, self.edges)),
            )
        ends = np.concatenate([np.zeros((self.blank_rows(vertices), 2), dtype=np.int64), instance.edges])
        return {"u": ends[:, 0], "v": ends[:, 1]}

    def in_words(self, answer: np.ndarray, instance: Graph) -> str | None:
        prompt = instance.prompt
        if prompt is None or prompt.template is None or self.asks is None:
            return None
        return self.asks.answer(self.present(answer, instance), prompt.asked)

    def read(self, path: str | Path, **how: Unpack[HowToRead]) -> Graph:
        """The graph in a file (formats, and what `how` says of it: see `read_graph`).

        Errors: UsageError for every file that is not one, and for more vertices or edges than the task takes.
        """
        graph = self._read(Path(path), self.inputs.get("weight"), how)
        self.encode(graph)  # refuses what the task cannot take
        return graph

    def read_any_size(self, path: str | Path, **how: Unpack[HowToRead]) -> Graph:
        return self._read(Path(path), HIGHEST_WEIGHT if "weight" in self.inputs else None, how)

    def _read(self, path: Path, highest_weight: int | None, how: HowToRead) -> Graph:
        graph = read_graph(path, owner=self.name, rules=self._rules(highest_weight), asks=self.asks, **how)
        if how.get("ask") and "question" not in self.inputs:
            raise UsageError(f"{self.name} asks about no pair of vertices. Leave the question out.")
        if graph.prompt:
            return self._without_question(graph)
        if graph.question and "question" not in self.inputs:
            raise UsageError(f"{self.name} asks about no pair of vertices; {path} does. Remove its line '? u v'.")
        return graph


class VertexTask(GraphTask):
    """A task on a graph whose answer has an entry for every vertex, on the row of that vertex."""

    asked: ClassVar[str]
    """What the answer says of a vertex."""

    @property
    def answer_form(self) -> AnswerForm:
        return replace(super().answer_form, rows="vertices")

    def answering_rows(self, instance: Graph, entries: int) -> np.ndarray:
        return np.arange(1, entries + 1)

    def tabulate(self, answer: np.ndarray, instance: Graph) -> Tabular:
        return Tabular(("vertex", self.asked), [list(pair) for pair in self.present(answer, instance).items()])


def on_every_row(task: GraphTask, instance: Graph, value: int) -> np.ndarray:
    """An answer about the whole graph, as every row of its table gives it."""
    return np.full(task.blank_rows(instance.vertices) + len(instance.edges), value, dtype=np.int64)


def by_vertex(instance: Graph, values: list[Any]) -> dict[str, Any]:
    """One value per vertex, under the user's ids."""
    return dict(zip(instance.labels, values, strict=True))
