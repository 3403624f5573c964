"""Ways: the blank rows of a task that squares a graph, one for every way (i, k, j) from i by way of k to j.

Blank row r means the same in every table: what concerns the first n vertices only comes before all that concerns vertex
n + 1. First among the rows of a vertex v is (v, v, v), its own; the others are the ways between different vertices of
which v is the greatest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import GraphTask
from logdepth.tasks.parameters import parameter


@dataclass(frozen=True)
class WaysTask(GraphTask):
    """A task on a graph whose table has a blank row for every vertex and every way, and then the edges.

    A way and its way back are two rows if the graph is directed.
    """

    n: int = parameter(16, low=1, high=64, help="most vertices the model takes; it works on about n³ rows")

    def blank_rows(self, vertices: int) -> int:
        return ways_count(vertices, directed=self.directed)

    def places(self, instance: Graph) -> list[tuple[int, ...]]:
        """A vertex for its own row, and the three vertices of a way."""
        return [tuple(dict.fromkeys(way)) for way in ways(instance.vertices, directed=self.directed).tolist()]


def ways_count(vertices: int, *, directed: bool) -> int:
    """n + n (n - 1) (n - 2) rows, or n + n (n - 1) (n - 2) / 2 if a way and its way back are one."""
    triples = vertices * (vertices - 1) * (vertices - 2)
    return vertices + (triples if directed else triples // 2)


def ways(vertices: int, *, directed: bool) -> np.ndarray:
    """The ways (i, k, j) of the blank rows of a graph of this many vertices, (rows, 3); i < j unless directed."""
    rows = [way for last in range(1, vertices + 1) for way in _ways_up_to(last, directed)]
    return np.array(rows, dtype=np.int64)


def _ways_up_to(last: int, directed: bool) -> Iterator[tuple[int, int, int]]:
    """The rows of vertex `last`."""
    yield (last, last, last)
    for a, b in permutations(range(1, last), 2):
        if directed:
            yield from ((a, b, last), (a, last, b), (last, a, b))
        else:
            yield (a, b, last)
            if a < b:
                yield (a, last, b)
