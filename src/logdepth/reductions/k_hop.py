"""1-vs-2 cycle → k-hop: Corollary 4.3 of arXiv:2402.09268.

The k edges of a graph of k vertices are written k/2 times, each edge {u, v} as the nine letters ⋆ u † v u † v ⋆ _, and
then the letter of vertex 1. From a vertex, two hops lead over † or ⋆ to the other end of the edge that was last written
with it. The next two hops take the other edge of that end: going back in the text, it comes before this edge comes
again. So k hops walk k/2 edges of the cycle of vertex 1. On a cycle of k/2 vertices they end at vertex 1, and on one of
k at the vertex opposite. The last line of the proof in the paper says one cycle where two are meant.
"""

from __future__ import annotations

from itertools import chain, count, islice
from string import ascii_letters, digits

import numpy as np

from logdepth.reductions.cycles import HALVES, tell
from logdepth.reductions.reduction import Cost, Reduction
from logdepth.tasks import Graph, KHop, OneVersusTwoCycles

DAGGER, STAR, BLANK = "†", "⋆", "_"
"""Letters k + 1, k + 2 and k + 3, after those of the vertices."""


def alphabet(vertices: int) -> str:
    """A letter for every vertex, and the three marks."""
    names = chain(ascii_letters, digits, map(chr, count(0x4E00)))
    return "".join(islice(names, vertices)) + DAGGER + STAR + BLANK


def write_edges(graph: Graph) -> np.ndarray:
    """The tokens (9k²/2 + 1,) of a graph of k vertices and as many edges."""
    k = graph.vertices
    dagger, star, blank = k + 1, k + 2, k + 3
    gadgets = [(star, u, dagger, v, u, dagger, v, star, blank) for u, v in graph.edges.tolist()]
    return np.array([*chain(*gadgets * (k // 2)), 1], dtype=np.int64)


def tokens(k: int) -> int:
    """9k²/2 + 1."""
    return 9 * k * k // 2 + 1


K_HOP = Reduction(
    name="1-vs-2-cycle-to-k-hop",
    source=OneVersusTwoCycles,
    target=KHop,
    theorem="A cycle of k vertices or two of k/2 are two if and only if k hops from the end of the text lead to the"
    " letter of vertex 1.",
    proof="arXiv:2402.09268, Corollary 4.3 (whose last line says one cycle where two are meant)",
    promise=HALVES,
    sizes=lambda k: {"n": tokens(k), "k": k, "alphabet": alphabet(k)},
    forward=lambda graph: [write_edges(graph)],
    back=lambda answers, graph: tell(graph, two=int(answers[0][-1]) == 1),
    cost=Cost(tokens, "9n²/2 + 1", rounds="O(1/δ)", why="A tree brings every edge to its n/2 places in the text."),
    conditional="If the 1-vs-2-cycle conjecture holds, k-hop needs Ω(log k) layers in transformers with heads × width ="
    " O(k^(1-ε)), over k + 3 letters, for k = Θ(N^ξ) with ξ ≤ 1/2 and N tokens. No number follows for any one k.",
    vertices=lambda task: task.k,
)
