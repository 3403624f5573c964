"""1-vs-2 cycle → spanning forest: it has n - 1 edges for one cycle, and n - 2 for two."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from logdepth.reductions.cycles import ANY, log_depth, tell
from logdepth.reductions.reduction import Cost, Reduction
from logdepth.tasks import Graph, OneVersusTwoCycles, SpanningForest


def with_equal_weights(graph: Graph) -> Graph:
    return replace(graph, weights=np.zeros(len(graph.edges), dtype=np.int64))


SPANNING_FOREST = Reduction(
    name="1-vs-2-cycle-to-spanning-forest",
    source=OneVersusTwoCycles,
    target=SpanningForest,
    theorem="A graph of one or two cycles is one if and only if its spanning forest has n - 1 edges, and not n - 2.",
    proof="trivial",
    promise=ANY,
    sizes=lambda n: {"n": n, "edges": n, "weights": 0},
    forward=lambda graph: [with_equal_weights(graph)],
    back=lambda answers, graph: tell(graph, two=int(answers[0].sum()) != graph.vertices - 1),
    cost=Cost(lambda n: 2 * n, "2n", rounds="O(1/δ)", why="A tree counts the edges of the forest."),
    conditional=log_depth("finding a spanning forest"),
)
