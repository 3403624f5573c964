"""How often answers are wrong, with an interval that allows for the dependence of tokens in one sequence."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Rate:
    """`wrong` of `counted` tokens, and the ends of a 95% interval of the probability; none counted is no rate."""

    wrong: int
    counted: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        return self.wrong / self.counted if self.counted else None

    @property
    def standard_error(self) -> float:
        """Half of the interval, in units of the normal distribution's 95%: good for comparing two rates."""
        return (self.high - self.low) / (2 * ndtri((1 + CONFIDENCE) / 2))


@dataclass(frozen=True)
class Estimate:
    """A number, and the ends of its 95% interval."""

    value: float
    low: float
    high: float


def mean_of(rates: Sequence[Rate]) -> Estimate:
    """The mean over runs that differ in chance alone, with Student's interval over the runs.

    It is never narrower than the mean of the runs' own intervals: a few runs may agree by chance. One run has its own.
    Errors: ValueError if there is none, or one that counted nothing.
    """
    values = np.array([found.wrong / found.counted for found in rates if found.counted])
    if not len(values) or len(values) < len(rates):
        raise ValueError("the mean of no rates")
    mean = float(values.mean())
    low = float(np.mean([found.low for found in rates]))
    high = float(np.mean([found.high for found in rates]))
    if len(values) > 1:
        half = float(stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2) * values.std(ddof=1) / len(values) ** 0.5)
        low, high = min(low, max(0.0, mean - half)), max(high, min(1.0, mean + half))
    return Estimate(mean, low, high)


def pooled(rates: Iterable[Rate]) -> Rate:
    """The rate of all that these count, where every sequence counts one answer at most."""
    wrong, counted = map(sum, zip(*((found.wrong, found.counted) for found in rates), strict=True))
    return rate((np.arange(counted) < wrong).astype(int), np.ones(counted, dtype=int))


def more_errors(wrong: np.ndarray, before: np.ndarray, counted: np.ndarray) -> Estimate | None:
    """How much larger the rate is with `wrong` than with `before` errors in the same sequences, (S,) each.

    Student's interval over the sequences of the difference, a ratio, linearised as in `rate`. If no answer became right
    or wrong, its ends are those of the rate 0 on both sides. None if nothing is counted.
    """
    sequences, total, more = len(counted), int(counted.sum()), wrong - before
    if total == 0:
        return None
    value = float(more.sum() / total)
    if sequences == 1 or not more.any():
        half = rate(np.zeros_like(wrong), counted).high if sequences > 1 else 1.0
    else:
        variance = sequences / (sequences - 1) * float(((more - value * counted) ** 2).sum()) / total**2
        half = float(stdtrit(sequences - 1, (1 + CONFIDENCE) / 2)) * variance**0.5
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half))


def sequences_for(below: float) -> int:
    """The least number of sequences, all of them right, on which the interval of a rate ends below this."""
    return next(count for count in itertools.count(1) if rate(np.zeros(count), np.ones(count)).high < below)


def rate(wrong: np.ndarray, counted: np.ndarray) -> Rate:
    """The rate of sequences with `wrong` of `counted` tokens each, (S,); tokens of one sequence may err together.

    Wilson's interval for the number of independent tokens that would spread as much: counted / design effect. The
    design effect is the variance of the rate between sequences (linearised, of a ratio) against that of independent
    tokens, at least 1; where no token or every token is wrong nothing can be seen of it, and a whole sequence counts as
    one token, which errs to the safe side. That the variance is an estimate widens the interval by Student's t.
    Caveat: it is too short where only a few sequences have errors and these are wrong as a whole.
    Source: Korn and Graubard 1998, with Wilson's interval (1927) in place of Clopper and Pearson's.
    """
    sequences, total, bad = len(wrong), int(counted.sum()), int(wrong.sum())
    if total == 0:
        return Rate(0, 0, 0.0, 1.0)
    z = float(ndtri((1 + CONFIDENCE) / 2))
    p, effective = bad / total, float(np.count_nonzero(counted))
    if 0 < bad < total and sequences > 1:
        spread = sequences / (sequences - 1) * float(((wrong - p * counted) ** 2).sum()) / total**2
        effective = min(float(total), p * (1 - p) / spread) if spread else float(total)
        effective *= (z / float(stdtrit(sequences - 1, (1 + CONFIDENCE) / 2))) ** 2
    centre = (p + z**2 / (2 * effective)) / (1 + z**2 / effective)
    half = z * (p * (1 - p) / effective + z**2 / (4 * effective**2)) ** 0.5 / (1 + z**2 / effective)
    low = 0.0 if bad == 0 else max(0.0, centre - half)  # rounding, at the ends
    high = 1.0 if bad == total else min(1.0, centre + half)
    return Rate(bad, total, low, high)
