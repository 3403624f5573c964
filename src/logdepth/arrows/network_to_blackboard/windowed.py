"""Attention to some tokens, or to all: the message is the tokens of a player that later tokens read.

What is on the board stays there, so a player writes its own tokens only, and reads those of all players before it. It
puts them at their places in a table of all tokens, zeros elsewhere, and runs the network's own layer: attention to a
token that is not read is exactly 0 there. So the sums are the same ones in the same order, and logits are those of the
network bit for bit where torch's kernels compute a row the same way whatever stands in the other rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from logdepth.arrows.network_to_blackboard.attention import AttentionLayers
from logdepth.arrows.network_to_blackboard.layers import to_numpy, to_tensors
from logdepth.arrows.network_to_blackboard.made import MadeOnBlackboard, made_of_layers
from logdepth.arrows.network_to_blackboard.parts import Part
from logdepth.messages import FLOATS, Bits, Form, floats
from logdepth.networks import Gpt2, Longformer, Performer, number_format
from logdepth.numerics.errors import UsageError
from logdepth.theory import blackboard_simulates_networks as claims


def make(network: Longformer, players: int) -> MadeOnBlackboard:
    claim = claims.windowed_attention(
        players=players,
        layers=network.shape.depth,
        window=network.window,
        leading=network.leading,
        width=network.shape.width,
        precision=FLOATS[number_format(network)],
    )
    return made_of_layers(TokensLayers(network, "longformer", network.window, network.leading), claim)


def make_of_all(network: Gpt2, players: int, tokens: int) -> MadeOnBlackboard:
    """A transformer: tokens read all before them. tokens: most of an input; 0: as many as it has positions."""
    if isinstance(network, Longformer | Performer):
        raise UsageError(f"a {type(network).__name__} does not read all tokens. Take the arrow of its own.")
    claim = claims.full_attention(
        players=players,
        layers=network.shape.depth,
        tokens=tokens or network.shape.positions,
        width=network.shape.width,
        precision=FLOATS[number_format(network)],
    )
    return made_of_layers(TokensLayers(network, "transformer", network.shape.positions, 0), claim)


class TokensLayers(AttentionLayers):
    """Token i reads the `window` tokens up to i, and the first `leading` ones."""

    def __init__(self, network: Gpt2, name: str, window: int, leading: int) -> None:
        super().__init__(network, name)
        self.window, self.leading, self.format = window, leading, number_format(network)

    def layer(self, number: int, part: Part, x: Tensor, before: Sequence[Bits]) -> tuple[Tensor, Bits]:
        table = part.in_table(x)
        for place, message in enumerate(before):
            written = self.written(part, place)
            table[0, written] = to_tensors(self.form(written).unpack(message))["tokens"]
        own = self.written(part, part.place)
        message = self.form(own).pack(to_numpy({"tokens": table[0, own]}))
        return part.of_table(self.network.layers[number](table, {})), message

    def written(self, part: Part, place: int) -> list[int]:
        """The tokens of the player at this place that later ones read, so that it writes them."""
        end = part.ends[place + 1]
        return [at for at in range(part.ends[place], end) if at < self.leading or at > end - self.window]

    def form(self, tokens: list[int]) -> Form:
        return Form((floats("tokens", (len(tokens), self.shape.width), self.format),))
