"""T5: sequential and sub-quadratic models pay depth k for k hops, by pointer chasing on a blackboard. All for k ≥ 1."""

from logdepth.bounds.claim import Claim
from logdepth.bounds.logarithm import ceil_log2
from logdepth.bounds.sources import FOLKLORE, HSU_TALK, POINTER_CHASING, SHT_2024


def chasing_threshold(n: int, k: int) -> float:
    """n / k⁶: with messages below this order of bits, a blackboard protocol needs k rounds."""
    return n / k**6


def _hard_sequences(n: int, k: int) -> str:
    letters = f"The hard sequences use 2⌊n/2k⌋ + 2 = {2 * (n // (2 * k)) + 2} letters."
    empty = f" n/k⁶ is below 1 for n = {n}, k = {k}: this says nothing yet at this size."
    return letters if chasing_threshold(n, k) > 1 else letters + empty


def _needs_k(
    n: int, k: int, *, model: str, steps: str, threshold: str, provided: str, source: str, note: str = ""
) -> Claim:
    """k steps, or else a size of Ω(n/k⁶)."""
    return Claim(
        model=model,
        direction="lower",
        exactness="asymptotic",
        sizes={steps: k},
        leading={threshold: chasing_threshold(n, k)},
        provided=provided,
        source=source,
        note=note + _hard_sequences(n, k),
    )


def blackboard(n: int, k: int) -> Claim:
    """k players with n/k tokens each. Source: arXiv:2402.09268, Proposition E.4."""
    return _needs_k(
        n,
        k,
        model="blackboard",
        steps="rounds",
        threshold="bits",
        provided="messages of o(n/k⁶) bits; k players speak in turn, and the one with the last tokens answers",
        source=f"{SHT_2024}, Proposition E.4 ({POINTER_CHASING})",
    )


def recurrent(n: int, k: int) -> Claim:
    """Multi-layer RNN, LSTM, Mamba. Source: arXiv:2402.09268, Corollary 5.2."""
    return _needs_k(
        n,
        k,
        model="RNN / state-space model",
        steps="layers",
        threshold="bits",
        provided="a state of o(n/k⁶) bits per layer",
        source=f"{SHT_2024}, Corollary 5.2",
    )


def kernel_attention(n: int, k: int) -> Claim:
    """Performer, PolySketchFormer. Source: arXiv:2402.09268, Corollary 5.3."""
    return _needs_k(
        n,
        k,
        model="kernel attention",
        steps="layers",
        threshold="heads × width × features × precision_bits",
        provided="heads × width × features × precision_bits = o(n/k⁶)",
        source=f"{SHT_2024}, Corollary 5.3",
    )


def windowed_attention(n: int, k: int) -> Claim:
    """Longformer. Source: arXiv:2402.09268, Corollary 5.4."""
    return _needs_k(
        n,
        k,
        model="windowed attention",
        steps="layers",
        threshold="window × heads × width × precision_bits",
        provided="window × heads × width × precision_bits = o(n/k⁶), with window = w + n/(g k)",
        source=f"{SHT_2024}, Corollary 5.4",
        note="w is the radius of the window, and every g-th token is global. ",
    )


def chain_of_thought(n: int, k: int) -> Claim:
    """One layer that writes intermediate tokens. Source: arXiv:2402.09268, Corollary 5.6."""
    return _needs_k(
        n,
        k,
        model="one-layer transformer with chain of thought",
        steps="tokens",
        threshold="heads × width × precision_bits",
        provided="heads × width × precision_bits = o(n/k⁶)",
        source=f"{SHT_2024}, Corollary 5.6",
    )


def composition(n: int, k: int) -> Claim:
    """Sequential architectures on k-fold composition. Source: Hsu's talk."""
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": k},
        leading={"bits": chasing_threshold(n, k)},
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
