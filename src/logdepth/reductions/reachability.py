"""1-vs-2 cycle → reachability: from vertex 1 all vertices are reached, or those of one cycle.

The task asks about one pair of vertices, so n - 1 instances are asked: whether 1 reaches 2, 3, …, n.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from logdepth.reductions.cycles import ANY, log_depth, tell
from logdepth.reductions.reduction import Cost, Reduction
from logdepth.tasks import Graph, OneVersusTwoCycles, Reachability, ways_count


def questions(graph: Graph) -> Sequence[Graph]:
    """The graph with both arcs of every edge, asked about (1, v) for every v from 2."""
    arcs = np.concatenate([graph.edges, graph.edges[:, ::-1]])
    both_ways = Graph(graph.vertices, arcs, directed=True)
    return [both_ways.asking(1, v) for v in range(2, graph.vertices + 1)]


def count_reached(answers: Sequence[np.ndarray]) -> int:
    """Vertex 1, and those that it reaches."""
    return 1 + sum(int(answer[-1]) for answer in answers)


REACHABILITY = Reduction(
    name="1-vs-2-cycle-to-reachability",
    source=OneVersusTwoCycles,
    target=Reachability,
    theorem="A graph of one or two cycles is one if and only if vertex 1 reaches all vertices.",
    proof="trivial",
    promise=ANY,
    sizes=lambda n: {"n": n, "edges": 2 * n},
    forward=questions,
    back=lambda answers, graph: tell(graph, two=count_reached(answers) != graph.vertices),
    cost=Cost(
        lambda n: (n - 1) * (ways_count(n, directed=True) + 2 * n + 1),
        "(n - 1)(3n + n(n - 1)(n - 2) + 1)",
        rounds="O(1/δ)",
        why="A tree counts the vertices that are reached. The n - 1 questions are asked at once.",
        questions=lambda n: n - 1,
    ),
    conditional=log_depth("reachability, asked from one vertex to all others at once,"),
)
