"""RNN, GRU, LSTM: the message is the state after a player's tokens, m numbers, or 2m of an LSTM.

A player runs torch's own layer from the state that it reads, so that logits are those of the network bit for bit. This
supposes that a row of a matrix product has the same bits wherever it stands in a table of the same shape. So RNN and
GRU run on a table of N rows, the player's first, zeros below. torch gives the cell of an LSTM after the last row only.
So an LSTM runs on the player's rows alone: bit for bit if every player has at least two tokens, for oneDNN has another
kernel for one token.
Measured on CPUs; no library promises it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from logdepth.arrows.network_to_blackboard.layers import Layers, to_numpy, to_tensors
from logdepth.arrows.network_to_blackboard.made import MadeOnBlackboard, made_of_layers
from logdepth.arrows.network_to_blackboard.parts import Part
from logdepth.messages import FLOATS, Bits, Form, floats
from logdepth.networks import KINDS, Recurrent, number_format
from logdepth.theory import blackboard_simulates_networks as claims


def make(network: Recurrent, players: int) -> MadeOnBlackboard:
    layers = RecurrentLayers(network.eval())
    claim = claims.recurrent(
        players=players,
        layers=network.shape.depth,
        width=network.shape.width,
        states=len(layers.form.fields),
        precision=FLOATS[number_format(network)],
    )
    return made_of_layers(layers, claim)


class RecurrentLayers(Layers):
    def __init__(self, network: Recurrent) -> None:
        self.network, self.shape, self.name = network, network.shape, network.kind
        names = ("state", "cell") if network.kind == "lstm" else ("state",)
        self.form = Form(tuple(floats(name, (self.shape.width,), number_format(network)) for name in names))
        self.layers = [single_layer(network.layers, network.kind, number) for number in range(self.shape.depth)]

    def embed(self, part: Part) -> Tensor:
        embedded: Tensor = self.network.embedding(part.ids[None])
        return embedded

    def layer(self, number: int, part: Part, x: Tensor, before: Sequence[Bits]) -> tuple[Tensor, Bits]:
        state = self.state_in(before[-1]) if before else None
        if self.network.kind == "lstm":
            x, (hidden, cell) = self.layers[number](x, state)
            return x, self.form.pack(to_numpy({"state": hidden[0, 0], "cell": cell[0, 0]}))
        below = x.new_zeros(1, part.tokens - len(part.ids), self.shape.width)
        x = self.layers[number](torch.cat([x, below], dim=1), state)[0][:, : len(part.ids)]
        return x, self.form.pack(to_numpy({"state": x[0, -1]}))

    def state_in(self, message: Bits) -> Tensor | tuple[Tensor, ...]:
        """As torch's layer takes it: (1, 1, width), or a pair of them."""
        parts = [values[None, None] for values in to_tensors(self.form.unpack(message)).values()]
        return tuple(parts) if len(parts) > 1 else parts[0]

    def read(self, x: Tensor) -> Tensor:
        x = self.network.norm(x)
        return x if self.network.head is None else self.network.head(x)


def single_layer(layers: nn.RNNBase, kind: str, number: int) -> nn.RNNBase:
    """One layer of a stack, with its weights."""
    width = layers.hidden_size
    with torch.device("meta"):
        layer = KINDS[kind](width, width, 1, batch_first=True)
    weights = {name: getattr(layers, name.replace("_l0", f"_l{number}")) for name, _ in layer.named_parameters()}
    layer.load_state_dict(weights, assign=True)
    return layer.eval()
