"""Verification with a progress bar, as `compile`, `verify` and `demo` run it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from logdepth.cli.printing import progress_bar

if TYPE_CHECKING:
    from logdepth.models import Model

SHARE_FOR_PRECISION = 100
"""p-bit arithmetic is slow and runs several times: of the instances that `verify` affords, it gets one in so many."""


def checked(model: "Model", samples: int | None = None, exhaustive: bool = False, seed: int = 0) -> "Model":
    """The model with what was verified of it: `Verification.as_json()`, and if nothing was wrong `precision_bits`."""
    import numpy as np

    from logdepth.testing import fewest_mantissa_bits, verify
    from logdepth.testing.verify import affordable, draw

    with progress_bar("verifying") as progress:
        found = verify(model, samples, exhaustive, seed, progress)
    verified = found.as_json()
    if not found.wrong:
        with progress_bar("counting the mantissa bits it needs"):
            few = draw(model, np.random.default_rng(seed), 0, max(1, affordable(model) // SHARE_FOR_PRECISION))
            verified["precision_bits"] = fewest_mantissa_bits(model, few)
    return replace(model, verified=verified)
