"""1-vs-2 cycle → cycle check of the graph less an edge: one cycle becomes a path, of two cycles one stays."""

from __future__ import annotations

from dataclasses import replace

from logdepth.reductions.cycles import ANY, log_depth, tell
from logdepth.reductions.reduction import Cost, Reduction
from logdepth.tasks import CycleCheck, OneVersusTwoCycles

CYCLE_CHECK = Reduction(
    name="1-vs-2-cycle-to-cycle-check",
    source=OneVersusTwoCycles,
    target=CycleCheck,
    theorem="A graph of one or two cycles is one if and only if without its first edge it has no cycle.",
    proof="trivial",
    promise=ANY,
    sizes=lambda n: {"n": n, "edges": n - 1},
    forward=lambda graph: [replace(graph, edges=graph.edges[1:])],
    back=lambda answers, graph: tell(graph, two=bool(answers[0][-1])),
    cost=Cost(lambda n: 2 * n - 1, "2n - 1", rounds="0", why="The machine of the first edge drops it."),
    conditional=log_depth("cycle check"),
)
