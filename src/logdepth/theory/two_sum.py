"""T6: pairs fit one attention layer, triples do not."""

from logdepth.theory.claim import Claim, Condition
from logdepth.theory.constant_rounds import needs_a_layer
from logdepth.theory.logarithm import log2
from logdepth.theory.sources import (
    FOLKLORE,
    HAJIAGHAYI_2019,
    HSU_TALK,
    PFAU_MERRILL_BOWMAN_2024,
    SANFORD_2024,
    SHT_2023,
    SHT_2024,
    TRIVIAL,
)


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


def a_head_for_every_residue(modulus: int) -> Claim:
    """2-SUM and 3-SUM for a small modulus."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": 1, "heads": modulus},
        source=TRIVIAL,
        note="A head for each of the M residues tells whether some number has it; a table of 2^M rows does the rest.",
    )


def two_sum_needs_a_layer(n: int, modulus: int) -> Claim:
    """Modulo 1 and 2 every number completes itself."""
    return needs_a_layer(Condition("at least 2 numbers", n > 1), Condition("a modulus of at least 3", modulus >= 3))


def three_sum_needs_a_layer(n: int, modulus: int) -> Claim:
    """Modulo 1 and 3 every number completes itself, taken three times."""
    return needs_a_layer(
        Condition("at least 2 numbers", n > 1), Condition("a modulus other than 1 and 3", modulus not in (1, 3))
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


def three_sum_on_pairs() -> Claim:
    """Match3 with a blank token for every pair."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": 2, "heads": 2},
        provided="n(n+1)/2 tokens: the n numbers and a blank one for every pair of different places",
        source=f"{TRIVIAL}; cf. {PFAU_MERRILL_BOWMAN_2024}, on filler tokens",
        note="A token for a pair looks up its two numbers, and computes the third; then every number looks for itself.",
    )


def three_sum_in_constant_depth(n: int) -> Claim:
    """T1 on the protocol. Source: arXiv:2306.02896, section 5; arXiv:2402.09268, Theorem 3.1."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(1)", "width": "O(n^0.52)"},
        leading={"width": n**0.52},
        source=f"{SHT_2024}, Theorem 3.1 (as {SANFORD_2024}, Theorem 1, improves it) on {HAJIAGHAYI_2019}",
    )


def three_sum_in_constant_rounds(n: int) -> Claim:
    """All n numbers in pieces, and the pieces by threes. Source: HajiAghayi et al. 2019."""
    return Claim(
        model="MPC",
        direction="upper",
        exactness="asymptotic",
        sizes={"rounds": "O(1)", "machines": "O(n^0.99)", "memory_words": "O(n^0.51)"},
        leading={"machines": n**0.99, "memory_words": n**0.51},
        source=HAJIAGHAYI_2019,
        note="The numbers in order are cut into g = n^0.495 blocks; O(g²) threes of blocks can hold a sum of 0, a"
        " machine for each.",
    )


def three_sum_in_one_layer(n: int, modulus: int) -> Claim:
    """Match3. Source: arXiv:2306.02896, Theorem 7."""
    return Claim(
        model="one-layer transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"heads × width × precision_bits": "Ω(n / log log n)"},
        leading={"heads × width × precision_bits": n / max(1.0, log2(log2(n)))},
        conditions=(Condition(f"a modulus of at least n + 1 = {n + 1:,}", modulus > n),),
        source=f"{SHT_2023}, Theorem 7 (Match3)",
        provided="a token for every number and no blank ones",
        note="Conjectured there of more layers: width, depth, embedding dimension or bits are n^Ω(1).",
    )


def three_sum_in_bounded_memory(n: int, modulus: int) -> Claim:
    """Bits of state that every one-pass model needs to answer at the last of n numbers.

    The first number is 0; the n - 2 after it spell any subset of min(n - 2, r) residues y with M/3 < y < M/2, filled
    up with zeros, where r counts those. The last number -y asks for y: it is matched by 0 and y, and by no others,
    since two such residues and twice one lie between 2M/3 and M, and three times one between M and 3M/2.
    """
    residues = (modulus - 1) // 2 - modulus // 3
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": max(0, min(n - 2, residues))},
        source=FOLKLORE,
        note="After a 0, the state before the last number tells apart all subsets of as many residues between M/3 and"
        " M/2, since that number may ask for each.",
    )
