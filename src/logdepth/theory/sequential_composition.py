"""Sequential composition, i_l = z_l(w_l, i_{l-1}): functions come last first, so a decoder cannot begin early."""

from logdepth.theory.claim import Claim
from logdepth.theory.sources import CHEN_PENG_WU_2024


def step_by_step(k: int) -> Claim:
    """A function a layer, and one layer that fetches w_1."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": k + (k > 1), "heads": 2 if k > 1 else 1},
        source="ours, logdepth.solutions.sequences.kin",
        note=f"Causal, without blank tokens. {CHEN_PENG_WU_2024}, says the same: L + 1 layers of polylogarithmic size.",
    )


def decoders_need_width(n: int, k: int) -> Claim:
    """More than k layers, or width n^Ω(1). Source: arXiv 2412.02975."""
    return Claim(
        model="transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": "> k"},
        leading={"layers": k},
        provided="a causal mask, a constant k, and heads × width × precision at most n^(2^(-4k)) for n tokens",
        source=CHEN_PENG_WU_2024,
        note="On the family `sequential`: each step has a function of its own, and their facts come last step first."
        " Without a causal mask O(log k) layers do.",
    )
