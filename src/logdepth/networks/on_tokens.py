"""What the networks on tokens share: ids (B, N) to logits (B, N, classes), and how they run as a computation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from logdepth.networks.shape import Gpt2Shape


class OnTokens(nn.Module):
    """A network from ids to logits."""

    shape: Gpt2Shape

    @property
    def name(self) -> str:
        """In a few words, as "lstm, depth 3, width 16"."""
        kind = getattr(self, "kind", type(self).__name__.lower())
        return f"{kind}, depth {self.shape.depth}, width {self.shape.width}"

    def run(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """As a computation: the column `token`, ids (N,) from 0, to `logits`, (N, classes), in evaluation mode."""
        self.eval()
        with torch.no_grad():
            logits = self(torch.as_tensor(columns["token"])[None])
        return {"logits": logits[0].numpy()}
