"""Products and quotients of two variables, one gate a value: logarithms add.

[|x| · |y| ≥ v] is [log|x| + log|y| ≥ log v]; of variables, which have few values, with whole logarithms that are fine
enough to tell all products apart. That they are is checked on every pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from math import log2

from logdepth.arrows.transformer_to_circuit.heads import forms_of_cases, states_of
from logdepth.arrows.transformer_to_circuit.values import Linear, Numbers, Value, from_table
from logdepth.arrows.transformer_to_circuit.winners import function_of_values
from logdepth.circuits import FloatFormat
from logdepth.numerics.errors import CapacityExceeded

MOST_PAIRS = 2**17
"""Pairs of values of two numbers that are multiplied."""

Thresholds = dict[int, int]
"""Size of a result, increasing -> the least sum of logarithms that gives it."""


def multiply(numbers: Numbers, one: Value, other: Value) -> Value:
    """The product of two values, cut off."""
    one, other = single(numbers, one), single(numbers, other)
    if not one.tables or not other.tables:
        constant, value = (one, other) if not one.tables else (other, one)
        return numbers.multiply(value, constant.constant)
    if one.tables.keys() == other.tables.keys():
        return same_variable(numbers, one, other)
    if few(numbers, [one, other]):
        return by_cases(numbers, numbers.format.multiply, [one, other])
    up = [(one, a, other, b) for a, b in ((1, 1), (-1, -1))]
    down = [(one, a, other, b) for a, b in ((1, -1), (-1, 1))]
    above, below = ([Quadrant(numbers.format, *sides) for sides in found] for found in (up, down))
    sizes = [{size for side in sides for size in side.sizes} for sides in (above, below)]
    zero = {0} if 0 in [*entries(one), *entries(other)] else set()
    support = sizes[0] | {-size for size in sizes[1]} | zero

    def reach(number: int, before: int) -> int:
        size, sides = (number, above) if number > 0 else (-before, below)
        gates = [side.reaches(numbers, size) for side in sides if max(side.sizes, default=0) >= size]
        found = Linear(0, dict.fromkeys(gates, 1))  # at most one of them holds
        return numbers.gate(found if number > 0 else Linear(1) - found, 1)

    return function_of_values(numbers, numbers.format.multiply, [one, other], [*support], reach)


def share(numbers: Numbers, part: Value, whole: Value) -> Value:
    """A quotient of numbers from 0, of which the first is no greater than the second: at most 1."""
    part, whole = single(numbers, part), single(numbers, whole)
    one = numbers.format.nearest(1)
    divide = lambda a, b: min(numbers.format.divide(a, b), one)  # noqa: E731
    if not whole.tables:
        return numbers.apply(lambda number: divide(number, whole.constant), part)
    if not part.tables:
        return numbers.apply(lambda number: divide(part.constant, number), whole)
    quadrant = Quadrant(numbers.format, part, 1, whole, 1, quotient=True)
    support = {min(size, one) for size in quadrant.sizes} | {0}
    reach = lambda number, before: quadrant.reaches(numbers, number)  # noqa: E731
    return function_of_values(numbers, divide, [part, whole], [*support], reach)


def single(numbers: Numbers, value: Value) -> Value:
    return numbers.settled(value) if len(value.tables) > 1 else value


def entries(value: Value) -> list[int]:
    """The values of a function of one variable, in the order of the variable."""
    ((_, table),) = value.tables.items()
    return [value.constant + entry for entry in table]


def same_variable(numbers: Numbers, one: Value, other: Value) -> Value:
    ((variable, _),) = one.tables.items()
    pairs = zip(entries(one), entries(other), strict=True)
    return from_table(variable, [numbers.format.multiply(a, b) for a, b in pairs])


def few(numbers: Numbers, values: Sequence[Value]) -> bool:
    """Whether a gate for each case of these values is no more than what their floats would take."""
    states = states_of(numbers, values)
    return states is not None and len(states) <= numbers.format.count // 2


def by_cases(numbers: Numbers, function: Callable[..., int], values: Sequence[Value]) -> Value:
    """A function of values with few cases."""
    found: dict[int, Linear] = {}
    for vector, holds in forms_of_cases(numbers, values).items():
        result = function(*vector)
        found[result] = found.get(result, Linear()) + holds

    def reach(number: int, before: int) -> int:
        form = Linear()
        for result, holds in found.items():
            if result >= number:
                form += holds
        return numbers.gate(form, 1)

    return function_of_values(numbers, function, values, [*found], reach)


class Quadrant:
    """Two functions of one variable each where they have these signs, and the sizes of their product or quotient."""

    def __init__(
        self, form: FloatFormat, one: Value, sign: int, other: Value, other_sign: int, quotient: bool = False
    ) -> None:
        first = tuple(max(0, sign * entry) for entry in entries(one))
        second = tuple(max(0, other_sign * entry) for entry in entries(other))
        self.one, self.other = one, other
        self.logs = logarithms(form, first, -2), logarithms(form, second, -1)
        if quotient:
            self.logs = self.logs[0], tuple(-log for log in self.logs[1])
        self.found = thresholds(form, tuple(sorted({*first} - {0})), tuple(sorted({*second} - {0})), quotient)

    @property
    def sizes(self) -> set[int]:
        return set(self.found)

    def reaches(self, numbers: Numbers, size: int) -> int:
        """The node of: the signs are these, and the result has at least this size."""
        least = next(found for one, found in self.found.items() if one >= size)
        form = Linear()
        for value, logs in zip((self.one, self.other), self.logs, strict=True):
            ((variable, _),) = value.tables.items()
            form += from_table(variable, logs).linear
        return numbers.gate(form, least)


def scale(form: FloatFormat) -> int:
    """Steps of a logarithm: fine enough for products of two mantissas that differ."""
    return 2 ** (2 * form.mantissa + 4)


def logarithms(form: FloatFormat, sizes: tuple[int, ...], none: int) -> tuple[int, ...]:
    """Whole logarithms; of 0, as of a number of the other sign, `none` times more than any sum."""
    far = 8 * scale(form) * form.largest.bit_length()
    return tuple(round(scale(form) * log2(size)) if size else none * far for size in sizes)


@cache
def thresholds(form: FloatFormat, first: tuple[int, ...], second: tuple[int, ...], quotient: bool) -> Thresholds:
    """Of all products, or quotients, of numbers above 0. Errors: CapacityExceeded for too many."""
    if len(first) * len(second) > MOST_PAIRS:
        raise CapacityExceeded(
            f"two numbers that are multiplied can be {len(first) * len(second):,} pairs, and {MOST_PAIRS:,} are the"
            " most that a circuit tells apart. Take fewer bits."
        )
    if not first or not second:
        return {}
    found: Thresholds = {}
    ends: dict[int, int] = {}
    operation = form.divide if quotient else form.multiply
    signs = -1 if quotient else 1
    logs, others = logarithms(form, first, 0), logarithms(form, second, 0)
    for number, log in zip(first, logs, strict=True):
        for other, other_log in zip(second, others, strict=True):
            size, total = operation(number, other), log + signs * other_log
            found[size] = min(found.get(size, total), total)
            ends[size] = max(ends.get(size, total), total)
    order = sorted(found)
    for before, after in pairwise(order):
        assert ends[before] < found[after], "logarithms are too coarse to tell two products apart"
    return {size: found[size] for size in order}
