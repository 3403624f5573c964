"""Induction heads, the 1-hop, in two layers of one head."""

from __future__ import annotations

from logdepth.solutions.sequences.k_hop import FIND, hop_sizes, k_hop
from logdepth.solutions.solution import Solution
from logdepth.tasks import InductionHeads

INDUCTION_HEADS = Solution(
    task=InductionHeads,
    build=lambda task: k_hop(task.n, 1, len(task.letters)),
    sizes=lambda task, tied: hop_sizes(1),
    words=(
        f"A hop leads to the token after the latest earlier occurrence of the same letter: {FIND} Layer 1 tells"
        " every token which letter stands before it; layer 2 looks for the latest token whose letter before equals"
        " mine.",
    ),
)
