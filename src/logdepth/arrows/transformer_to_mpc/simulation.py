"""The attention layers of a transformer as a protocol: its machines, its memory and its claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logdepth.arrows.transformer_to_mpc.attention_layers import Array, AttentionLayer
from logdepth.arrows.transformer_to_mpc.plan import memory_for_depth_two, our_protocol
from logdepth.arrows.transformer_to_mpc.protocol import (
    TOKENS,
    Trees,
    protocol_on,
    sizes,
    token_records,
    trees_for,
)
from logdepth.mpc import Progress, Protocol, Run, Watch, run_locally
from logdepth.theory import Claim


@dataclass(frozen=True, eq=False)
class Simulation:
    """T2 for layers on so many tokens: who sends to whom, the protocol, and what is claimed for it."""

    trees: Trees
    protocol: Protocol
    claimed: Claim

    def run(self, x: Array, watch: Watch | None = None, progress: Progress | None = None) -> tuple[Array, Run]:
        """Tokens (N, width) after all layers, and what it cost. watch, progress: as by `run_locally`."""
        run = run_locally(self.protocol, token_records(x), watch, progress=progress)
        return run.memory[TOKENS]["x"], run


def simulate_layers(
    layers: Sequence[AttentionLayer], width: int, tokens: int, causal: bool, memory: int | None = None
) -> Simulation:
    """memory: by default as much as trees of depth 2 take. Errors: as of `transformer_to_mpc`."""
    _, projected = sizes(layers)
    if memory is None:
        memory = memory_for_depth_two(width, projected, tokens)
    trees = trees_for(layers, tokens, causal, memory)
    claim = our_protocol(layers=len(layers), width=width, projected=projected, tokens=tokens, memory=memory)
    return Simulation(trees, protocol_on(trees, layers, memory), claim)
