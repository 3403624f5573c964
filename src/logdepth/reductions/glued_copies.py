"""1-vs-2 cycle → connectivity of three glued copies: more vertices, and a diameter that hardly grows.

Vertex v of copy c is v + (c - 1) n. Copy 1 holds the graph, and so do the others; each of their vertices is joined to
the same vertex of copy 1. So the graph of 3n vertices is connected if and only if the given one is, and no two vertices
of a component are more than two steps farther apart. With many copies this is how Corollary 3.5 gets graphs of any size
whose components have a given diameter.
"""

from __future__ import annotations

import numpy as np

from logdepth.reductions.cycles import ANY, log_depth, tell
from logdepth.reductions.reduction import Cost, Reduction
from logdepth.tasks import Connectivity, Graph, OneVersusTwoCycles

COPIES = 3


def glue(graph: Graph) -> Graph:
    """The copies, and an edge from every vertex of copies 2, 3, … to its twin in copy 1."""
    shifts = np.arange(COPIES) * graph.vertices
    copies = [graph.edges + shift for shift in shifts]
    vertices = np.arange(1, graph.vertices + 1)
    glue = [np.stack([vertices, vertices + shift], axis=1) for shift in shifts[1:]]
    return Graph(COPIES * graph.vertices, np.concatenate([*copies, *glue]))


GLUED_COPIES = Reduction(
    name="1-vs-2-cycle-to-glued-copies",
    source=OneVersusTwoCycles,
    target=Connectivity,
    theorem="A graph of one or two cycles is one if and only if three glued copies of it are connected.",
    proof="after arXiv:2402.09268, Corollary 3.5",
    promise=ANY,
    sizes=lambda n: {"n": COPIES * n, "edges": (2 * COPIES - 1) * n},
    forward=lambda graph: [glue(graph)],
    back=lambda answers, graph: tell(graph, two=not answers[0][-1]),
    cost=Cost(lambda n: 8 * n, "8n", rounds="0", why="An edge writes its copies, a vertex its glue."),
    conditional=log_depth("connectivity of graphs whose components have a smaller diameter"),
)
