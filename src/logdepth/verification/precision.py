"""How few mantissa bits a model needs: simulate p-bit arithmetic and look for the smallest p that is still right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

import numpy as np

from logdepth.artefacts.model import Model
from logdepth.numerics.formats import FLOAT64, format_of
from logdepth.verification.batches import wrong_answers
from logdepth.verification.budget import SLOWEST, Budget, OutOfTime
from logdepth.verification.verify import FEW, SAMPLES, affordable, draw, enumerated

AT_MOST = 4  # instances of various families and sizes, beside the small ones and a largest one


def fewest_mantissa_bits(model: Model, instances: Sequence[Any], seconds: float = inf) -> int:
    """The smallest p such that the model is right on all `instances` in p-bit arithmetic (`evaluate(mantissa_bits=p)`).

    By bisection; with one bit fewer the model gets some of them wrong.
    Errors: OutOfTime if `seconds` do not suffice.
    """
    budget = Budget(seconds, SLOWEST / 10)
    return fewest_bits(lambda bits: right(model, instances, bits, budget), model.dtype)


def fewest_bits(right: Callable[[int], bool], dtype: str) -> int:
    """The smallest p for which `right(p)`, by bisection; of a float32 model that is right in it, at most 24."""
    low, high = 0, format_of(dtype).mantissa_bits
    if not right(high):
        high = FLOAT64.mantissa_bits
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if right(middle) else (middle, high)
    return high


def right(model: Model, instances: Sequence[Any], bits: int, budget: Budget) -> bool:
    found = not any(judged.wrong for judged in wrong_answers(model, instances, bits, budget))
    if budget.stopped:
        raise OutOfTime
    return found


def telling_instances(model: Model, seed: int = 0) -> list[Any]:
    """Instances for p-bit arithmetic, which is slow: all small ones, a largest one, and a few of various families."""
    families = len(model.task.families)
    various = min(families, max(1, AT_MOST * affordable(model) // SAMPLES))  # one if the model is expensive
    rng = np.random.default_rng(seed)
    small = [instance for instances in enumerated(model, FEW).values() for instance in instances]
    return small + draw(model, rng, 0, 1) + draw(model, rng, families, various)
