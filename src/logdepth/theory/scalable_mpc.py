"""Fully scalable MPC: machines of n^δ words, for any constant δ > 0."""

from logdepth.theory.claim import Claim


def scalable_mpc(
    rounds: str, *, source: str, leading: float | None = None, provided: str = "", note: str | None = None
) -> Claim:
    """So many rounds suffice. leading: their leading term. provided: what else is supposed, to go on from δ."""
    return Claim(
        model="MPC",
        direction="upper",
        exactness="asymptotic",
        sizes={"rounds": rounds, "memory_words": "O(n^δ)"},
        leading={} if leading is None else {"rounds": leading},
        provided=f"any constant δ > 0{provided}",
        source=source,
        note=note,
    )
