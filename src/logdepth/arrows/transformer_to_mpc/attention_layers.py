"""A transformer as its tokens see it: what each asks and offers in a layer, and what it does with the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from logdepth.arithmetic import undisturbed
from logdepth.transformer import EXACT, Block, Transformer, embed, in_float64, read

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class AttentionLayer:
    """One layer as local functions of tokens (n, width), a row each.

    `project` gives queries and keys (n, heads, key_width), scaled so that scores are their products, and values
    (n, heads, value_width); `absorb` takes tokens and what the heads mixed for them (n, heads, value_width), and gives
    the next tokens.
    """

    width: int
    heads: int
    key_width: int
    value_width: int
    project: Callable[[Array], tuple[Array, Array, Array]]
    absorb: Callable[[Array, Array], Array]

    @property
    def projected(self) -> int:
        """Numbers in the query, key and value of one token."""
        return self.heads * (2 * self.key_width + self.value_width)


@undisturbed()
def layers_of(model: Transformer) -> tuple[AttentionLayer, ...]:
    """The attention layers of a transformer of ours, in float64.

    Blocks without attention belong to the layer before them, and those before the first attention to `embedded`.
    """
    steps = in_float64(model).steps
    starts = [i for i, block in enumerate(steps) if block.attention]
    return tuple(layer_of(steps[i:j]) for i, j in pairwise([*starts, len(steps)]))


def layer_of(blocks: Sequence[Block]) -> AttentionLayer:
    attention = blocks[0].attention
    assert attention is not None, "a layer begins with its attention"
    query, key, value, output = (w.numpy() for w in (attention.query, attention.key, attention.value, attention.output))

    def project(x: Array) -> tuple[Array, Array, Array]:
        return tuple(np.einsum("nw,hwd->nhd", x, w) for w in (query, key, value))

    def absorb(x: Array, mixed: Array) -> Array:
        return local(blocks, x + np.einsum("nhe,hew->nw", mixed, output))

    return AttentionLayer(query.shape[1], attention.heads, query.shape[2], value.shape[2], project, absorb)


def local(blocks: Sequence[Block], x: Array) -> Array:
    """The ReLU layers of the blocks, one after the other."""
    for block in blocks:
        if block.mlp is not None:
            x = x + np.maximum(x @ block.mlp.into.numpy(), 0) @ block.mlp.out.numpy()
    return x


@undisturbed()
def embed_rows(model: Transformer, columns: Mapping[str, Array]) -> Array:
    """The tokens of a table before the first attention, (N + 1, width) float64."""
    double = in_float64(model)
    first = next((i for i, block in enumerate(double.steps) if block.attention), len(double.steps))
    x = embed(double, {name: values[None] for name, values in columns.items()})[0].numpy()
    return local(double.steps[:first], x)


@undisturbed()
def outputs_of(model: Transformer, tokens: Array) -> dict[str, Array]:
    """The output columns, int64 (N,), that the tokens (N + 1, width) hold after the last layer."""
    outputs = read(in_float64(model), torch.from_numpy(tokens)[None], EXACT)
    return {name: values[0] for name, values in outputs.items()}
