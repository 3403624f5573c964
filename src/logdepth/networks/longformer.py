"""Longformer: attention to the latest tokens, and to the first ones.

Hugging Face's LongformerModel reads both ways, and these tasks are causal; so this is the same pattern of attention
with a causal mask. It saves no time, because the mask is applied to all pairs. Source: arXiv 2004.05150.
"""

from __future__ import annotations

import torch
from torch import Tensor

from logdepth.networks.dropout import drop
from logdepth.networks.gpt2 import Attention, Gpt2
from logdepth.networks.shape import Gpt2Shape


class WindowedAttention(Attention):
    """Token i reads the `window` tokens up to i, and the first `leading` tokens, which are global."""

    def __init__(self, shape: Gpt2Shape, window: int, leading: int = 1) -> None:
        super().__init__(shape)
        self.window, self.leading = window, leading

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.project(x)
        return drop(self.pattern(query, key), self.dropout, self.training) @ value

    def visible(self, tokens: int, device: torch.device) -> Tensor:
        causal = super().visible(tokens, device)
        near = causal.triu(1 - self.window)
        near[:, : self.leading] = causal[:, : self.leading]
        return near

    def state_words(self, tokens: int) -> int:
        return super().state_words(min(tokens, self.window - 1 + self.leading))


class Longformer(Gpt2):
    """A GPT-2 whose tokens read a window, and the first token: the one that says what is asked."""

    def __init__(self, shape: Gpt2Shape, window: int, generator: torch.Generator | None = None) -> None:
        super().__init__(shape, generator, lambda shape: WindowedAttention(shape, window))
        self.window, self.leading = window, 1
