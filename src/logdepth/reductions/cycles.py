"""What the reductions from 1-vs-2 cycle share: what they take, how they answer, and what the conjecture then says."""

from __future__ import annotations

import numpy as np

from logdepth.reductions.reduction import Promise
from logdepth.tasks import Components, Graph


def is_one_or_halves(graph: Graph) -> bool:
    """Whether it is one cycle, or two with as many vertices each."""
    sizes = np.unique(Components(n=graph.vertices).solve(graph), return_counts=True)[1]
    return len(sizes) == 1 or (len(sizes) == 2 and sizes[0] == sizes[1])


HALVES = Promise("one cycle of n vertices or two of n/2", is_one_or_halves, ("one", "two-halves"))
ANY = Promise("one cycle or two", lambda graph: True, ("one", "two-halves", "two-random", "triangle-and-rest"))


def tell(graph: Graph, *, two: bool) -> np.ndarray:
    """The answer to 1-vs-2 cycle: the number of cycles at each of the 2n arcs."""
    return np.full(2 * len(graph.edges), 2 if two else 1, dtype=np.int64)


def log_depth(task: str) -> str:
    """What the conjecture then says of transformers and of MPC."""
    return (
        f"If the 1-vs-2-cycle conjecture holds, {task} needs Ω(log n) rounds in MPC with memory n^δ, δ < 1, and so"
        " Ω(log n) layers in transformers with heads × width = O(n^(1-ε)). No number follows for any one n."
    )
