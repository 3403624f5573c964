"""Mamba: the message is the state of every channel, and the inputs that its convolution still needs.

Players compute token by token, the network all tokens of a layer at once: the same sums, some in another order.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from logdepth.arrows.network_to_blackboard.layers import Layers, to_numpy, to_tensors
from logdepth.arrows.network_to_blackboard.made import MadeOnBlackboard, made_of_layers
from logdepth.arrows.network_to_blackboard.parts import Part
from logdepth.messages import FLOATS, Bits, Form, floats
from logdepth.networks import Mamba, mamba_step, number_format
from logdepth.theory import blackboard_simulates_networks as claims


def make(network: Mamba, players: int) -> MadeOnBlackboard:
    config = network.layers.config
    claim = claims.mamba(
        players=players,
        layers=network.shape.depth,
        inner=config.intermediate_size,
        state=network.state,
        convolution=config.conv_kernel,
        precision=FLOATS[number_format(network)],
    )
    return made_of_layers(MambaLayers(network.eval()), claim)


class MambaLayers(Layers):
    def __init__(self, network: Mamba) -> None:
        self.model, self.head, self.shape, self.name = network.layers, network.head, network.shape, "mamba"
        config, format = self.model.config, number_format(network)
        sizes = {"inputs": config.conv_kernel - 1, "states": network.state}
        self.form = Form(tuple(floats(name, (config.intermediate_size, n), format) for name, n in sizes.items()))

    def embed(self, part: Part) -> Tensor:
        embedded: Tensor = self.model.embeddings(part.ids[None])
        return embedded

    def layer(self, number: int, part: Part, x: Tensor, before: Sequence[Bits]) -> tuple[Tensor, Bits]:
        layer = self.model.layers[number]
        inputs, states = self.state_in(before, x)
        added = []
        for token in layer.norm(x)[0]:
            out, (inputs, states) = mamba_step(layer.mixer, token[None], inputs, states)
            added.append(out)
        message = self.form.pack(to_numpy({"inputs": inputs[0], "states": states[0]}))
        return x + torch.cat(added)[None], message

    def state_in(self, before: Sequence[Bits], near: Tensor) -> list[Tensor]:
        """Of a batch of one; zeros where nothing came before."""
        if not before:
            return [near.new_zeros(1, *field.shape) for field in self.form.fields]
        return [values[None] for values in to_tensors(self.form.unpack(before[-1])).values()]

    def read(self, x: Tensor) -> Tensor:
        x = self.model.norm_f(x)
        return x if self.head is None else self.head(x)
