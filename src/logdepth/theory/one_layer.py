"""What one attention layer carries of the other tokens to the last one, in bits: exact bounds, by INDEX.

The last token and so its query are the same whatever is asked. Then H heads of width m carry, of any part of the input,
H (m + 1) numbers: for every head its partial sums of softmax. A layer that answers every question of a family of INDEX
on T bits rightly carries T bits. Source: arXiv:2408.14332, and 2306.02896 for Match3; by the families of this library.
"""

from logdepth.theory.claim import Claim, Condition
from logdepth.theory.logarithm import ceil_div
from logdepth.theory.sources import SHT_2023, SHT_ONE_LAYER


def _carries(bits: int, *conditions: Condition, source: str, family: str) -> Claim:
    return Claim(
        model="one-layer transformer",
        direction="lower",
        exactness="exact",
        sizes={"bits": max(0, bits)},
        conditions=conditions,
        provided="bits = H (m + 1) p, for H heads of width m and partial sums of p bits",
        source=source,
        note=f"INDEX on {max(0, bits):,} bits: {family}.",
    )


def induction_heads_bits(n: int, letters: int) -> Claim:
    """T = ⌊(n - 1)/2⌋: the tokens e_1 f_1 … e_T f_T ?, where e_i = ? at the place that is asked."""
    return _carries(
        (n - 1) // 2,
        Condition("an alphabet of at least 3 letters", letters >= 3),
        source=SHT_ONE_LAYER,
        family="pairs e f, and ? last; the f after an earlier ? is the answer",
    )


def acausal_hop_bits(n: int, letters: int) -> Claim:
    """T = min(⌊(n - 2)/2⌋, A - 3): the letter that is asked, T pairs of a letter and its bit, and a fixed one."""
    return _carries(
        min((n - 2) // 2, letters - 3),
        source=f"as in {SHT_ONE_LAYER}",
        family="the letter that is asked, pairs of a letter and one of two others, and a last letter",
    )


def three_sum_bits(n: int, modulus: int) -> Claim:
    """T = min(n - 2, ⌊M/2⌋ - ⌈M/3⌉ - 1): token t is y_t = ⌈M/3⌉ + t if its bit is 1, or else 1; then M - 1 - y_i, 1."""
    return _carries(
        min(n - 2, modulus // 2 - ceil_div(modulus, 3) - 1),
        source=f"as in {SHT_2023}, Theorem 7 (Match3)",
        family="numbers between M/3 and M/2 or 1, the number that makes up for one of them, and 1 last",
    )
