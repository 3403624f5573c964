"""Broadcast, prefix sum, sorting: a constant number of rounds or layers."""

from logdepth.theory.claim import Claim, Condition
from logdepth.theory.logarithm import ceil_log2, log2
from logdepth.theory.scalable_mpc import scalable_mpc
from logdepth.theory.sources import FOLKLORE, GOODRICH_2011, HSU_TALK, SANFORD_2024, SHT_2024, TRIVIAL


def mpc_in_constant_rounds(note: str | None = None) -> Claim:
    """O(1/δ) rounds with memory n^δ, by trees of fan-in n^δ."""
    return scalable_mpc("O(1/δ)", source=f"{GOODRICH_2011}; {HSU_TALK}", note=note)


def transformer_in_constant_depth() -> Claim:
    """T1 on a protocol of constantly many rounds."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(1)", "width": "O(n^ε)"},
        provided="any constant ε > 0",
        source=f"{SHT_2024}, Theorem 3.1, and {SANFORD_2024}, Theorem 1, on a protocol of O(1) rounds",
    )


def at_least_one_layer(n: int) -> Claim:
    """For answers that depend on another row, if there is one."""
    return needs_a_layer(Condition("at least 2 rows", n > 1))


def needs_a_layer(*conditions: Condition) -> Claim:
    """For answers that depend on another row, under conditions."""
    return Claim(
        model="transformer",
        direction="lower",
        exactness="exact",
        sizes={"layers": 1},
        conditions=conditions,
        source=TRIVIAL,
        note="Without attention a row sees only itself.",
    )


def one_layer(*, heads: int, note: str) -> Claim:
    """One layer, by a construction that fits in the note."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": 1, "heads": heads},
        source=FOLKLORE,
        note=note,
    )


def prefix_sum_precision(n: int, high: int) -> Claim:
    """Width and precision of the one layer that sums prefixes."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"width": "O(1)", "precision_bits": "O(log(n · high))"},
        leading={"precision_bits": log2(n * high)},
        source=FOLKLORE,
        note="The mean must be right to within 1/(2n) for rounding to restore the sum.",
    )


def one_number_of_state(highest: int, *, note: str) -> Claim:
    """One recurrent layer whose state is a number from 0 to `highest`."""
    return Claim(
        model="RNN / state-space model",
        direction="upper",
        exactness="exact",
        sizes={"layers": 1, "bits": ceil_log2(highest + 1)},
        source=TRIVIAL,
        note=note,
    )
