"""What networks with attention share on a blackboard: embedding, logits, and the layer around attention."""

from __future__ import annotations

from torch import Tensor

from logdepth.arrows.network_to_blackboard.layers import Layers
from logdepth.arrows.network_to_blackboard.parts import Part
from logdepth.networks import Gpt2
from logdepth.numerics.errors import UsageError


class AttentionLayers(Layers):
    def __init__(self, network: Gpt2, name: str) -> None:
        self.network, self.shape, self.name = network.eval(), network.shape, name

    def embed(self, part: Part) -> Tensor:
        """Errors: UsageError for more tokens than positions."""
        check_length(self.network, part.tokens)
        embedded: Tensor = self.network.wte(part.ids[None]) + self.network.wpe.weight[part.first : part.end]
        return embedded

    def read(self, x: Tensor) -> Tensor:
        return self.network.read(x)

    @property
    def value_width(self) -> int:
        return self.shape.width // self.shape.heads


def check_length(network: Gpt2, tokens: int) -> None:
    if tokens > network.shape.positions:
        raise UsageError(f"this network takes up to {network.shape.positions} tokens; got {tokens}. Shorten the input.")
