"""The values of s-ops: numbers as exact fractions, truth values, texts, None for no value, and tuples of them."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from math import isfinite, ulp

import numpy as np

from logdepth.programs import NoAnswer

Value = Hashable  # int, Fraction, bool, str, None, or a tuple of them; never a float

NEAR = 10**6
"""A float stands for the simplest fraction, of a denominator up to this one, from which a few roundings lead to it."""


class NoValue(NoAnswer):
    """An input on which a RASP program has no value: it divides by 0, or reads several texts at once."""


def settle(value: object) -> Value:
    """A value as it is kept: a float becomes the simplest fraction that rounds to it, a whole fraction an int.

    So 1 / 3, computed in floats, equals the mean of 0, 0 and 1, which is computed exactly.
    Errors: NoValue for a float that is no number.
    """
    match value:
        case bool() | np.bool_():
            return bool(value)
        case int() | np.integer():
            return int(value)
        case float() | np.floating():
            if not isfinite(value):
                raise NoValue(f"{value} is no number")
            near = Fraction(float(value)).limit_denominator(NEAR)
            return settle(near if abs(float(near) - float(value)) <= 8 * ulp(float(value)) else Fraction(float(value)))
        case Fraction():
            return value.numerator if value.denominator == 1 else value
        case tuple() | list():
            return tuple(settle(part) for part in value)
        case Hashable():
            return value
    raise NoValue(f"a {type(value).__name__} is no value of an s-op")


def is_number(value: object) -> bool:
    """Whether a value can be averaged: truth values count as 0 and 1."""
    return isinstance(value, (int, Fraction))


def shown(value: Value) -> str:
    """A value, as messages and tables show it."""
    return "–" if value is None else str(value)
