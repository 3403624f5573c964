"""Verification with a progress bar, as `compile`, `verify` and `demo` run it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from logdepth.cli.printing import progress_bar

if TYPE_CHECKING:
    from logdepth.models import Model

AT_MOST = 4
"""Instances of various families and sizes that p-bit arithmetic gets, beside the small ones and a largest one."""


def checked(model: "Model", samples: int | None = None, exhaustive: bool = False, seed: int = 0) -> "Model":
    """The model with what was verified of it: `Verification.as_json()`, and if nothing was wrong `precision_bits`."""
    from logdepth.testing import fewest_mantissa_bits, verify

    with progress_bar("verifying") as progress:
        found = verify(model, samples, exhaustive, seed, progress)
    verified = found.as_json()
    if not found.wrong:
        with progress_bar("counting the mantissa bits it needs"):
            verified["precision_bits"] = fewest_mantissa_bits(model, telling_instances(model, seed))
    return replace(model, verified=verified)


def telling_instances(model: "Model", seed: int) -> list[Any]:
    """Instances for p-bit arithmetic, which is slow: all small ones, a largest one, and a few of various families."""
    import numpy as np

    from logdepth.testing.verify import FEW, SAMPLES, affordable, draw, enumerated

    families = len(model.task.families)
    various = min(families, max(1, AT_MOST * affordable(model) // SAMPLES))  # one if the model is expensive
    rng = np.random.default_rng(seed)
    return enumerated(model, FEW)[0] + draw(model, rng, 0, 1) + draw(model, rng, families, various)
