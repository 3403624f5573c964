"""What forbids: the lower bound that a network on the blackboard meets, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from logdepth.networks import ChainOfThought, Longformer, Mamba, Performer, Recurrent
from logdepth.theory import Claim, sequential_models

BOUNDS: dict[type, Callable[[int, int, int], Claim]] = {
    Recurrent: sequential_models.recurrent,
    Mamba: sequential_models.recurrent,
    Performer: sequential_models.kernel_attention,
    Longformer: sequential_models.windowed_attention,
    ChainOfThought: sequential_models.chain_of_thought,
}


def bound_for(network: Any, tokens: int, hops: int, letters: int) -> Claim | None:
    """What k hops on so many tokens need of such a network; None where no bound is known: messages may be long.

    Asymptotic, as all of these bounds: its constant is unknown, so that at no size it forbids a network.
    """
    bound = BOUNDS.get(type(network))
    return None if bound is None else bound(tokens, hops, letters)
