"""1-vs-2 cycle → connectivity: one cycle is connected, two are not."""

from __future__ import annotations

from logdepth.reductions.cycles import ANY, log_depth, tell
from logdepth.reductions.reduction import Cost, Reduction
from logdepth.tasks import Connectivity, OneVersusTwoCycles

CONNECTIVITY = Reduction(
    name="1-vs-2-cycle-to-connectivity",
    source=OneVersusTwoCycles,
    target=Connectivity,
    theorem="A graph of one or two cycles is one if and only if it is connected.",
    proof="trivial; arXiv:2402.09268, Corollary 3.5",
    promise=ANY,
    sizes=lambda n: {"n": n, "edges": n},
    forward=lambda graph: [graph],
    back=lambda answers, graph: tell(graph, two=not answers[0][-1]),
    cost=Cost(lambda n: 2 * n, "2n", rounds="0", why="The instance is the same graph, and so is the answer."),
    conditional=log_depth("connectivity"),
)
