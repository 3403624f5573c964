"""Weights of modules that know no generator, drawn from one all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def fresh_weights_from(generator: torch.Generator | None) -> Iterator[None]:
    """Let modules that know no generator draw their weights from this one; None leaves them torch's own."""
    if generator is None:
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator, device="cpu")))
        yield
