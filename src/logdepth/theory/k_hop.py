"""T3: k-hop in logarithmic depth, and k-fold composition by the same doubling."""

from logdepth.theory.claim import Claim, Condition
from logdepth.theory.logarithm import ceil_log2, count_digits, floor_log2, log2
from logdepth.theory.scalable_mpc import scalable_mpc
from logdepth.theory.sources import FOLKLORE, HSU_TALK, ONE_VERSUS_TWO_CYCLES, SHT_2024, TRIVIAL

DIGIT_BASE = 4
"""Of the positions that heads compare digit by digit."""


def doubling_layers(k: int) -> int:
    """Look-ups that turn (find^0, find^1) into (find^(k-1), find^k), k ≥ 1: one per bit of k - 1, which is ⌈log k⌉.

    Position i holds (find^a(i), find^(a+1)(i)), from a = 0 on. Each layer reads one bit b of k - 1, from the top, and
    looks up the pair held at find^(a+b)(i): that gives find^(2a+b)(i) and find^(2a+b+1)(i). The bits end at a = k - 1.
    """
    return ceil_log2(k)


def hop_layers(k: int) -> int:
    """Attention layers that suffice for hop_k: 2 + ⌈log k⌉, and none for hop_0."""
    return 2 + doubling_layers(k) if k else 0


def k_hop_depth(k: int) -> Claim:
    """Layers and heads, for every length. Source: arXiv:2402.09268, Theorem 4.2, with the count of Hsu's talk."""
    if k == 0:
        return Claim(
            model="transformer",
            direction="upper",
            exactness="exact",
            sizes={"layers": 0, "heads": 0},
            source=TRIVIAL,
            note="hop_0 is the token itself.",
        )
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": hop_layers(k), "heads": 1},
        source=f"{HSU_TALK}; {SHT_2024}, Theorem 4.2",
        note=f"Causal. 2 + ⌈log k⌉ is what the scheme gives. The paper prints ⌊log k⌋ + 2 = {k.bit_length() + 1}, but"
        " its induction step looks up find^(2^(ℓ-2)) where bit ℓ-1 of k weighs 2^(ℓ-1), and so ends at find^⌈k/2⌉."
        " The two counts agree at powers of two. For other k, ⌊log k⌋ + 2 layers suffice with more heads; with one"
        " head of width O(1) it is open.",
    )


def shallow_hop_layers(k: int) -> int:
    """Attention layers that suffice for hop_k with a head for every digit of a position: 2 + ⌊log k⌋."""
    return 2 + floor_log2(k) if k else 0


def k_hop_with_more_heads(n: int, k: int) -> Claim:
    """2 + ⌊log k⌋ layers, with a head for every digit of a position."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": shallow_hop_layers(k), "heads": count_digits(n, DIGIT_BASE)},
        conditions=(Condition("k is no power of two: there one head has as few layers", k & (k - 1) != 0),),
        source="ours, proved in logdepth.solutions.sequences.shallow_k_hop",
        note="Causal. A position keeps find^r and the letter there, for the binary prefixes r of k. At a bit 1 it reads"
        " the last position up to find^r whose letter before is that letter: a head for every digit of find^r in base"
        f" {DIGIT_BASE}. Larger digits take fewer and wider heads: one head of width O(n) does. With one head of width"
        " O(1) it is open.",
    )


def k_hop_width(n: int, letters: int) -> Claim:
    """Width and precision of that transformer."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"width": "O(1)", "precision_bits": "O(log n)"},
        leading={"precision_bits": log2(n)},
        conditions=(Condition("an alphabet of at most n letters", letters <= n),),
        source=f"{SHT_2024}, Theorem 4.2",
        note=f"{HSU_TALK}, says width O(log n). The MLPs are not bounded.",
    )


def k_hop_needs_log_depth(n: int, k: int, letters: int) -> Claim:
    """Ω(log k) layers, under the cycle conjecture. Source: arXiv:2402.09268, Corollary 4.3."""
    tokens = 9 * k * k // 2 + 1
    return Claim(
        model="transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": "Ω(log k)"},
        leading={"layers": log2(k)},
        conditions=(
            Condition("k is even", k % 2 == 0),
            Condition(f"an alphabet of at least k + 3 = {k + 3:,} letters", letters >= k + 3),
            Condition(f"n of at least 9k²/2 + 1 = {tokens:,} tokens", n >= tokens),
        ),
        provided="heads × width = O(k^(1-ε)) for a constant ε > 0, and k = Θ(n^ξ), 0 < ξ ≤ 1/2",
        conditional_on=ONE_VERSUS_TWO_CYCLES,
        source=f"{SHT_2024}, Corollary 4.3",
        note="Its reduction writes a graph of one or two cycles, k edges in all, as 9k²/2 + 1 tokens over k + 3"
        " letters.",
    )


def mpc_doubles(k: int) -> Claim:
    """Pointer doubling in MPC: O(1/δ) rounds for a look-up of many rows at once."""
    return scalable_mpc(
        "O(log k)",
        leading=log2(k),
        source=f"{FOLKLORE} (pointer doubling)",
        note="A look-up by many rows is a sort and a broadcast, O(1/δ) rounds.",
    )


def relations_depth(k: int) -> Claim:
    """What k relations lead to, one after another, from one name: the question is in the table."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": 3 + doubling_layers(max(k, 1)), "heads": 1},
        source=(
            f"{FOLKLORE} (pointer doubling), on a blank row for every name and step: "
            "ours, logdepth.solutions.sequences.kin"
        ),
        note="Two layers find the next row of every name and step, the last reads the answer.",
    )


def composition_depth(k: int) -> Claim:
    """k-fold composition: the scheme of T3 without the two layers that find the first hop."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": doubling_layers(max(k, 1)), "heads": 1 if k > 1 else 0},
        source=f"{FOLKLORE} (pointer doubling, as in {SHT_2024}, Theorem 4.2)",
        note="Row i starts with (i, f(i)) and looks up the pair at one of the two, by the bits of k - 1 from the top.",
    )


def composition_needs_log_depth(n: int, k: int) -> Claim:
    """Ω(log k) layers for k-fold composition, under the cycle conjecture."""
    return Claim(
        model="transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": "Ω(log k)"},
        leading={"layers": log2(k)},
        conditions=(Condition(f"n of at least 4k = {4 * k:,} rows", n >= 4 * k),),
        provided="heads × width = O(k^(1-ε)) for a constant ε > 0, and n is polynomial in k",
        conditional_on=ONE_VERSUS_TWO_CYCLES,
        source=f"{HSU_TALK} (log k layers suffice and are probably necessary); {SHT_2024}, as in Corollary 4.3",
        note="Rows are the 4k arcs of a graph of 2k edges, and f is the next arc: f^k is the identity on two cycles"
        " of k edges and moves every arc of one cycle of 2k edges.",
    )
