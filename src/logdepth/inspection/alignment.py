"""How well what a head reads agrees with a hop: find^j of arXiv 2402.09268, section 4.

The alignment of attention weights A (T, T) with find^j is ⟨A, F⟩ / √(ΣF · ΣA²), where F[i, find^j(i)] = 1 where it is
defined and everything else is 0; the mean over sequences is reported. A head that does nothing but find^j reaches
√(share of tokens where it is defined), as what it reads elsewhere counts too. The share is the mean attention weight on
find^j(i) over the tokens i that have one: 1 for such a head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from logdepth.learn.samplers import find
from logdepth.numerics.errors import UsageError

FIRST, PREVIOUS = "first token", "previous"
"""What else heads read: the token in front, which asks (the start token of compiled models), and the left neighbour."""

NOWHERE = -1


@dataclass(frozen=True)
class Alignment:
    """Of every head with every target; (layers · heads, targets) each, heads in order of layer."""

    alignment: np.ndarray
    share: np.ndarray


def target_names(most: int) -> tuple[str, ...]:
    """`first token`, `previous`, then find^0 (the token itself) to find^most."""
    return (FIRST, PREVIOUS, *(f"find^{j}" for j in range(most + 1)))


def targets(letters: Tensor, count: int, most: int) -> Tensor:
    """For letters (B, N): the token that each target has for each of T = N + 1 tokens, (B, targets, T).

    Token 0 stands in front of the letters; NOWHERE where a target has none.
    """
    rows, length = letters.shape
    step = find(letters, count)  # (B, N + 1), 0 for none
    place = torch.arange(length + 1).expand(rows, -1)
    first = torch.zeros_like(place)
    previous = torch.where(place >= 2, place - 1, NOWHERE)
    hops, at = [], place
    for _ in range(most + 1):
        hops.append(torch.where(at > 0, at, NOWHERE))
        at = step.gather(1, at)
    return torch.stack([first, previous, *hops], dim=1)


def align(patterns: Sequence[Tensor], wanted: Tensor) -> Alignment:
    """Attention weights, one (B, heads, T, T) a layer, against targets (B, targets, T)."""
    heads = torch.cat(list(patterns), dim=1).double()  # (B, all heads, T, T)
    if heads.shape[-1] != wanted.shape[-1] or len(heads) != len(wanted):
        raise UsageError(f"attention of shape {tuple(heads.shape)} has no targets of shape {tuple(wanted.shape)}.")
    index = wanted.clamp(min=0).transpose(1, 2)[:, None].expand(-1, heads.shape[1], -1, -1)
    there = (wanted != NOWHERE)[:, None]  # (B, 1, targets, T)
    on_target = heads.gather(3, index).transpose(2, 3) * there  # (B, heads, targets, T)
    defined = there.sum(-1).double()  # (B, 1, targets)
    product, energy = on_target.sum(-1), heads.square().sum((2, 3))[:, :, None]
    cosine = torch.where(defined > 0, product / (defined * energy).clamp(min=1e-300).sqrt(), 0.0)
    everything = defined.sum(0).clamp(min=1)  # (1, targets)
    return Alignment(cosine.mean(0).numpy(), (product.sum(0) / everything).numpy())
