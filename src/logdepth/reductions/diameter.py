"""1-vs-2 cycle → diameter: ⌊n/2⌋ for one cycle, and at most ⌊(n - 3)/2⌋ for two, ⌊n/4⌋ if they are halves."""

from __future__ import annotations

from logdepth.reductions.cycles import ANY, log_depth, tell
from logdepth.reductions.reduction import Cost, Reduction
from logdepth.tasks import Diameter, OneVersusTwoCycles, ways_count

DIAMETER = Reduction(
    name="1-vs-2-cycle-to-diameter",
    source=OneVersusTwoCycles,
    target=Diameter,
    theorem="A graph of one or two cycles is one if and only if its diameter is ⌊n/2⌋.",
    proof="trivial",
    promise=ANY,
    sizes=lambda n: {"n": n, "edges": n},
    forward=lambda graph: [graph],
    back=lambda answers, graph: tell(graph, two=int(answers[0][-1]) != graph.vertices // 2),
    cost=Cost(
        lambda n: ways_count(n, directed=False) + n,
        "2n + n(n - 1)(n - 2)/2",
        rounds="0",
        why="The instance is the same graph; of its rows n(n - 1)(n - 2)/2 are blank.",
    ),
    conditional=log_depth("the diameter"),
)
