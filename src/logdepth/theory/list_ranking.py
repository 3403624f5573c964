"""List ranking by pointer jumping."""

from logdepth.theory.claim import Claim
from logdepth.theory.logarithm import ceil_log2, log2
from logdepth.theory.scalable_mpc import scalable_mpc
from logdepth.theory.sources import FOLKLORE


def jumping_layers(n: int) -> int:
    """Jumps until every row of a list of n has come to its end, at most n - 1 hops away: ⌈log(n-1)⌉, none for n ≤ 2."""
    return ceil_log2(max(n - 1, 1))


def list_ranking_by_jumping(n: int) -> Claim:
    """One jump per layer."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": jumping_layers(n), "heads": 1 if n > 2 else 0},
        source=f"{FOLKLORE} (pointer jumping, Wyllie 1979)",
        note="Row i starts with (next, 1), or (0, 0) at an end; each layer adds the pair held at next, so that t"
        " layers come 2^t hops far.",
    )


def mpc_ranks_lists(n: int) -> Claim:
    """One jump in O(1/δ) rounds."""
    return scalable_mpc(
        "O(log n)",
        leading=log2(n),
        source=f"{FOLKLORE} (pointer jumping, Wyllie 1979)",
        note="A look-up by many rows is a sort and a broadcast, O(1/δ) rounds.",
    )
