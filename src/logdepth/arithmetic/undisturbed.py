"""Compute with torch as if its user had set nothing, and leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without autocast, default device, inference mode and gradients, in this thread and for a while; a decorator too.

    All that is set here belongs to the thread, so threads do not meet. torch's default dtype belongs to the process: it
    is left alone, and this library names the dtype of every tensor that it makes. Precision of products: see `product`.
    """
    with ExitStack() as state:
        for kind in ("cpu", "cuda"):
            if torch.is_autocast_enabled(kind):
                state.enter_context(torch.autocast(kind, enabled=False))
        if torch.empty(0).device.type != "cpu":
            state.enter_context(torch.device("cpu"))
        if torch.is_inference_mode_enabled():
            state.enter_context(torch.inference_mode(False))
        state.enter_context(torch.no_grad())
        yield
