"""How few mantissa bits a model needs: simulate p-bit arithmetic and look for the smallest p that is still right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from logdepth.models.model import Model
from logdepth.numerics.formats import FLOAT64, format_of
from logdepth.testing.batches import wrong_answers


def fewest_mantissa_bits(model: Model, instances: Sequence[Any]) -> int:
    """The smallest p such that the model is right on all `instances` in p-bit arithmetic (`evaluate(mantissa_bits=p)`).

    By bisection; with one bit fewer the model gets some of them wrong.
    """
    low, high = 0, format_of(model.dtype).mantissa_bits
    if not right(model, instances, high):
        high = FLOAT64.mantissa_bits
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if right(model, instances, middle) else (middle, high)
    return high


def right(model: Model, instances: Sequence[Any], bits: int) -> bool:
    return not any(wrong for _, wrong in wrong_answers(model, instances, bits))
