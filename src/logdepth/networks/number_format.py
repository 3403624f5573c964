"""The one number format that a network computes in."""

from __future__ import annotations

from torch import nn

from logdepth.numerics.errors import UsageError


def number_format(network: nn.Module) -> str:
    """float32 or float64, as all weights of a network are. Errors: UsageError for another format, and for several."""
    formats = {str(weight.dtype).removeprefix("torch.") for weight in network.parameters()}
    if formats not in ({"float32"}, {"float64"}):
        found = ", ".join(sorted(formats)) or "no weights"
        raise UsageError(
            f"a network's numbers travel as float32 or float64; this one has {found}. Convert it: network.float()."
        )
    return formats.pop()
