"""T7: one head averages q places out of n; the width pays for q, not for n."""

from logdepth.theory.claim import Claim, Condition
from logdepth.theory.logarithm import log2
from logdepth.theory.sources import SHT_2023


def sparse_averaging_in_one_layer() -> Claim:
    """One layer, one head. Source: arXiv:2306.02896, Theorem 2."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": 1, "heads": 1},
        source=f"{SHT_2023}, Theorem 2",
        note="To within any ε > 0; ε < 1/(2q) restores sums of whole numbers. Keys are restricted-isometry vectors"
        " of the positions, and the query is a dual certificate of the set.",
    )


def sparse_averaging_width(n: int, q: int) -> Claim:
    """Width and precision that suffice to within ε = 1/(3q). Source: arXiv:2306.02896, Theorem 2."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"width": "O(q log n)", "precision_bits": "O(log(q log n))"},
        leading={"width": q * log2(n), "precision_bits": log2(q * log2(n))},
        source=f"{SHT_2023}, Theorem 2",
        note="With unlimited precision, width O(q) suffices (Theorem 3).",
    )


def sparse_averaging_needs_width(n: int, q: int) -> Claim:
    """Width that one head needs. Source: arXiv:2306.02896, Theorem 4."""
    return Claim(
        model="one-layer transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"width × precision_bits": "Ω(q)"},
        leading={"width × precision_bits": q},
        conditions=(Condition(f"n of at least 2q + 1 = {2 * q + 1:,} places", n > 2 * q),),
        provided="one head, answers to within 1/(2q)",
        source=f"{SHT_2023}, Theorem 4",
        note="By set disjointness: the query of the asking token is a message of m p bits.",
    )


def sparse_averaging_in_bounded_memory(n: int, q: int) -> Claim:
    """Bits of state that every one-pass model needs to answer at the last of n tokens.

    Values are 0 or 1, and 0 at q - 2 agreed positions. The last token names itself (if q ≥ 2), those positions and one
    more, whose value the sum tells.
    """
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": max(0, n - max(1, q - 1))},
        source=f"{SHT_2023}, Theorem 11 (as (n-1)/2 bits, for q = 1)",
        note="n - max(1, q - 1): the last token may ask for the value, 0 or 1, of any earlier token outside q - 2"
        " agreed ones.",
    )
