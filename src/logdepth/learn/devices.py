"""Where networks compute."""

from __future__ import annotations

import torch

from logdepth.numerics.errors import UsageError, Wording


def device_called(name: str) -> torch.device:
    """A device by name; "auto" is a GPU if there is one. Errors: UsageError for one that is not there."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError):
        remedy = Wording("Leave {device} out, or take cpu.")
        raise UsageError(f"there is no device {name!r} here.", remedy) from None
    return device
