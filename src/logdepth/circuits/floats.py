"""Floats of p bits, as Merrill and Sabharwal define them (arXiv 2207.00729, Appendix A, Definitions 13 to 15).

A float is a mantissa m and an exponent e, whole numbers with a sign, of half the bits each: its value is m · 2^e. A sum
of floats is exact, and then cut off once, toward 0. So the order of its terms does not matter.

Two slips of the paper are mended here: its largest number of q bits, printed 2^q - 1, contradicts its own size of a
number, and is 2^(q-1) - 1; and a result beyond the largest float keeps its sign.
The paper leaves all other operations open. Ours are the exact result, cut off in the same way; 0 / 0 is 0, and x / 0
the largest float with the sign of x.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cached_property

from logdepth.numerics.errors import UsageError

DIGITS = 100
"""Of an exponential before it is cut off: a mantissa has at most 48 bits."""


@dataclass(frozen=True)
class FloatFormat:
    """mantissa, exponent: bits of each, with its sign. Values are held as whole multiples of `unit`, the least step.

    Errors: UsageError for fewer than 2 bits, or so many that a value has more than a million bits.
    """

    mantissa: int
    exponent: int

    def __post_init__(self) -> None:
        if not (2 <= self.mantissa <= 48 and 2 <= self.exponent <= 20):
            raise UsageError(
                f"a float has a mantissa of 2 to 48 bits and an exponent of 2 to 20; got {self.mantissa} and"
                f" {self.exponent}. Change them."
            )

    @property
    def bits(self) -> int:
        return self.mantissa + self.exponent

    @cached_property
    def largest_mantissa(self) -> int:
        return 2 ** (self.mantissa - 1) - 1

    @cached_property
    def largest_exponent(self) -> int:
        return 2 ** (self.exponent - 1) - 1

    @cached_property
    def unit(self) -> Fraction:
        """The least value above 0; every float is a whole multiple of it."""
        return Fraction(1, 2**self.largest_exponent)

    @cached_property
    def largest(self) -> int:
        """The largest float, in units."""
        return self.largest_mantissa << (2 * self.largest_exponent)

    @cached_property
    def count(self) -> int:
        """How many values there are."""
        return 2 * (self.largest_mantissa + 2 * self.largest_exponent * 2 ** (self.mantissa - 2)) + 1

    def cut(self, number: int) -> int:
        """The float of a whole number of units, in units: its first digits, as many as a mantissa has."""
        size = abs(number)
        spare = max(0, size.bit_length() + 1 - self.mantissa)
        if spare > 2 * self.largest_exponent:
            size = self.largest
        else:
            size = size >> spare << spare
        return size if number >= 0 else -size

    def ranked(self, rank: int) -> int:
        """The floats in increasing order, by arithmetic on the rank, 0 … count - 1; in units."""
        rank -= self.count // 2
        half = 1 << (self.mantissa - 2)
        if abs(rank) < 2 * half:
            return rank
        spare, rest = divmod(abs(rank) - half, half)
        size = (half + rest) << spare
        return size if rank > 0 else -size

    def rank(self, number: int) -> int:
        """The inverse, for a float."""
        size, half = abs(number), 1 << (self.mantissa - 2)
        spare = max(0, size.bit_length() + 1 - self.mantissa)
        place = spare * half + (size >> spare)
        return self.count // 2 + (place if number >= 0 else -place)

    def threshold(self, rank: int) -> int:
        """The least whole number of units that is cut off to the float of this rank, from 1 on, or to a greater one."""
        if rank > self.count // 2:
            return self.ranked(rank)
        return 1 + self.ranked(rank - 1)  # a sum below 0 is cut off upwards

    def nearest(self, value: Fraction | int | float) -> int:
        """The float of a value, cut off toward 0, in units. Errors: UsageError for no finite number."""
        try:
            units = Fraction(value) / self.unit
        except (ValueError, OverflowError):
            raise UsageError(f"a float holds a finite number; got {value}. Change it.") from None
        return self.cut(int(units))

    def value(self, number: int) -> Fraction:
        """What a number of units is."""
        return number * self.unit

    def add(self, numbers: Iterable[int]) -> int:
        """⊕: the sum of all, cut off once."""
        return self.cut(sum(numbers))

    def multiply(self, one: int, other: int) -> int:
        return self.cut(toward_zero(one * other, 2**self.largest_exponent))

    def divide(self, one: int, other: int) -> int:
        if not other:
            return (one > 0) * self.largest - (one < 0) * self.largest
        return self.cut(toward_zero(one * 2**self.largest_exponent, other))

    def exponential(self, number: int) -> int:
        """e to this power. It is cut off from `DIGITS` decimal digits, which decide every float that is not e^0."""
        power = self.value(number)
        if power > 2 * self.largest_exponent + self.mantissa:  # e > 2, so this is beyond the largest
            return self.largest
        if power < -self.largest_exponent - 1:
            return 0
        with localcontext(prec=DIGITS):
            return self.nearest(Fraction((Decimal(power.numerator) / Decimal(power.denominator)).exp()))


def toward_zero(number: int, divisor: int) -> int:
    """The quotient without its fraction."""
    quotient = abs(number) // abs(divisor)
    return quotient if (number < 0) == (divisor < 0) else -quotient
