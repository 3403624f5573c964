"""What all of some floats are multiples of: it tells whether sums are exact, and what whole numbers stand behind."""

from __future__ import annotations

import numpy as np

MANTISSA = 53
"""Bits of float64."""


def lowest_bit(values: np.ndarray) -> float:
    """The largest power of two of which all values are multiples; 0 if all are 0."""
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    if (whole == values).all():
        bits = int(np.bitwise_or.reduce(whole, axis=None))
        return float(bits & -bits)
    mantissas, exponents = np.frexp(values[values != 0])
    if not len(mantissas):
        return 0.0
    whole = np.ldexp(mantissas, MANTISSA).astype(np.int64)
    return float(np.ldexp((whole & -whole).astype(np.float64), exponents - MANTISSA).min())


def common_measure(values: np.ndarray) -> float:
    """The largest number of which all values are multiples; 0 if all are 0, or if there is none to speak of."""
    if not np.isfinite(values).all():
        return 0.0
    unit = lowest_bit(values)
    if not unit or np.abs(values).max() / unit >= 2.0**MANTISSA:
        return 0.0
    return float(np.gcd.reduce((values / unit).astype(np.int64))) * unit


def sums_are_exact(query: np.ndarray, key: np.ndarray, mantissa_bits: int) -> bool:
    """Whether a format of so many bits computes every score q · k exactly, in whatever order it adds.

    query, key: (tokens, dimensions). Then all products are multiples of one power of two, and no partial sum leaves
    the integers that the mantissa holds. Numbers that are not finite have no exact sums.
    """
    if not (np.isfinite(query).all() and np.isfinite(key).all()):
        return False
    pairs = list(zip(query.T, key.T, strict=True))
    units = [unit for q, k in pairs if (unit := lowest_bit(q) * lowest_bit(k))]
    most = sum(float(np.abs(q).max() * np.abs(k).max()) for q, k in pairs)
    return most < min(units, default=1.0) * 2.0**mantissa_bits
