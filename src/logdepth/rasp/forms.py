"""How an s-op stands in columns of a table: as a number, as a fraction of two numbers, or as the number of a value.

A `Number` is a linear form, so that sums, differences and multiples of s-ops cost nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from logdepth.programs import Column, Expression
from logdepth.rasp.tree import SOp
from logdepth.rasp.values import Value, settle

Holder = Column | Expression

Ordered = Sequence[tuple[Holder, Holder]]
"""Pairs of holders of which the first is nowhere more than the second."""


@dataclass(frozen=True, eq=False)
class Number:
    """(Σ weight · holder + constant) / denominator; its numerator lies in low..high.

    truth: it is 0 or 1 and stands for False or True.
    """

    weights: Mapping[Holder, int]
    constant: int
    low: int
    high: int
    denominator: int = 1
    truth: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for numbers that hold the same."""
        return (self.shape, self.constant, self.denominator)

    @property
    def shape(self) -> tuple[object, ...]:
        """Equal for numbers that differ by a constant."""
        return tuple(sorted((id(holder), weight) for holder, weight in self.weights.items()))

    @property
    def size(self) -> int:
        """How many numerators there are."""
        return self.high - self.low + 1

    def numerator(self) -> Holder | int:
        """As an expression."""
        total: Any = self.constant
        for holder, weight in self.weights.items():
            total = holder * weight + total
        return total

    def value_of(self, numerator: int) -> Value:
        """The value that a numerator stands for."""
        return bool(numerator) if self.truth else settle(Fraction(numerator, self.denominator))


@dataclass(frozen=True, eq=False)
class Coded:
    """values[code]; the values are distinct."""

    code: Holder | int
    values: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Ratio:
    """top / bottom, whole numbers both, and bottom ≥ 0; where it is 0, the one value in `default`, which is no number.

    default: empty if bottom is nowhere 0. below: an s-op that holds the bottom, for the independent answer.
    """

    top: Number
    bottom: Number
    below: SOp
    default: tuple[Value, ...] = ()


Form = Number | Coded | Ratio


def constant(value: Value) -> Number | Coded:
    """The form of a value that is the same everywhere."""
    match settle(value):
        case bool() as truth:
            return Number({}, int(truth), int(truth), int(truth), truth=True)
        case int() as whole:
            return Number({}, whole, whole, whole)
        case Fraction() as part:
            return Number({}, part.numerator, part.numerator, part.numerator, part.denominator)
        case other:
            return Coded(0, (other,))


def is_constant(form: Form) -> bool:
    return (isinstance(form, Number) and not form.weights) or (isinstance(form, Coded) and len(form.values) == 1)


def held(holder: Holder, least: int = 0, truth: bool = False) -> Number:
    """The number holder + least."""
    return Number({holder: 1}, least, holder.low + least, holder.high + least, truth=truth)


def whole(value: int) -> Number:
    return Number({}, value, value, value)


def numerator_of(number: Number) -> Number:
    """The numerator, as a number."""
    return replace(number, denominator=1, truth=False)


def combined(parts: Iterable[tuple[int, Number]], ordered: Ordered = ()) -> Number:
    """Σ factor · number, over the least common denominator."""
    given = [*parts]
    common = lcm(*(number.denominator for _, number in given))
    scales = [(factor * (common // number.denominator), number) for factor, number in given]
    weights: dict[Holder, int] = {}
    for scale, number in scales:
        for holder, weight in number.weights.items():
            weights[holder] = weights.get(holder, 0) + scale * weight
    weights = {holder: weight for holder, weight in weights.items() if weight}
    total = sum(scale * number.constant for scale, number in scales)
    low, high = span(weights, total, ordered)
    ends = [sorted((scale * number.low, scale * number.high)) for scale, number in scales]  # what was known before
    low, high = max(low, sum(least for least, _ in ends)), min(high, sum(most for _, most in ends))
    shrink = gcd(common, total, *weights.values())
    weights = {holder: weight // shrink for holder, weight in weights.items()}
    return Number(weights, total // shrink, -(-low // shrink), high // shrink, common // shrink)


def span(weights: Mapping[Holder, int], total: int, ordered: Ordered = ()) -> tuple[int, int]:
    """The range of Σ weight · holder + total."""
    rest, low, high = dict(weights), total, total
    for less, more in ordered:
        together = min(abs(rest.get(more, 0)), abs(rest.get(less, 0))) if opposite(rest, less, more) else 0
        if together:  # ± together · (more - less), and more ≥ less
            sign = 1 if rest[more] > 0 else -1
            ends = sorted((0, sign * together * (more.high - less.low)))
            low, high = low + ends[0], high + ends[1]
            rest[more] -= sign * together
            rest[less] += sign * together
    for holder, weight in rest.items():
        ends = sorted((weight * holder.low, weight * holder.high))
        low, high = low + ends[0], high + ends[1]
    return low, high


def opposite(weights: Mapping[Holder, int], a: Holder, b: Holder) -> bool:
    return weights.get(a, 0) * weights.get(b, 0) < 0


def in_parts(number: Number) -> list[Number]:
    """A whole number in parts, of which the first that differs decides which of two numbers is less.

    The weights before a place have a common divisor that is more than all that comes after it can make.
    """
    items = sorted(number.weights.items(), key=lambda item: -abs(item[1]))
    parts: list[Number] = []
    begin = 0
    for place in range(1, len(items) + 1):
        divisor = gcd(*(weight for _, weight in items[begin:place]))
        rest = sum(abs(weight) * (holder.high - holder.low) for holder, weight in items[place:])
        if rest < divisor:
            weights = {holder: weight // divisor for holder, weight in items[begin:place]}
            parts.append(Number(weights, 0, *span(weights, 0)))
            begin = place
    return parts


def is_distinct(number: Number, holders: Collection[Holder]) -> bool:
    """Whether no two rows hold the same number, given the holders of which this is known."""
    return any(len(part.weights) == 1 and set(part.weights) <= set(holders) for part in in_parts(number))
