"""1-vs-2 cycle → components: in one cycle every vertex has the same representative."""

from __future__ import annotations

import numpy as np

from logdepth.reductions.cycles import ANY, log_depth, tell
from logdepth.reductions.reduction import Cost, Reduction
from logdepth.tasks import Components, OneVersusTwoCycles

COMPONENTS = Reduction(
    name="1-vs-2-cycle-to-components",
    source=OneVersusTwoCycles,
    target=Components,
    theorem="A graph of one or two cycles is one if and only if all its vertices have the same representative.",
    proof="trivial; arXiv:2402.09268, Corollary 3.5",
    promise=ANY,
    sizes=lambda n: {"n": n, "edges": n},
    forward=lambda graph: [graph],
    back=lambda answers, graph: tell(graph, two=bool(np.any(answers[0] != answers[0][0]))),
    cost=Cost(lambda n: 2 * n, "2n", rounds="O(1/δ)", why="A tree tells whether all representatives are equal."),
    conditional=log_depth("finding components"),
)
