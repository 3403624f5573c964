"""The 1-vs-2-cycle conjecture, and what it implies for transformers by T2."""

from logdepth.theory.claim import Claim
from logdepth.theory.logarithm import log2
from logdepth.theory.sources import ONE_VERSUS_TWO_CYCLES, SHT_2024


def mpc_needs_log_rounds(n: int, *, source: str = f"{SHT_2024}, Conjecture 2.4", note: str | None = None) -> Claim:
    """Ω(log n) rounds for a task on n vertices or rows that tells one cycle from two."""
    return Claim(
        model="MPC",
        direction="lower",
        exactness="asymptotic",
        sizes={"rounds": "Ω(log n)"},
        leading={"rounds": log2(n)},
        provided="memory s = O(n^(1-ε)) for a constant ε > 0, and polynomially many machines",
        conditional_on=ONE_VERSUS_TWO_CYCLES,
        source=source,
        note=note,
    )


def transformers_need_log_depth(n: int, *, note: str | None = None) -> Claim:
    """Ω(log n) layers for a task on n vertices or rows that tells one cycle from two."""
    return Claim(
        model="transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": "Ω(log n)"},
        leading={"layers": log2(n)},
        provided="heads × width = O(n^(1-ε)) for a constant ε > 0",
        conditional_on=ONE_VERSUS_TWO_CYCLES,
        source=f"{SHT_2024}, Corollary 3.5 (Theorem 3.4 and the conjecture)",
        note=note,
    )
