"""T4: one layer cannot do induction heads, by reduction from INDEX."""

from math import floor, log2

from logdepth.theory.claim import Claim, Condition
from logdepth.theory.sources import SHT_2023, SHT_ONE_LAYER


def index_bits(n: int) -> int:
    """T, the bits of INDEX that n = 2T + 1 tokens hold: (e_1, f_1, …, e_T, f_T, ?), where e_i = ? only at i = i*."""
    return (n - 1) // 2


def induction_heads_in_one_layer(n: int, letters: int) -> Claim:
    """One layer needs size Ω(n). Source: arXiv:2408.14332."""
    return Claim(
        model="one-layer transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"heads × width × precision_bits": "Ω(n)"},
        leading={"heads × width × precision_bits": n},
        conditions=(Condition("an alphabet of at least 3 letters", letters >= 3),),
        source=SHT_ONE_LAYER,
        note=f"INDEX on T = ⌊(n-1)/2⌋ = {index_bits(n)} bits costs T bits one way, and Alice's message is h (m + 1)"
        " numbers of p bits: her partial sums of every softmax.",
    )


def induction_heads_in_bounded_memory(n: int, alphabet: int) -> Claim:
    """Bits of state that every one-pass model needs, all layers together.

    Write t distinct letters, each followed by one of two further letters, then ask for one of the t: the state before
    the question tells all 2^t cases apart. This takes 2t + 1 ≤ n tokens and t + 2 letters.
    """
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": max(0, min(index_bits(n), alphabet - 2))},
        source=f"{SHT_2023}, by INDEX",
        note="min(⌊(n-1)/2⌋, A-2): the state before the last token tells apart all ways to follow that many letters"
        " by one of two others. Ω(n) bits need an alphabet of Ω(n) letters.",
    )


def recall_in_bounded_memory(pairs: int, keys: int, values: int) -> Claim:
    """Bits of state that every one-pass model needs, all layers together: T = min(pairs, keys) keys that differ, each
    with any value, differ in the answer to some question that may follow."""
    count = min(pairs, keys)
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": floor(count * log2(values))},
        source=f"{SHT_2023}, by INDEX",
        note=f"{count:,} keys that differ have any of {values:,} values each, and the state before the question has to"
        " tell all cases apart.",
    )
