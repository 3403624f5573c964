"""1-vs-2 cycle: the problem that the conjecture of the same name is about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from pathlib import Path
from typing import Any, ClassVar, Unpack

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import BeyondTask, UsageError, Wording
from logdepth.tasks.forms import GraphForm
from logdepth.tasks.graphs.components import count_components
from logdepth.tasks.graphs.given_graphs import THE_GRAPH, take_graph
from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_families import cycle
from logdepth.tasks.graphs.on_graph import OnGraph
from logdepth.tasks.inputs.graph_files import EdgeRules, read_graph
from logdepth.tasks.inputs.how_to_read import HowToRead
from logdepth.tasks.parameters import Size, parameter
from logdepth.theory import Claims, graphs
from logdepth.theory.local_messages import tell_cycles_apart
from logdepth.theory.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth

MOST_TYPED = 200


@dataclass(frozen=True)
class OneVersusTwoCycles(OnGraph):
    """The graph is one cycle or two disjoint ones; every row outputs which. Every edge is two arcs, each a row."""

    name: ClassVar[str] = "1-vs-2-cycle"
    summary: ClassVar[str] = "whether a graph is one cycle or two"
    defined_by: ClassVar[str] = "len(set(components(vertices, edges)))"
    small: ClassVar[Size] = {"n": 9}
    corner_sizes: ClassVar[tuple[Size, ...]] = ({"n": 6}, {"n": 12})
    directed: ClassVar[bool] = True
    families: ClassVar[tuple[str, ...]] = ("random", "one", "two-halves", "two-random", "triangle-and-rest")

    n: int = parameter(64, low=3, high=2**16, help="most vertices the model takes")

    @property
    def rows(self) -> int:
        return 2 * self.n

    @property
    def capacity(self) -> str:
        return f"graph of up to {count_of(self.n, 'vertex')}"

    @property
    def inputs(self) -> dict[str, int]:
        return {"tail": self.n, "head": self.n}

    @property
    def outputs(self) -> dict[str, int]:
        return {"cycles": 2}

    @property
    def form(self) -> GraphForm:
        """Of graphs of more than MOST_TYPED vertices no order of arcs is written."""
        most = min(self.n, MOST_TYPED)
        orders = {edges: arc_order(edges).tolist() for edges in range(3, most + 1)}
        return GraphForm(("tail", "head"), most, most, directed=True, both_ways=True, orders=orders, cycles=True)

    @property
    def smallest(self) -> int:
        return 3

    def instance_of(self, given: Any) -> Graph:
        graph = given if isinstance(given, Graph) else take_graph(given, self.name, EdgeRules())
        return self._of_cycles(graph, THE_GRAPH)

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Graph:
        """Below six vertices there is only one cycle. "random" is one cycle or two halves, by a coin."""
        if family == "random":
            family = rng.choice(["one", "two-halves"])
        if family == "one" or size < 6:
            return Graph(size, np.array(cycle(1, size))).shuffle(rng)
        first = {"two-halves": size // 2, "triangle-and-rest": 3}.get(family) or int(rng.integers(3, size - 2))
        return Graph(size, np.array(cycle(1, first) + cycle(first + 1, size))).shuffle(rng)

    def exhaustive(self, size: int) -> Iterator[Graph]:
        """Every graph on exactly `size` vertices that is one cycle or two, each once."""
        vertices = range(1, size + 1)
        for one in _cycles_through(tuple(vertices)):
            yield Graph(size, np.array(one))
        for length in range(3, size - 2):
            for others in combinations(range(2, size + 1), length - 1):  # the cycle of vertex 1
                rest = tuple(vertex for vertex in vertices if vertex not in (1, *others))
                for one in _cycles_through((1, *others)):
                    for two in _cycles_through(rest):
                        yield Graph(size, np.array(one + two))

    def columns(self, instance: Graph) -> Mapping[str, np.ndarray]:
        """Both arcs of every edge, in an order that mixes them and depends on the number of edges alone."""
        arcs = np.concatenate([instance.edges, instance.edges[:, ::-1]])[arc_order(len(instance.edges))]
        return {"tail": arcs[:, 0], "head": arcs[:, 1]}

    def read(self, path: str | Path, **how: Unpack[HowToRead]) -> Graph:
        """The graph in a file (formats: see `read_graph`).

        Errors: UsageError as GraphTask.read, and for a graph that is not one cycle or two.
        """
        graph = read_graph(Path(path), owner=self.name, **how)
        if graph.vertices > self.n:
            raise BeyondTask(
                f"{self.name} takes at most {count_of(self.n, 'vertex')}; {path} holds {graph.vertices}.",
                "Take a smaller graph",
                Wording("{n}", n=graph.vertices),
            )
        return self._of_cycles(graph, path)

    def read_any_size(self, path: str | Path, **how: Unpack[HowToRead]) -> Graph:
        graph = read_graph(Path(path), owner=self.name, **how)
        return self._of_cycles(graph, path)

    def _of_cycles(self, graph: Graph, path: str | Path) -> Graph:
        degrees = np.bincount(graph.edges.ravel(), minlength=graph.vertices + 1)[1:]
        if (degrees != 2).any():
            place = int(np.argmax(degrees != 2))
            raise UsageError(
                f"{self.name} takes a graph of one or two cycles; in {path} vertex {graph.labels[place]!r} has"
                f" {count_of(int(degrees[place]), 'edge')}, not 2. Use connectivity for other graphs."
            )
        cycles = count_components(graph)
        if cycles > 2:
            raise UsageError(
                f"{self.name} takes one or two cycles; {path} holds {cycles}. Use components for other graphs."
            )
        return graph

    def solve(self, instance: Graph) -> np.ndarray:
        """(arcs,), the number of cycles at every row."""
        return np.full(2 * len(instance.edges), count_components(instance))

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """The number of cycles."""
        return int(answer[-1])

    @property
    def theory(self) -> Claims:
        return (
            graphs.transformer_in_log_diameter(self.n, source=graphs.COMPONENTS),
            transformers_need_log_depth(self.n),
            tell_cycles_apart(self.n),
            graphs.mpc_in_log_diameter(self.n),
            mpc_needs_log_rounds(self.n, note="This is the conjecture itself."),
        )


def arc_order(edges: int) -> np.ndarray:
    """Which arc stands on each row, from 0: of so many edges, and then of the same ones turned."""
    arcs = 2 * edges
    return np.random.default_rng(arcs).permutation(arcs)


def _cycles_through(vertices: tuple[int, ...]) -> Iterator[list[tuple[int, int]]]:
    """Every cycle that visits exactly these vertices, each once."""
    first, *rest = vertices
    for order in permutations(rest):
        if order[0] < order[-1]:  # of the two directions, one
            yield [*pairwise((first, *order)), (order[-1], first)]
