"""T1: a transformer simulates an MPC protocol, one attention layer per shuffle."""

import math

from logdepth.theory.claim import Claim
from logdepth.theory.logarithm import log2
from logdepth.theory.sources import SANFORD_2024, SHT_2024


def hashing_slots(memory: int, machines: int) -> int:
    """Packet slots of multiple hashing: ⌈12 b² ln q²⌉ with b = s². Source: arXiv:2402.09268, Fact B.2 in Lemma 3.2."""
    return math.ceil(12 * memory**4 * math.log(machines**2))


def transformers_simulate_mpc(*, rounds: int, memory: int, machines: int) -> Claim:
    """The transformer that runs any deterministic protocol of `rounds` rounds on `machines` machines of `memory` words.

    Source: arXiv:2402.09268, Theorem 3.1 (general form: Theorem B.3).
    """
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": rounds + 1, "heads": "O(log log q)", "width": "O(s⁴ log q)", "precision_bits": "O(log q)"},
        leading={
            "heads": log2(log2(machines)),
            "width": memory**4 * log2(machines),
            "precision_bits": log2(machines),
        },
        source=f"{SHT_2024}, Theorem 3.1",
        note="s words on each of q machines. A layer for every round and one to read the input; the MLPs do the"
        " local computation and are not bounded. The width pays only for s far below q^(1/4): multiple hashing alone"
        f" takes {hashing_slots(memory, machines)} packet slots here. More machines than tokens need blank tokens.",
    )


def narrow_transformers_simulate_mpc(*, rounds: int) -> Claim:
    """The improved width, for a constant factor in depth. Source: arXiv:2405.18512, Theorem 1."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(R)", "width": "O(N^(δ+ε))"},
        leading={"layers": rounds},
        provided="memory s = N^δ, and any constant ε > 0",
        source=f"{SANFORD_2024}, Theorem 1",
    )
