"""What the tasks share that ask about two vertices of a graph: the question is the last row of the table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError
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
    def smallest(self) -> int:
        return 2

    def exhaustive(self, size: int) -> Iterator[Graph]:
        """All graphs on exactly `size` vertices, each with every question, n (n - 1) of them."""
        for graph in super().exhaustive(size):
            for u, v in permutations(range(1, size + 1), 2):
                yield graph.asking(u, v)

    def columns(self, instance: Graph) -> Mapping[str, np.ndarray]:
        if instance.question is None:
            raise UsageError(
                f"{self.name} answers a question about two vertices; this graph has none."
                " Begin an edge list with a line '? u v', or ask u v when it is read."
            )
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
