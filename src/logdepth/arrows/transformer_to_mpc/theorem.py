"""The theorem as a value: T2."""

from __future__ import annotations

import numpy as np

from logdepth.arrows.arrow import Arrow, Columns, MadeProtocol
from logdepth.arrows.examples import transformers
from logdepth.arrows.transformer_to_mpc.attention_layers import embed_rows, layers_of, outputs_of
from logdepth.arrows.transformer_to_mpc.protocol import TOKENS, token_records
from logdepth.arrows.transformer_to_mpc.simulation import simulate_layers
from logdepth.mpc import Memory, Protocol
from logdepth.tasks import Parameter
from logdepth.theory.mpc_simulates_transformers import PROOF
from logdepth.transformer import Transformer


def make(transformer: Transformer, rows: int, memory: int) -> MadeProtocol:
    """For tables of `rows` rows, 0: of as many as it takes."""
    layers = layers_of(transformer)
    tokens = (rows or transformer.rows) + 1
    simulation = simulate_layers(layers, transformer.width, tokens, transformer.causal, memory or None)

    def encode(columns: Columns) -> Memory:
        return token_records(embed_rows(transformer, columns))

    def decode(held: Memory) -> dict[str, np.ndarray]:
        return outputs_of(transformer, held[TOKENS]["x"])

    return MadeProtocol(simulation.protocol, simulation.claimed, encode, decode)


TRANSFORMER_TO_MPC: Arrow[Transformer, Protocol] = Arrow(
    name="transformer-to-mpc",
    source=Transformer,
    target=Protocol,
    theorem="A transformer of L attention layers on N tokens is a protocol of 2 D L rounds on about N² machines, where"
    " trees of fan-out b, which the memory allows, are D = ⌈log_b N⌉ deep.",
    proof=PROOF,
    options=(
        Parameter("rows", int, 0, 0, None, "rows of the table; 0: as many as the model takes"),
        Parameter("memory", int, 0, 0, None, "words of a machine; 0: as many as make trees of depth 2"),
    ),
    make=make,
    examples=transformers,
)
