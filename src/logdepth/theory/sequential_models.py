"""T5: sequential and sub-quadratic models pay depth k for k hops, by pointer chasing on a blackboard. All for k ≥ 1."""

from logdepth.theory.claim import Claim, Condition
from logdepth.theory.logarithm import ceil_log2
from logdepth.theory.sources import FOLKLORE, HSU_TALK, POINTER_CHASING, SHT_2024


def chasing_threshold(n: int, k: int) -> float:
    """n / k⁶: with messages below this order of bits, a blackboard protocol needs k rounds."""
    return n / k**6


def _hard_sequences(n: int, k: int, letters: int) -> tuple[Condition, ...]:
    """The letters that the hard sequences use, and room for a message below the threshold."""
    used = 2 * (n // (2 * k)) + 2
    return (
        Condition(f"an alphabet of at least 2⌊n/2k⌋ + 2 = {used:,} letters", letters >= used),
        _room_below_the_threshold(n, k),
    )


def _room_below_the_threshold(n: int, k: int) -> Condition:
    return Condition("n/k⁶ above 1 (below, no message is small enough)", chasing_threshold(n, k) > 1)


def _needs_k(
    n: int,
    k: int,
    letters: int,
    *,
    model: str,
    steps: str,
    least: int | None = None,
    threshold: str,
    provided: str,
    source: str,
    note: str | None = None,
) -> Claim:
    """k steps, or `least`, or else a size of Ω(n/k⁶)."""
    return Claim(
        model=model,
        direction="lower",
        exactness="asymptotic",
        sizes={steps: k if least is None else least},
        leading={threshold: chasing_threshold(n, k)},
        conditions=_hard_sequences(n, k, letters),
        provided=provided,
        source=source,
        note=note,
    )


def blackboard(n: int, k: int, letters: int) -> Claim:
    """k players with n/k tokens each. Source: arXiv:2402.09268, Proposition E.4."""
    return _needs_k(
        n,
        k,
        letters,
        model="blackboard",
        steps="rounds",
        threshold="bits",
        provided="messages of o(n/k⁶) bits; k players speak in turn, and the one with the last tokens answers",
        source=f"{SHT_2024}, Proposition E.4 ({POINTER_CHASING})",
    )


def recurrent(n: int, k: int, letters: int) -> Claim:
    """Multi-layer RNN, LSTM, Mamba. Source: arXiv:2402.09268, Corollary 5.2."""
    return _needs_k(
        n,
        k,
        letters,
        model="RNN / state-space model",
        steps="layers",
        threshold="bits",
        provided="a state of o(n/k⁶) bits per layer",
        source=f"{SHT_2024}, Corollary 5.2",
    )


def kernel_attention(n: int, k: int, letters: int) -> Claim:
    """Performer, PolySketchFormer. Source: arXiv:2402.09268, Corollary 5.3."""
    return _needs_k(
        n,
        k,
        letters,
        model="kernel attention",
        steps="layers",
        threshold="heads × width × features × precision_bits",
        provided="heads × width × features × precision_bits = o(n/k⁶)",
        source=f"{SHT_2024}, Corollary 5.3",
    )


def windowed_attention(n: int, k: int, letters: int) -> Claim:
    """Longformer. Source: arXiv:2402.09268, Corollary 5.4."""
    return _needs_k(
        n,
        k,
        letters,
        model="windowed attention",
        steps="layers",
        threshold="window × heads × width × precision_bits",
        provided="window × heads × width × precision_bits = o(n/k⁶), with window = w + n/(g k)",
        source=f"{SHT_2024}, Corollary 5.4",
        note="w is the radius of the window, and every g-th token is global.",
    )


def chain_of_thought(n: int, k: int, letters: int) -> Claim:
    """One layer that writes intermediate tokens. Source: arXiv:2402.09268, Corollary 5.6."""
    return _needs_k(
        n,
        k,
        letters,
        model="one-layer transformer with chain of thought",
        steps="tokens",
        least=k - 1,
        threshold="heads × width × precision_bits",
        provided="heads × width × precision_bits = o(n/k⁶)",
        source=f"{SHT_2024}, Corollary 5.6",
        note="A model that writes t tokens answers after t + 1 rounds on the blackboard.",
    )


def composition(n: int, k: int) -> Claim:
    """Sequential architectures on k-fold composition. Source: Hsu's talk."""
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": k},
        leading={"bits": chasing_threshold(n, k)},
        conditions=(_room_below_the_threshold(n, k),),
        provided="a state of o(n/k⁶) bits per layer",
        source=f"{HSU_TALK} (informal)",
        note=f"The proven case is k-hop: {SHT_2024}, Corollary 5.2.",
    )


def recurrent_over_small_alphabet(k: int, alphabet: int) -> Claim:
    """One recurrent layer that makes k hops with a table of a row per letter.

    Row a holds hop_0, …, hop_(k-1) of the position after the latest a. At token x with left neighbour p, row p becomes
    (x, …, x) if p = x, and otherwise x followed by row x without its last entry; hop_k is then the last entry of row x.
    Entries are letters or "none".
    """
    return Claim(
        model="RNN / state-space model",
        direction="upper",
        exactness="exact",
        sizes={"layers": 1, "bits": (alphabet * k + 1) * ceil_log2(alphabet + 1)},
        source=FOLKLORE,
        note="(A k + 1)⌈log(A + 1)⌉ bits: the previous token and, for each of A letters, the answers of 0 to k-1"
        " hops from the position after its latest occurrence. Only a large alphabet makes k-hop hard for a"
        " sequential model.",
    )
