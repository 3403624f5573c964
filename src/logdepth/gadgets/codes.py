"""Codes: a number as a few digits, such that digits of equal numbers meet with a higher score than those of different ones.

Σ_d 2 q_d k_d - k_d² - q_d² = -|q - k|² is 0 on a match and ≤ -1 otherwise. One digit is the quadratic code (2 dimensions,
2 log N bits of precision); base 2 is the bit code (log N dimensions, fewest bits); everything between trades one for the other.
Source: CONSTRUCTIONS of this library; the quadratic code is folklore, bit codes are in arXiv 2402.09268.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.gadgets.cells import Affine, constant
from logdepth.gadgets.relu import univariate


@dataclass(frozen=True)
class Radix:
    """Numbers 0..most as `count` digits in base `base`."""

    most: int
    count: int

    @property
    def base(self) -> int:
        base = max(2, round((self.most + 1) ** (1 / self.count)))
        while base**self.count <= self.most:
            base += 1
        return base


def digits(x: Affine, radix: Radix, label: str) -> tuple[Affine, ...]:
    """The digits of x, most significant first; all 0 where x is beyond the radix."""
    quotients = [constant(0)]
    for place in range(radix.count - 1, -1, -1):
        unit = radix.base**place
        within = x.high <= radix.most
        if unit == 1 and within:
            quotients.append(x)
        else:
            name = f"{label} / {unit}" if unit > 1 else f"{label} within {radix.most}"
            quotients.append(univariate(x, lambda v, u=unit: np.where(v <= radix.most, v, 0) // u, name))
    pairs = zip(quotients, quotients[1:], strict=False)
    return tuple((lower - upper * radix.base).within(0, radix.base - 1) for upper, lower in pairs)


def norm(x: Affine, radix: Radix, label: str) -> Affine:
    """|digits of x|²; 1 where x is beyond the radix, so that it matches nothing, not even another such number."""

    def squares(v: np.ndarray) -> np.ndarray:
        total = np.zeros_like(v)
        rest = np.where(v <= radix.most, v, 0)
        for _ in range(radix.count):
            total += (rest % radix.base) ** 2
            rest = rest // radix.base
        return np.where(v <= radix.most, total, 1)

    return univariate(x, squares, f"|{label}|²")
