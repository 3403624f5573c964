"""Maximum flow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks.forms import GraphForm
from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.question_task import QuestionTask
from logdepth.tasks.inputs.written_numbers import whole_number
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.theory import Claims, graphs

MOST = 10
"""Vertices of a model: 2^(n-1) blank rows are 512 then."""


@dataclass(frozen=True)
class MaxFlow(QuestionTask):
    """The last row asks how much flows at most from its u to its v, and outputs it; weights are capacities.

    An edge carries its capacity in either direction. The table has a blank row for every set of vertices with the first
    one, in the order of `sides`: a cut of the graph. By Ford and Fulkerson (1956) the greatest flow is the least
    capacity of a cut between the two vertices.
    """

    name: ClassVar[str] = "max-flow"
    summary: ClassVar[str] = (
        "how much can flow between two vertices along edges of limited capacity; asked by `ask`, or by a first line"
        " '? u v'"
    )
    defined_by: ClassVar[str] = "max_flow(vertices, edges, weights, question[0], question[1])"
    asks: ClassVar[Template] = TEMPLATES["max-flow"]
    small: ClassVar[Size] = {"n": 5}
    corner_sizes: ClassVar[tuple[Size, ...]] = ({"n": 4, "weights": 0}, {"n": 4, "weights": 3, "edges": 4})
    limits: ClassVar[tuple[str, ...]] = ("n", "edges", "weights")
    loops_count: ClassVar[bool] = False

    n: int = parameter(8, low=2, high=MOST, help="most vertices the model takes; it works on about 2^(n-1) rows")
    weights: int = parameter(10, low=0, high=2**16, help="highest capacity of an edge")

    def __post_init__(self) -> None:
        refuse_large(self.name, self.n)
        super().__post_init__()

    def blank_rows(self, vertices: int) -> int:
        return 2 ** (vertices - 1)

    def places(self, instance: Graph) -> list[tuple[int, ...]]:
        """The vertices on the side of the first one."""
        return [tuple(np.flatnonzero(side).tolist()) for side in sides(instance.vertices)]

    @property
    def inputs(self) -> dict[str, int]:
        u_and_v, question = dict(list(super().inputs.items())[:2]), {"question": 1}
        return {**u_and_v, "weight": self.weights, **question}

    @property
    def form(self) -> GraphForm:
        return replace(super().form, weight="weight", highest_weight=self.weights)

    @property
    def most(self) -> int:
        """The most that the capacities of a cut can add up to: it cuts ⌊n²/4⌋ edges at most."""
        return self.weights * min(self.edges, self.n**2 // 4)

    @property
    def outputs(self) -> dict[str, int]:
        return {"flow": self.most}

    def instance_of(self, given: Any) -> Graph:
        graph = super().instance_of(given)
        if graph.weights is None and len(graph.edges):
            raise UsageError(f"{self.name} needs a capacity for every edge; this graph has none. Add its weights.")
        return replace(graph, weights=np.zeros(0, dtype=np.int64)) if graph.weights is None else graph

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        """Capacities are uniform over all, over 0..1, or equal, by lot; the question is about any two vertices."""
        graph = super().draw(rng, family, size)
        low, high = [(0, self.weights), (0, min(1, self.weights)), (self.weights, self.weights)][rng.integers(3)]
        u, v = (int(vertex) for vertex in rng.choice(size, 2, replace=False) + 1)
        return replace(graph, weights=rng.integers(low, high + 1, len(graph.edges))).asking(u, v)

    def exhaustive(self, size: int) -> Iterator[Graph]:
        """All graphs on exactly `size` vertices, with all capacities 0..weights and all questions."""
        for graph in super().exhaustive(size):
            for weights in product(range(self.weights + 1), repeat=len(graph.edges)):
                yield replace(graph, weights=np.array(weights, dtype=np.int64))

    def columns(self, instance: Graph) -> Mapping[str, np.ndarray]:
        table = super().columns(instance)
        assert instance.weights is not None, "no instance is without weights"
        weight = np.concatenate([np.zeros(self.blank_rows(instance.vertices), np.int64), instance.weights, [0]])
        return {"u": table["u"], "v": table["v"], "weight": weight, "question": table["question"]}

    def solve(self, instance: Graph) -> np.ndarray:
        """(1,), by augmenting along shortest paths (Edmonds and Karp 1972)."""
        assert instance.question is not None and instance.weights is not None, "encode refuses such graphs"
        source, sink = instance.question
        left = np.zeros((instance.vertices + 1,) * 2, dtype=np.int64)
        for (u, v), weight in zip(instance.edges.tolist(), instance.weights.tolist(), strict=True):
            left[u, v] = left[v, u] = weight
        flow = 0
        while path := _augmenting_path(left, source, sink):
            spare = min(int(left[arc]) for arc in path)
            for u, v in path:
                left[u, v] -= spare
                left[v, u] += spare
            flow += spare
        return np.array([flow])

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """How much flows."""
        return int(answer[-1])

    @property
    def theory(self) -> Claims:
        return (graphs.cuts_on_blank_rows(self.n),)


def sides(vertices: int) -> np.ndarray:
    """Every set of vertices with the first one as a row of 0 and 1, (2^(vertices-1), vertices + 1): sets of the first
    vertices come first, so that a row means the same in every graph. Column 0 is no vertex."""
    numbers = np.arange(2 ** (vertices - 1))
    return np.stack([numbers * 0, numbers * 0 + 1, *(numbers >> bit & 1 for bit in range(vertices - 1))], axis=1)


def refuse_large(owner: str, n: Any) -> None:
    """Errors: UsageError for more vertices than there are rows for, with the reason."""
    number = whole_number(n.strip()) if isinstance(n, str) else n  # a command line gives text
    if isinstance(number, (int, np.integer)) and number > MOST:
        raise UsageError(
            f"{owner} takes up to {MOST} vertices; got {number}. It has a row for each of 2^(n-1) cuts. Maximum flow is"
            " P-complete, and no way in logarithmic depth with polynomially many rows is known. Take a smaller graph."
        )


def _augmenting_path(left: np.ndarray, source: int, sink: int) -> list[tuple[int, int]]:
    """The arcs of a shortest path on which something is left, from the sink backwards; empty if there is none."""
    before, queue = {source: 0}, [source]
    for vertex in queue:  # grows as it goes
        for other in np.flatnonzero(left[vertex]).tolist():
            if other not in before:
                before[other] = vertex
                queue.append(other)
    path, vertex = [], sink
    while before.get(vertex):
        path.append((before[vertex], vertex))
        vertex = before[vertex]
    return path
