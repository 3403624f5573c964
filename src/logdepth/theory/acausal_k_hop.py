"""Acausal k-hop: hops go forward, so that under a causal mask no token can resolve a hop before the end."""

from logdepth.theory.claim import Claim
from logdepth.theory.k_hop import hop_layers
from logdepth.theory.logarithm import ceil_log2
from logdepth.theory.sources import CHEN_PENG_WU_2024, FOLKLORE, SANFORD_TALK, SHT_2024, TRIVIAL


def acausal_hop_by_hop(k: int) -> Claim:
    """One hop per layer."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": k + 1, "heads": 2 if k else 1},
        source=TRIVIAL,
        note="Causal. Layer 1 fetches the previous token and the first; then the reading token makes one hop per"
        " layer.",
    )


def acausal_all_hops_at_once(alphabet: int) -> Claim:
    """Two layers for every k, with one head per letter."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": 2, "heads": max(2, alphabet)},
        source=TRIVIAL,
        note="Causal. An acausal hop depends on the letter alone: layer 2 fetches, with a head per letter, the token"
        " after its last occurrence, and an MLP (not bounded) composes. So depth Ω(k) can hold only for narrow"
        " models over large alphabets.",
    )


def acausal_needs_depth(k: int) -> Claim:
    """Depth Ω(k) under a causal mask: expected, not proven for this task."""
    return Claim(
        model="transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": "Ω(k)"},
        leading={"layers": k},
        provided="a causal mask, a large alphabet, and heads × width small",
        conditional_on="no published proof for this task",
        source=f"{SANFORD_TALK} (announces a draft of a proof)",
        note=f"Proven for a relative ({CHEN_PENG_WU_2024}): for constant L, a decoder of L layers needs n^Ω(1) width"
        " to compose L functions in sequence, while L + 1 layers of polylogarithmic size suffice.",
    )


def acausal_without_mask(k: int) -> Claim:
    """Logarithmic depth, if tokens may look ahead."""
    return Claim(
        model="transformer without a causal mask",
        direction="upper",
        exactness="exact",
        sizes={"layers": hop_layers(k) + 1, "heads": 1},
        source=f"{FOLKLORE} (pointer doubling, as in {SHT_2024}, Theorem 4.2)",
        note="Every token finds its hop ahead and doubles it; the last layer carries the answer from the first token"
        " to the last.",
    )


def acausal_in_bounded_memory(alphabet: int) -> Claim:
    """One recurrent layer for every k."""
    return Claim(
        model="RNN / state-space model",
        direction="upper",
        exactness="exact",
        sizes={"layers": 1, "bits": (alphabet + 2) * ceil_log2(alphabet + 1)},
        source=FOLKLORE,
        note="Keeps the first token, the previous token and, for each of A letters, the token after its last"
        " occurrence.",
    )
