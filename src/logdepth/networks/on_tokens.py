"""What the networks on tokens share: ids (B, N) to logits (B, N, classes), and how they run as a computation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn


class OnTokens(nn.Module):
    """A network from ids to logits."""

    def run(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """As a computation: the column `token`, ids (N,) from 0, to `logits`, (N, classes), in evaluation mode."""
        self.eval()
        with torch.no_grad():
            logits = self(torch.as_tensor(columns["token"])[None])
        return {"logits": logits[0].numpy()}
