"""T2: a transformer becomes an MPC protocol of 2 D L rounds, D = ⌈log_b N⌉, with about N² machines."""

from logdepth.arrows.transformer_to_mpc.attention_layers import AttentionLayer, embed_rows, layers_of, outputs_of
from logdepth.arrows.transformer_to_mpc.gpt2 import gpt2_embedded, gpt2_layers
from logdepth.arrows.transformer_to_mpc.plan import words_per_child
from logdepth.arrows.transformer_to_mpc.protocol import TOKENS, Trees, sizes, token_records, transformer_to_mpc
from logdepth.arrows.transformer_to_mpc.simulation import Simulation, simulate_layers

__all__ = [
    "TOKENS",
    "AttentionLayer",
    "Simulation",
    "Trees",
    "embed_rows",
    "gpt2_embedded",
    "gpt2_layers",
    "layers_of",
    "outputs_of",
    "simulate_layers",
    "sizes",
    "token_records",
    "transformer_to_mpc",
    "words_per_child",
]
