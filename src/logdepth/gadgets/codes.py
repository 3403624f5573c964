"""Codes: a number as a few digits, such that the digits of equal numbers score higher than those of different ones.

Σ_d 2 q_d k_d - k_d² - q_d² = -|q - k|² is 0 on a match and ≤ -1 otherwise. One digit is the quadratic code
(2 dimensions, 2 log N bits of precision); base 2 is the bit code (log N dimensions, fewest bits); the bases between
trade one for the other.
Source: the quadratic code is folklore, bit codes are in arXiv 2402.09268; the bases between are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from logdepth.gadgets.cells import Affine, constant
from logdepth.gadgets.relu import Function, as_table, partial_sums, univariate


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
    places = [radix.base**place for place in range(radix.count - 1, -1, -1)]
    within = x.high <= radix.most
    if radix.count == 1 and within:
        return (x,)

    def quotient_by(place: int) -> Function:
        return lambda v: np.where(v <= radix.most, v, 0) // place

    def digit_at(place: int) -> Function:
        return lambda v: quotient_by(place)(v) % radix.base

    if as_table(x) is not None:
        return tuple(univariate(x, digit_at(p), f"{label} digit {i}") for i, p in enumerate(places, start=1))
    quotients = [constant(0)]  # a quotient has few break points; digits are differences of neighbouring quotients
    for p in places:
        name = f"{label} / {p}" if p > 1 else f"{label} up to {radix.most}"
        whole = p == 1 and within
        quotients.append(x if whole else univariate(x, quotient_by(p), name))
    return tuple((lower - upper * radix.base).within(0, radix.base - 1) for upper, lower in pairwise(quotients))


def norm(x: Affine, radix: Radix, label: str, exact: int) -> Affine:
    """|digits of x|²; 1 where x is beyond the radix, so that it matches nothing, not even another such number.

    One ReLU layer; two, the digits first, where the partial sums of one would leave the integers below `exact`.
    """

    def squares(v: np.ndarray) -> np.ndarray:
        total = np.zeros_like(v)
        rest = np.where(v <= radix.most, v, 0)
        for _ in range(radix.count):
            total += (rest % radix.base) ** 2
            rest = rest // radix.base
        return np.where(v <= radix.most, total, 1)

    name = f"|{label}|²"
    if partial_sums(x, squares, name) < exact:
        return univariate(x, squares, name)
    total = univariate(x, lambda v: (v > radix.most).astype(np.int64), f"{label} beyond {radix.most}")
    for i, digit in enumerate(digits(x, radix, label), start=1):
        total = total + univariate(digit, lambda v: v**2, f"|{label} digit {i}|²")
    return total
