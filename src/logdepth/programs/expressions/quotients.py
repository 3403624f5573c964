"""Exact fractions in every row: a mean is a sum and a count, and what is asked of it is asked of both."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.programs.expressions.operators import Beside, Expression, Operators

MOST_STEPS = 64
"""Whole numbers that a quotient is compared with where it is rounded; with more it is divided."""

Part = Any  # a column, an expression or an int


@dataclass(frozen=True, eq=False)
class Quotient(Beside):
    """numerator / denominator in every row, exactly; the denominator is at least 1, and the value in low..high.

    The mean of no rows is 0.

        average = table.mean(price, query=shop, key=shop)
        table.output("dear", price > average)
        table.output("rounded", average.round())

    `+ - *` with whole numbers, fractions and other quotients, and `/` by a whole number, are quotients; comparisons,
    `floor`, `ceil` and `round` are expressions of whole numbers. Two means over the same rows share the denominator and
    are added for nothing; of others the numerator is multiplied with the other's denominator.
    """

    numerator: Part
    denominator: Part
    low: Fraction
    high: Fraction

    __hash__ = object.__hash__  # by identity: == makes an expression

    def __add__(self, other: Any) -> Quotient:
        that = quotient_of(other)
        if that.denominator is self.denominator:
            numerator, denominator = self.numerator + that.numerator, self.denominator
        else:
            numerator = self.numerator * that.denominator + that.numerator * self.denominator
            denominator = self.denominator * that.denominator
        return Quotient(numerator, denominator, self.low + that.low, self.high + that.high)

    __radd__ = __add__

    def __neg__(self) -> Quotient:
        return Quotient(0 - self.numerator, self.denominator, -self.high, -self.low)

    def __sub__(self, other: Any) -> Quotient:
        return self + -quotient_of(other)

    def __rsub__(self, other: Any) -> Quotient:
        return quotient_of(other) + -self

    def __mul__(self, other: Any) -> Quotient:
        that = quotient_of(other)
        corners = [x * y for x in (self.low, self.high) for y in (that.low, that.high)]
        numerator, denominator = self.numerator * that.numerator, self.denominator * that.denominator
        return Quotient(numerator, denominator, min(corners), max(corners))

    __rmul__ = __mul__

    def __truediv__(self, other: int) -> Quotient:
        if not isinstance(other, int) or isinstance(other, bool) or other < 1:
            raise UsageError(f"a quotient is divided by a whole number of 1 or more, not by {other!r}")
        return Quotient(self.numerator, self.denominator * other, self.low / other, self.high / other)

    def __lt__(self, other: Any) -> Expression:
        return self._beyond(other) < 0

    def __le__(self, other: Any) -> Expression:
        return self._beyond(other) <= 0

    def __gt__(self, other: Any) -> Expression:
        return self._beyond(other) > 0

    def __ge__(self, other: Any) -> Expression:
        return self._beyond(other) >= 0

    def __eq__(self, other: object) -> Any:
        return self._beyond(other) == 0

    def __ne__(self, other: object) -> Any:
        return self._beyond(other) != 0

    def __bool__(self) -> bool:
        raise UsageError("a quotient has a value in every row, so no truth value; decide by table.where(condition, …)")

    def _beyond(self, other: Any) -> Any:
        """Of the sign of self - other."""
        return (self - other).numerator

    @property
    def _divisor(self) -> Any:
        """The denominator, whose range begins at 1: of a count and of "no rows" together the range begins at 0."""
        return self.denominator if isinstance(self.denominator, int) else self.denominator.clip(1)

    def floor(self) -> Expression:
        """The largest whole number that is not more."""
        low, high = floor(self.low), floor(self.high)
        if high - low > MOST_STEPS:
            return self.numerator // self._divisor
        return low + self._count([self >= k for k in range(low + 1, high + 1)])

    def ceil(self) -> Expression:
        """The smallest whole number that is not less."""
        low, high = ceil(self.low), ceil(self.high)
        if high - low > MOST_STEPS:
            return (self.numerator + self._divisor - 1) // self._divisor
        return low + self._count([self > k - 1 for k in range(low + 1, high + 1)])

    def round(self) -> Expression:
        """The nearest whole number, of two the even one, as Python's round."""
        low, high = round(self.low), round(self.high)
        if high - low > MOST_STEPS:
            doubled, divisor = 2 * self.numerator + self._divisor, 2 * self._divisor
            down = (doubled - 1) // divisor  # of two the lower one: of numbers from 0 its range begins at 0
            return down + ((doubled % divisor == 0) & (down % 2 == 1))
        halves = [(k, Fraction(2 * k - 1, 2)) for k in range(low + 1, high + 1)]
        return low + self._count([self > half if k % 2 else self >= half for k, half in halves])

    def _count(self, reached: list[Expression]) -> Any:
        """How many of these hold; an expression also if there is none."""
        return sum(reached, 0 * self.numerator)


def quotient_of(value: Any) -> Quotient:
    """A whole number, a fraction, a column or an expression as a quotient. Errors: UsageError for anything else."""
    if isinstance(value, Quotient):
        return value
    if isinstance(value, Operators):
        return Quotient(value, 1, Fraction(value.low), Fraction(value.high))
    if isinstance(value, (int, np.integer, Fraction)) and not isinstance(value, bool):
        exact = Fraction(int(value.numerator), int(value.denominator))
        return Quotient(exact.numerator, exact.denominator, exact, exact)
    raise UsageError(f"a quotient is compared and added with whole numbers, fractions and columns, not {value!r}")


def read_fractions(outputs: dict[str, np.ndarray], name: str) -> np.ndarray:
    """The fractions of an output that is a quotient, (N,) of `fractions.Fraction`, of what `run` gives."""
    parts = [outputs[part] for part in output_names(name)]
    return np.frompyfunc(Fraction, 2, 1)(*(part.astype(object) for part in parts))


def output_names(name: str) -> tuple[str, str]:
    """The two outputs of a quotient."""
    return f"{name} numerator", f"{name} denominator"
