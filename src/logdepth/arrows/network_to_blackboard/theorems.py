"""The theorems as values, an arrow for every kind of network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from logdepth.arrows.arrow import Arrow, Computation, Example, Made
from logdepth.arrows.network_to_blackboard import (
    chain_of_thought,
    examples,
    mamba,
    performer,
    recurrent,
    windowed,
)
from logdepth.messages import BlackboardProtocol
from logdepth.networks import ChainOfThought, Gpt2, Longformer, Mamba, Performer, Recurrent
from logdepth.tasks import Parameter
from logdepth.theory.sources import SHT_2024

ROUNDING = 1e-6
"""How far float32 logits of the examples, which are below 1, may be from the network's: 16 units of their last place,
2^-24 each, for sums in another order. In float64 the differences are 2^-29 times as large (a test). Networks that were
trained have larger logits, and so larger differences: `play` measures them, and the network's own rounding too."""

PLAYERS = Parameter("players", int, 4, 1, None, "players on the blackboard")


N = TypeVar("N", bound=Computation)


def arrow_to_blackboard(
    name: str,
    source: type[N],
    *,
    theorem: str,
    proof: str,
    make: Callable[..., Made[BlackboardProtocol]],
    examples: Callable[[], Iterable[Example[N]]],
    options: tuple[Parameter, ...] = (),
    within: float = ROUNDING,
) -> Arrow[N, BlackboardProtocol]:
    """options: beside the number of players, which all of them take."""
    return Arrow(
        name=name,
        source=source,
        target=BlackboardProtocol,
        theorem=theorem,
        proof=proof,
        options=(PLAYERS, *options),
        within=within,
        make=make,
        examples=examples,
    )


RECURRENT_TO_BLACKBOARD = arrow_to_blackboard(
    "recurrent-to-blackboard",
    Recurrent,
    theorem="An RNN or GRU of L layers of width m is k players who write for L rounds, in each the state of one layer:"
    " m p bits a message, 2 m p of an LSTM. Outputs are the same bit for bit, those of an LSTM where each"
    " player has at least two tokens.",
    proof=f"{SHT_2024}, Corollary 5.2",
    within=0,
    make=recurrent.make,
    examples=examples.recurrent,
)

MAMBA_TO_BLACKBOARD = arrow_to_blackboard(
    "mamba-to-blackboard",
    Mamba,
    theorem="A Mamba of L layers is k players who write for L rounds: d (state + conv − 1) p bits a message, with d"
    " inner channels.",
    proof=f"{SHT_2024}, Corollary 5.2",
    make=mamba.make,
    examples=examples.mamba,
)

PERFORMER_TO_BLACKBOARD = arrow_to_blackboard(
    "performer-to-blackboard",
    Performer,
    theorem="A Performer of L layers, H heads and r features is k players who write for L rounds: H (r (m_h + 1) + 1) p"
    " bits a message. Features are scaled by the maximum so far, for no player knows that of later tokens.",
    proof=f"{SHT_2024}, Corollary 5.3",
    make=performer.make,
    examples=examples.performer,
)

LONGFORMER_TO_BLACKBOARD = arrow_to_blackboard(
    "longformer-to-blackboard",
    Longformer,
    theorem="A causal Longformer of L layers, window w and g leading tokens is k players who write for L rounds:"
    " (w − 1 + g) m p bits a message, however many heads it has.",
    proof=f"{SHT_2024}, Corollary 5.4",
    make=windowed.make,
    examples=examples.longformer,
)

ATTENTION_TO_BLACKBOARD = arrow_to_blackboard(
    "attention-to-blackboard",
    Gpt2,
    theorem="A transformer of L layers on N tokens is k players who write for L rounds, but all their tokens:"
    " ⌈N/k⌉ m p bits a message. No bound forbids messages so long.",
    proof="its own folder",
    options=(Parameter("tokens", int, 0, 0, None, "most tokens of an input; 0: as many as the network has positions"),),
    make=windowed.make_of_all,
    examples=examples.attention,
)

CHAIN_OF_THOUGHT_TO_BLACKBOARD = arrow_to_blackboard(
    "thoughts-to-blackboard",
    ChainOfThought,
    theorem="One layer of H heads that writes T thoughts is k players who write for T + 1 rounds: H (m_h + 2) p bits a"
    " message, if all know the last token of the input.",
    proof=f"{SHT_2024}, Corollary 5.6",
    make=chain_of_thought.make,
    examples=examples.thinking,
)

ARROWS_TO_BLACKBOARD = (
    RECURRENT_TO_BLACKBOARD,
    MAMBA_TO_BLACKBOARD,
    PERFORMER_TO_BLACKBOARD,
    LONGFORMER_TO_BLACKBOARD,
    ATTENTION_TO_BLACKBOARD,
    CHAIN_OF_THOUGHT_TO_BLACKBOARD,
)
