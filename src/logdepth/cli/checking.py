"""Verification with a progress bar, as `compile`, `verify` and `demo` run it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from logdepth.cli.printing import progress_bar

if TYPE_CHECKING:
    from logdepth.models import Model


def checked(model: "Model", samples: int | None = None, exhaustive: bool = False, seed: int = 0) -> "Model":
    """The model with what was verified of it: `Verification.as_json()`, and if nothing was wrong `precision_bits`."""
    from logdepth.testing import fewest_mantissa_bits, telling_instances, verify

    with progress_bar("verifying") as progress:
        found = verify(model, samples, exhaustive, seed, progress)
    verified = found.as_json()
    if not found.wrong:
        with progress_bar("counting the mantissa bits it needs"):
            verified["precision_bits"] = fewest_mantissa_bits(model, telling_instances(model, seed))
    return replace(model, verified=verified)
