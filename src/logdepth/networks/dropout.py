"""Dropout whose random numbers cost little on a CPU: 16 bits an entry, four entries from one draw of the generator."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

STEPS = 2**16


def drop(x: Tensor, probability: float, training: bool) -> Tensor:
    """Dropout as PyTorch's in distribution, the probability rounded to a multiple of 2^-16; draws from its generator.

    On a CPU PyTorch draws a double for every entry, which is a fifth of a training step of a small GPT-2.
    """
    if not training or probability == 0.0:
        return x
    if x.device.type != "cpu":
        return functional.dropout(x, probability)
    threshold = round(probability * STEPS)
    words = torch.empty((x.numel() + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
    kept = words.view(torch.int16)[: x.numel()].view(x.shape) >= threshold - STEPS // 2
    return x * kept * (STEPS / (STEPS - threshold))
