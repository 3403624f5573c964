"""Performer: the message of every head is Σ φ(k) vᵀ, Σ φ(k), and the largest exponent m of all φ so far.

The network's features are φ = e^(power − M) + 1e-6, with M the maximum over all tokens, later ones too. So it is not
quite causal, and no protocol of one pass knows M. A player's are e^(power − m) + 1e-6, with m the maximum up to its own
last token. A factor that all φ share cancels out, but the 1e-6 does not: measured in the network's unit it is up to
e^(M − m) times smaller here. So outputs differ by the order of 1e-6 of the values, divided by the mean of φ; and, as
all float32 sums in another order, by rounding. With fresh weights the mean of φ is near 1, and the difference below
1e-6. Weights trained for long may have features that are almost all near 0: then the difference is larger. It is
measured wherever a network is run so.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from logdepth.arrows.network_to_blackboard.attention import AttentionLayers
from logdepth.arrows.network_to_blackboard.layers import to_numpy, to_tensors
from logdepth.arrows.network_to_blackboard.made import MadeOnBlackboard, made_of_layers
from logdepth.arrows.network_to_blackboard.parts import Part
from logdepth.messages import FLOATS, Bits, Form, floats
from logdepth.networks import FLOOR, FavorAttention, Performer, number_format
from logdepth.theory import blackboard_simulates_networks as claims


def make(network: Performer, players: int) -> MadeOnBlackboard:
    layers = PerformerLayers(network)
    claim = claims.kernel_attention(
        players=players,
        layers=network.shape.depth,
        heads=network.shape.heads,
        features=network.features,
        value_width=layers.value_width,
        precision=FLOATS[number_format(network)],
    )
    return made_of_layers(layers, claim)


class PerformerLayers(AttentionLayers):
    def __init__(self, network: Performer) -> None:
        super().__init__(network, "performer")
        heads, format = self.shape.heads, number_format(network)
        sums = floats("sums", (heads, network.features, self.value_width + 1), format)
        self.form = Form((floats("top", (heads,), format), sums))

    def layer(self, number: int, part: Part, x: Tensor, before: Sequence[Bits]) -> tuple[Tensor, Bits]:
        layer = self.network.layers[number]
        attention = layer.attn
        assert isinstance(attention, FavorAttention), "a Performer's attention is this"
        query, key, value = attention.project(layer.ln_1(x))
        query = attention.features_of(query, (-1,))
        value = torch.cat([value, torch.ones_like(value[..., :1])], dim=-1)  # the last column counts weights
        top, state, powers = self.scaled(before, attention.powers_of(key))
        key = (powers - top[:, None, None]).exp() + FLOOR  # (1, heads, n, features)
        read = query @ state + (query @ key.transpose(-1, -2)).tril() @ value
        state = state + (key.transpose(-1, -2) @ value)[0]
        x = layer.absorb(x, read[..., :-1] / read[..., -1:])
        return x, self.form.pack(to_numpy({"top": top, "sums": state}))

    def scaled(self, before: Sequence[Bits], powers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The largest exponent (heads,) with the player's own, the sums that it reads relative to that, and powers."""
        own = powers[0].amax((-2, -1))
        if not before:
            return own, powers.new_zeros(self.form.fields[1].shape), powers
        earlier = to_tensors(self.form.unpack(before[-1]))
        top = torch.maximum(own, earlier["top"])
        return top, earlier["sums"] * (earlier["top"] - top).exp()[:, None, None], powers
