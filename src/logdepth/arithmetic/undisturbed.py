"""Compute with torch as if its user had set nothing, and leave it as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import wraps
from types import TracebackType
from typing import ParamSpec, TypeVar

import torch

P = ParamSpec("P")
R = TypeVar("R")


class Undisturbed:
    """What `undisturbed` enters. Where nothing has to be changed, as in an inner call, nothing is: that is cheap."""

    def __init__(self) -> None:
        self._changed: ExitStack | None = None

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function; every call of it enters one of its own."""

        @wraps(function)
        def inner(*given: P.args, **named: P.kwargs) -> R:
            with Undisturbed():
                return function(*given, **named)

        return inner

    def __enter__(self) -> None:
        changes = list(changes_needed())
        if changes:
            self._changed = ExitStack()
            for change in changes:
                self._changed.enter_context(change)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._changed is not None:
            self._changed.__exit__(kind, error, trace)


def changes_needed() -> Iterator[AbstractContextManager[object]]:
    """What has to be set in this thread."""
    for kind in ("cpu", "cuda"):
        if torch.is_autocast_enabled(kind):
            yield torch.autocast(kind, enabled=False)
    if torch.empty(0).device.type != "cpu":
        yield torch.device("cpu")
    if torch.is_inference_mode_enabled():
        yield torch.inference_mode(False)
    if torch.is_grad_enabled():
        yield torch.no_grad()


def undisturbed() -> Undisturbed:
    """Without autocast, default device, inference mode and gradients, in this thread and for a while; a decorator too.

    All that is set here belongs to the thread, so threads do not meet. torch's default dtype belongs to the process: it
    is left alone, and this library names the dtype of every tensor that it makes. Precision of products: see `product`.
    """
    return Undisturbed()
