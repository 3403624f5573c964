"""Verification with a progress bar, as `compile`, `verify` and `demo` run it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any

from logdepth.cli.printing import patience, progress_bar
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from logdepth.artefacts import Model
    from logdepth.verification import Verification


@dataclass(frozen=True)
class Extent:
    """How much is verified: the arguments that `verify`, `verify_program` and `verify_protocol` have in common."""

    samples: int | None = None
    exhaustive: bool = False
    seed: int = 0
    seconds: float | None = None
    attention: str = "auto"

    @property
    def time(self) -> float:
        """The seconds that the counting of mantissa bits has, after as many of verification. None given: all it takes.
        Its work has a limit, so that the figure does not depend on how busy the machine is."""
        return inf if self.seconds is None else self.seconds


def check(model: "Model", extent: Extent) -> "Model":
    """The model with what was verified of it: `Verification.as_json()`, and if nothing was wrong `precision_bits`."""
    from logdepth.verification import telling_instances, verify

    with progress_bar("verifying") as progress:
        found = verify(
            model, extent.samples, extent.exhaustive, extent.seed, progress, extent.seconds, extent.attention
        )
    return with_bits(model, found, lambda: telling_instances(model, extent.seed), extent)


def with_bits(
    model: "Model", found: "Verification", instances: "Callable[[], Sequence[Any]]", extent: Extent
) -> "Model":
    """The model with what was found, and the mantissa bits that it needs on `instances`, if there are any and there is
    time to count."""
    from logdepth.verification import OutOfTime, fewest_mantissa_bits

    verified = found.as_json()
    if not found.wrong and found.instances:
        with patience("counting the mantissa bits that it needs"), suppress(OutOfTime):
            if telling := instances():
                verified["precision_bits"] = fewest_mantissa_bits(model, telling, extent.time)
    return replace(model, verified=verified)


def refuse_empty(model: "Model") -> None:
    """UsageError if nothing was judged: that is neither right nor wrong."""
    verified = model.verified or {}
    if not verified.get("instances"):
        stopped = verified.get("stopped")
        why = "no instance was asked for" if stopped is None else f"{stopped:g} s do not suffice for one instance"
        remedy = "Ask for some: --samples 100." if stopped is None else f"Give more: --seconds {10 * stopped:g}."
        raise UsageError(f"nothing was verified: {why}. {remedy}")
