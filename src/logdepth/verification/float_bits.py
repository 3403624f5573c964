"""How few bits a model's floats need, mantissa and exponent: every format of fewer bits is tried, and is wrong.

`fewest_mantissa_bits` gives the exponent for nothing, and rounds. Here are the floats of Merrill and Sabharwal, which
are cut off, and whose scores overflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.artefacts import Model
from logdepth.circuits import FloatFormat
from logdepth.numerics.errors import UsageError
from logdepth.transformer import InFloats

MOST_BITS = 32
"""Bits of a float to try, at most, unless told otherwise."""


@dataclass(frozen=True)
class FloatBits:
    """formats: those of the fewest bits that are right; none if all are wrong that were tried.

    tried: how many formats. Each that has fewer bits was wrong on some instance.
    """

    formats: tuple[FloatFormat, ...]
    tried: int
    instances: int


def fewest_float_bits(
    model: Model, instances: Sequence[Any], stabilised: bool = True, at_most: int = MOST_BITS
) -> FloatBits:
    """The formats of fewest bits in which the model gives its own answers to all instances.

    What is right here may be wrong on another instance; what is wrong is wrong. stabilised: as `InFloats` has it.
    Errors: UsageError without an instance.
    """
    if not len(instances):
        raise UsageError("bits of floats are counted on one instance or more; got none. Draw some.")
    trial = Trial(model, instances, stabilised)
    tried = 0
    for formats in formats_by_bits(at_most):
        tried += len(formats)
        if right := tuple(filter(trial.right, formats)):
            return FloatBits(right, tried, len(instances))
    return FloatBits((), tried, len(instances))


def wrong_in_floats(model: Model, instances: Sequence[Any], number_format: FloatFormat, stabilised: bool = True) -> int:
    """How many instances get another answer in floats of this format than from the model itself."""
    trials = (Trial(model, [instance], stabilised) for instance in instances)
    return sum(not trial.right(number_format) for trial in trials)


def formats_by_bits(at_most: int) -> Iterator[list[FloatFormat]]:
    """All formats of 4 bits, of 5, and so on, the fewest bits of exponent first."""
    for bits in range(4, at_most + 1):
        yield [FloatFormat(bits - exponent, exponent) for exponent in range(max(2, bits - 48), min(20, bits - 2) + 1)]


class Trial:
    """Instances with the model's answers; what told the last wrong format comes first."""

    def __init__(self, model: Model, instances: Sequence[Any], stabilised: bool = True) -> None:
        self.model = model
        self.stabilised = stabilised
        self.cases = [(instance, model.answer(instance)) for instance in instances]

    def right(self, number_format: FloatFormat) -> bool:
        floats = InFloats(self.model.transformer, number_format, self.stabilised)
        task = self.model.task
        for place, (instance, expected) in enumerate(self.cases):
            if not np.array_equal(task.decode(floats.run(task.encode(instance)), instance), expected):
                self.cases.insert(0, self.cases.pop(place))
                return False
        return True
