"""GPT-2 as its tokens see it: trained weights, as Hugging Face's `GPT2Model` keeps them, become attention layers.

LayerNorm and GELU are local functions; the mask is causal and scores are divided by √d. What the tokens are after the
last layer is the `last_hidden_state` of `GPT2Model`, final LayerNorm included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from torch import Tensor

from logdepth.arrows.transformer_to_mpc.attention_layers import Array, AttentionLayer
from logdepth.networks import check_numbers, check_settings, gpt2_weights
from logdepth.numerics.errors import UsageError, did_you_mean


def gpt2_layers(state_dict: Mapping[str, Tensor], config: Mapping[str, Any]) -> tuple[AttentionLayer, ...]:
    """The layers of a GPT-2, in float64, final LayerNorm included. Their mask is causal.

    state_dict: of `GPT2Model`, or of a model that has one inside, such as `GPT2LMHeadModel`: names before `wte.weight`
    may have a prefix, and an `lm_head` beside it has no part in the last hidden state.
    config: as in config.json or `GPT2Config.to_dict()`; `n_head` is needed, `layer_norm_epsilon` is 1e-5 by default.
    Errors: UsageError for a missing weight, a wrong shape, tensors that nothing uses, numbers that are not finite, and
    settings that we do not read.
    """
    weights = gpt2_weights(state_dict)
    check_settings(config)
    width = table(weights, "wte.weight").shape[1]
    heads = config.get("n_head")
    if not isinstance(heads, int) or heads < 1 or width % heads:
        raise UsageError(f"GPT-2 needs n_head, a whole number that divides its width {width}; got {heads!r}.")
    epsilon = float(config.get("layer_norm_epsilon", 1e-5))
    depth = 0
    while f"h.{depth}.ln_1.weight" in weights:
        depth += 1
    if depth != config.get("n_layer", depth) or depth == 0:
        raise UsageError(f"GPT-2 of {config.get('n_layer', 'one or more')} layers has weights for {depth}.")
    last = layer_norm(weights, "ln_f", width, epsilon)
    return tuple(
        gpt2_layer(weights, f"h.{i}", width, heads, epsilon, last if i == depth - 1 else None) for i in range(depth)
    )


def gpt2_embedded(state_dict: Mapping[str, Tensor], ids: Array) -> Array:
    """The tokens before the first layer, (N, width) float64, for token ids (N,).

    Errors: UsageError for ids that are not there, and for more tokens than positions.
    """
    weights = gpt2_weights(state_dict)
    vocabulary, positions = table(weights, "wte.weight"), table(weights, "wpe.weight")
    if not 1 <= len(ids) <= len(positions):
        raise UsageError(f"this GPT-2 takes 1 to {len(positions)} tokens; got {len(ids)}.")
    if np.min(ids) < 0 or np.max(ids) >= len(vocabulary):
        raise UsageError(f"this GPT-2 has token ids 0 to {len(vocabulary) - 1}; got {np.min(ids)} to {np.max(ids)}.")
    return vocabulary[ids] + positions[: len(ids)]


def weight(weights: Mapping[str, Tensor], name: str, *shape: int) -> Array:
    """One weight in float64."""
    if name not in weights:
        raise UsageError(f"this GPT-2 has no weight {name!r}. {did_you_mean(name, weights)}")
    if tuple(weights[name].shape) != shape:
        raise UsageError(f"weight {name!r} of this GPT-2 must have shape {shape}; it has {tuple(weights[name].shape)}.")
    check_numbers(name, weights[name])
    return weights[name].detach().double().cpu().numpy()


def table(weights: Mapping[str, Tensor], name: str) -> Array:
    """An embedding, (entries, width)."""
    entries = weights[name].shape[0] if name in weights and weights[name].ndim == 2 else 0
    return weight(weights, name, entries, weights["wte.weight"].shape[-1])


def gpt2_layer(
    weights: Mapping[str, Tensor],
    name: str,
    width: int,
    heads: int,
    epsilon: float,
    last: Callable[[Array], Array] | None,
) -> AttentionLayer:
    """Attention and MLP, each on a LayerNorm of its own, then what comes after the last layer."""
    head_width = width // heads
    before, between = (layer_norm(weights, f"{name}.{norm}", width, epsilon) for norm in ("ln_1", "ln_2"))
    projection = linear(weights, f"{name}.attn.c_attn", width, 3 * width)
    output = linear(weights, f"{name}.attn.c_proj", width, width)
    hidden = weights[f"{name}.mlp.c_fc.weight"].shape[-1] if f"{name}.mlp.c_fc.weight" in weights else 4 * width
    into = linear(weights, f"{name}.mlp.c_fc", width, hidden)
    out = linear(weights, f"{name}.mlp.c_proj", hidden, width)

    def project(x: Array) -> tuple[Array, Array, Array]:
        query, key, value = projection(before(x)).reshape(len(x), 3, heads, head_width).swapaxes(0, 1)
        return query / np.sqrt(head_width), key, value

    def absorb(x: Array, mixed: Array) -> Array:
        x = x + output(mixed.reshape(len(x), width))
        x = x + out(gelu_new(into(between(x))))
        return x if last is None else last(x)

    return AttentionLayer(width, heads, head_width, head_width, project, absorb)


def linear(weights: Mapping[str, Tensor], name: str, inputs: int, outputs: int) -> Callable[[Array], Array]:
    """x W + b: GPT-2 keeps W as (inputs, outputs)."""
    matrix, bias = weight(weights, f"{name}.weight", inputs, outputs), weight(weights, f"{name}.bias", outputs)
    return lambda x: x @ matrix + bias


def layer_norm(weights: Mapping[str, Tensor], name: str, width: int, epsilon: float) -> Callable[[Array], Array]:
    gain, bias = (weight(weights, f"{name}.{part}", width) for part in ("weight", "bias"))

    def normalised(x: Array) -> Array:
        centred = x - x.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon) * gain + bias

    return normalised


def gelu_new(x: Array) -> Array:
    """GELU by its tanh approximation. Source: arXiv:1606.08415, as GPT-2 uses it."""
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
