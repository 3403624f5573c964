"""1-vs-2 cycle → composition: n/2 steps along the arcs lead back to where they began on a cycle of n/2 vertices.

Row a of 2n is an arc: edge a as it is given, or edge a - n turned around. f(a) is the arc that goes on from the head of
arc a and does not come back to its tail.
"""

from __future__ import annotations

import numpy as np

from logdepth.reductions.cycles import HALVES, log_depth, tell
from logdepth.reductions.reduction import Cost, Reduction
from logdepth.tasks import Composition, Graph, OneVersusTwoCycles


def next_arcs(graph: Graph) -> np.ndarray:
    """The row of the next arc of every arc, (2n,), from 1."""
    arcs = np.concatenate([graph.edges, graph.edges[:, ::-1]]).tolist()
    leaving: dict[int, list[int]] = {}
    for row, (tail, _) in enumerate(arcs, start=1):
        leaving.setdefault(tail, []).append(row)
    onward = [next(row for row in leaving[head] if arcs[row - 1][1] != tail) for tail, head in arcs]
    return np.array(onward, dtype=np.int64)


COMPOSITION = Reduction(
    name="1-vs-2-cycle-to-composition",
    source=OneVersusTwoCycles,
    target=Composition,
    theorem="A cycle of n vertices or two of n/2 are two if and only if n/2 steps lead from the last arc back to it.",
    proof="after arXiv:2402.09268, Corollary 4.3",
    promise=HALVES,
    sizes=lambda n: {"n": 2 * n, "k": n // 2},
    forward=lambda graph: [next_arcs(graph)],
    back=lambda answers, graph: tell(graph, two=int(answers[0][-1]) == 2 * graph.vertices),
    cost=Cost(lambda n: 2 * n, "2n", rounds="O(1/δ)", why="Sorting brings the arcs of every vertex together."),
    conditional=log_depth("n/2-fold composition"),
    vertices=lambda task: 2 * task.k,
)
