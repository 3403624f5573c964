"""Weights drawn from a generator, for modules that take none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def fresh_weights_from(generator: torch.Generator | None) -> Iterator[None]:
    """Draw the weights of modules that take no generator from this one; None: from torch's own."""
    if generator is None:
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator, device="cpu")))
        yield
