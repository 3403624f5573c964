"""T6: pairs fit one attention layer, triples do not."""

from logdepth.bounds.claim import Claim
from logdepth.bounds.logarithm import log2
from logdepth.bounds.sources import FOLKLORE, HSU_TALK, SHT_2023


def two_sum_in_one_layer() -> Claim:
    """Match2. Source: arXiv:2306.02896, Theorem 6."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": 1, "heads": 1},
        source=f"{SHT_2023}, Theorem 6 (Match2)",
        note="The score of rows i and j is a cosine of 2π(x_i + x_j)/M, largest at a match; where there is none, a"
        " fallback token wins.",
    )


def two_sum_width(modulus: int) -> Claim:
    """Width and precision of that layer."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"width": "O(1)", "precision_bits": "O(log M)"},
        leading={"precision_bits": log2(modulus)},
        source=f"{SHT_2023}, Theorem 6 (Match2)",
        note=f"{HSU_TALK}, says width O(log n).",
    )


def two_sum_in_bounded_memory(n: int, modulus: int) -> Claim:
    """Bits of state that every one-pass model needs to answer at the last of n numbers.

    The n - 1 numbers before it spell any subset of min(n - 1, r) residues, filled up with zeros, where r counts the x
    with 2x ≢ 0. The last number -x asks whether x is in the subset, since it does not match itself.
    """
    residues = modulus - (1 if modulus % 2 else 2)
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": min(n - 1, residues)},
        source=FOLKLORE,
        note="The state before the last number tells apart all subsets of min(n-1, M-2) residues (M-1 for odd M),"
        " since that number may ask for each.",
    )


def three_sum_in_one_layer(n: int) -> Claim:
    """Match3. Source: arXiv:2306.02896, Theorem 7."""
    return Claim(
        model="one-layer transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"heads × width × precision_bits": "Ω(n / log log n)"},
        leading={"heads × width × precision_bits": n / max(1.0, log2(log2(n)))},
        source=f"{SHT_2023}, Theorem 7 (Match3)",
        note="Conjectured there: no small multi-layer transformer does it either. An MPC protocol of O(1) rounds"
        " with s = O(n^0.51) (HajiAghayi et al. 2019) gives O(1) layers of width O(n^0.52).",
    )
