"""What all tasks on graphs share: how the file of a graph is read, and how a graph is drawn."""

from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Unpack

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.tasks.drawing import Drawing, GraphDrawing
from logdepth.tasks.forms import AnswerForm
from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.inputs.how_to_read import HowToRead
from logdepth.tasks.task import Task


@dataclass(frozen=True)
class OnGraph(Task[Graph]):
    """A task whose instance is a graph. The first two columns of its table name the ends of edges."""

    telling_size: ClassVar[int] = 20
    directed: ClassVar[bool] = False
    """Whether every row of an edge is an arc, from its first vertex to its second."""

    @abstractmethod
    def read(self, path: str | Path, **how: Unpack[HowToRead]) -> Graph:
        """The graph in a file (formats, and what `how` says of it: see `read_graph`).

        Errors: UsageError for every file that is not one, and for a graph that the task does not take.
        """

    @abstractmethod
    def read_any_size(self, path: str | Path, **how: Unpack[HowToRead]) -> Graph:
        """`read`, without limits of size. Errors: as of `read`."""

    def parse(self, path: Path) -> Graph:
        return self.read(path)

    def places(self, instance: Graph) -> list[tuple[int, ...]]:
        """The vertices that each row before the edges stands for, in order; none, unless a task says otherwise."""
        return []

    def typed(self, instance: Graph) -> dict[str, Any]:
        return {
            "vertices": list(instance.labels),
            "edges": instance.edges.tolist(),
            "weights": None if instance.weights is None else instance.weights.tolist(),
            "question": None if instance.question is None else list(instance.question),
        }

    @property
    def answer_form(self) -> AnswerForm:
        (output,) = self.outputs
        return AnswerForm(output)

    def drawing(self, instance: Graph) -> Drawing:
        first, second, *_ = self.encode(instance).values()
        places = tuple(self.places(instance))
        ends = np.stack([first, second], axis=1)[len(places) :]
        graph = GraphDrawing(instance, places, ends, self.directed)
        size = f"{count_of(instance.vertices, 'vertex')} and {count_of(len(instance.edges), 'edge')}"
        return Drawing(graph.names(), graph, size)
