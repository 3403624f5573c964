"""Performer: attention through random features, causal, in time linear in the tokens.

Source: arXiv 2009.14794 (FAVOR+, positive orthogonal random features).
"""

from __future__ import annotations

import torch
from torch import Tensor

from logdepth.networks.gpt2 import Attention, Gpt2
from logdepth.networks.shape import Gpt2Shape

FLOOR = 1e-6  # added to every feature, whose largest is 1
CHUNK = 32  # tokens that are compared pair by pair; what came before them is in the state


class FavorAttention(Attention):
    """exp(q · k / √d) is the mean of φ(q) φ(k) over random directions; sums over keys are then carried along.

    The state of a head after a token is Σ φ(k) vᵀ and Σ φ(k), features · (d + 1) words. Directions are drawn once, and
    are part of the state dict. It has no attention weights, so there is no dropout of them.
    """

    directions: Tensor

    def __init__(self, shape: Gpt2Shape, features: int, generator: torch.Generator | None = None) -> None:
        super().__init__(shape)
        size = shape.width // shape.heads
        self.register_buffer("directions", orthogonal_directions(shape.heads, features, size, generator))

    def features_of(self, x: Tensor, axes: tuple[int, ...]) -> Tensor:
        """φ, (B, heads, N, features), up to a factor that is constant along `axes` and cancels out."""
        powers = self.powers_of(x)
        return (powers - powers.detach().amax(axes, keepdim=True)).exp() + FLOOR

    def powers_of(self, x: Tensor) -> Tensor:
        """log φ, (B, heads, N, features)."""
        x = x / x.shape[-1] ** 0.25
        return torch.einsum("bhnd,hfd->bhnf", x, self.directions) - x.square().sum(-1, keepdim=True) / 2

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.project(x)
        query, key = self.features_of(query, (-1,)), self.features_of(key, (-2, -1))
        value = torch.cat([value, torch.ones_like(value[..., :1])], dim=-1)  # the last column counts weights
        state = torch.zeros((*key.shape[:2], key.shape[-1], value.shape[-1]), dtype=x.dtype, device=x.device)
        read = []
        for q, k, v in zip(*(part.split(CHUNK, dim=2) for part in (query, key, value)), strict=True):
            read.append(q @ state + (q @ k.transpose(-1, -2)).tril() @ v)
            state = state + k.transpose(-1, -2) @ v
        total = torch.cat(read, dim=2)
        return total[..., :-1] / total[..., -1:]

    def pattern(self, query: Tensor, key: Tensor) -> Tensor:
        weights = (self.features_of(query, (-1,)) @ self.features_of(key, (-2, -1)).transpose(-1, -2)).tril()
        return weights / weights.sum(-1, keepdim=True)

    def state_words(self, tokens: int) -> int:
        heads, features, size = self.directions.shape
        return heads * features * (size + 1)


def orthogonal_directions(heads: int, features: int, size: int, generator: torch.Generator | None) -> Tensor:
    """Directions (heads, features, size), normal each; blocks of `size` of them are at right angles."""
    blocks = -(-features // size)
    noise = torch.randn((heads, blocks, size, size), generator=generator)
    turned, upper = torch.linalg.qr(noise)
    turned = turned * upper.diagonal(dim1=-2, dim2=-1).sign()[..., None, :]  # else its last column is not uniform
    turned = turned.mT.reshape(heads, blocks * size, size)[:, :features]
    lengths = torch.randn((heads, features, size), generator=generator).norm(dim=-1, keepdim=True)
    return turned * lengths


class Performer(Gpt2):
    """A GPT-2 with the attention of a Performer."""

    def __init__(self, shape: Gpt2Shape, features: int, generator: torch.Generator | None = None) -> None:
        super().__init__(shape, generator, lambda shape: FavorAttention(shape, features, generator))
        self.features = features
