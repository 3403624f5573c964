"""T5, its upper half: a network is players on a blackboard, one round a layer; what its tokens pass on is a message.

Players have neighbouring tokens. What later tokens need of a layer, a player writes; p is the bits of a number. So a
network with a short state is a protocol with short messages, and what forbids the protocol forbids the network.
Source: arXiv:2402.09268, Corollaries 5.2 to 5.6.
"""

from logdepth.theory.claim import Claim
from logdepth.theory.sources import SHT_2024


def recurrent(*, players: int, layers: int, width: int, states: int, precision: int) -> Claim:
    """RNN, GRU (1 state a layer), LSTM (2: state and cell). Source: arXiv:2402.09268, Corollary 5.2."""
    return rounds_of_numbers(players, layers, states * width, precision, "Corollary 5.2")


def mamba(*, players: int, layers: int, inner: int, state: int, convolution: int, precision: int) -> Claim:
    """Of every inner channel, its state and what its convolution needs. Source: arXiv:2402.09268, Corollary 5.2."""
    return rounds_of_numbers(players, layers, inner * (state + convolution - 1), precision, "Corollary 5.2")


def kernel_attention(
    *, players: int, layers: int, heads: int, features: int, value_width: int, precision: int
) -> Claim:
    """Of every head, Σ φ(k) vᵀ, Σ φ(k), and the maximum that scales φ. Source: arXiv:2402.09268, Corollary 5.3."""
    numbers = heads * (features * (value_width + 1) + 1)
    return rounds_of_numbers(
        players,
        layers,
        numbers,
        precision,
        "Corollary 5.3",
        "One number of every head is the largest exponent so far: features travel relative to it.",
    )


def windowed_attention(*, players: int, layers: int, window: int, leading: int, width: int, precision: int) -> Claim:
    """Token i reads the `window` tokens up to i, and the first `leading`. Source: arXiv:2402.09268, Corollary 5.4."""
    return rounds_of_numbers(
        players,
        layers,
        (window - 1 + leading) * width,
        precision,
        "Corollary 5.4",
        "The corollary counts (w + N/gk) m H p bits; but heads read the same tokens, so that H does not count. A causal"
        " window with its own token passes on one token less than its width.",
    )


def full_attention(*, players: int, layers: int, tokens: int, width: int, precision: int) -> Claim:
    """A player writes all its tokens: no short messages, and no bound that forbids the network. Source: trivial."""
    share = -(-tokens // players)
    return rounds_of_numbers(
        players, layers, share * width, precision, "section 5", "The bounds forbid short messages only."
    )


def chain_of_thought(*, players: int, thoughts: int, heads: int, value_width: int, precision: int) -> Claim:
    """One layer: of every head, max s, Σ e^(s - max) and Σ e^(s - max) v. Source: arXiv:2402.09268, Corollary 5.6."""
    return rounds_of_numbers(
        players,
        thoughts + 1,
        heads * (value_width + 2),
        precision,
        "Corollary 5.6",
        "A round for every thought, and one for the answer. So k rounds need k - 1 thoughts; the corollary prints k.",
        provided="the last token of the input, whose query is the first, is known to all players",
    )


def rounds_of_numbers(
    players: int,
    rounds: int,
    numbers: int,
    precision: int,
    corollary: str,
    note: str | None = None,
    provided: str | None = None,
) -> Claim:
    """A message is so many numbers."""
    return Claim(
        model="blackboard",
        direction="upper",
        exactness="exact",
        sizes={"players": players, "rounds": rounds, "bits": numbers * precision},
        source=f"{SHT_2024}, {corollary}",
        note=note,
        provided=provided,
    )


def message_passing(*, layers: int, message_width: int, precision: int, bits: int) -> Claim:
    """A layer sends a vector along every edge in each direction; B = `bits` of it fit into a round of CONGEST.

    Source: arXiv:2402.09268, section 5.1; arXiv:1907.03199.
    """
    message = message_width * precision
    return Claim(
        model="GNN / CONGEST",
        direction="upper",
        exactness="exact",
        sizes={"rounds": layers * -(-message // bits), "bits": bits},
        source=f"{SHT_2024}, section 5.1",
        note=f"A layer sends {message} bits along every edge, in each direction.",
    )
