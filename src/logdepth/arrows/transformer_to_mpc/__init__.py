"""T2: a transformer becomes an MPC protocol of 2 D L rounds, D = ⌈log_b N⌉, with about N² machines."""

from logdepth.arrows.transformer_to_mpc.attention_layers import AttentionLayer, embedded, layers_of, outputs_of
from logdepth.arrows.transformer_to_mpc.protocol import (
    TOKENS,
    Trees,
    sizes,
    token_records,
    transformer_to_mpc,
    trees_for,
)
from logdepth.arrows.transformer_to_mpc.simulation import Simulation, simulate_layers
from logdepth.arrows.transformer_to_mpc.theorem import TRANSFORMER_TO_MPC

__all__ = [
    "TOKENS",
    "TRANSFORMER_TO_MPC",
    "AttentionLayer",
    "Simulation",
    "Trees",
    "embedded",
    "layers_of",
    "outputs_of",
    "simulate_layers",
    "sizes",
    "token_records",
    "transformer_to_mpc",
    "trees_for",
]
