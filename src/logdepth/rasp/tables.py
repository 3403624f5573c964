"""Any function of s-ops as a table: it is called on all values that its s-ops can have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import gcd, lcm, prod
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.rasp.evaluate import called
from logdepth.rasp.forms import Coded, Form, Number, Ratio, constant, held, numerator_of, whole
from logdepth.rasp.tree import Function
from logdepth.rasp.values import NoValue, Value, is_number
from logdepth.rasp.writing import MOST_ENTRIES, Writer, refuse_large

NONE = object()
"""In the place of a value that a function does not have."""

MOST_STEPS = 12
"""Of a function of a mean that is made of comparisons, one for every step."""


@dataclass(frozen=True, eq=False)
class Domain:
    """All that an s-op can hold: axes from 0 on, distinct values, and which of them is at each place of the axes' grid.

    at: (places,) int64, row by row, places in `values`.
    """

    axes: tuple[Number, ...]
    values: tuple[Any, ...]
    at: np.ndarray

    def spread(self, entries: Sequence[Any]) -> list[Any]:
        """Entries of the values as entries of the places."""
        return [entries[place] for place in self.at.tolist()]


def every(axes: tuple[Number, ...], values: Sequence[Any]) -> Domain:
    """Of a value for every place, all distinct."""
    return Domain(axes, tuple(values), np.arange(len(values)))


def domain(form: Form) -> Domain:
    match form:
        case Coded():
            axis = () if isinstance(form.code, int) else (from_zero(held(form.code), len(form.values)),)
            return every(axis, form.values)
        case Number():
            axes, numerators = numerators_of(form)
            return distinct(axes, [form.value_of(numerator) for numerator in numerators])
        case Ratio():
            return domain_of_ratio(form)


def distinct(axes: tuple[Number, ...], entries: Sequence[Any]) -> Domain:
    """Of an entry for every place. Values of different types are different."""
    codes: dict[Any, int] = {}
    at = [codes.setdefault((type(entry), entry), len(codes)) for entry in entries]
    return Domain(axes, tuple(value for _, value in codes), np.array(at, dtype=np.int64))


def domain_of_ratio(form: Ratio) -> Domain:
    """Equal fractions once."""
    (first, tops), (second, bottoms) = (numerators_of(numerator_of(part)) for part in (form.top, form.bottom))
    refuse_large(len(tops) * len(bottoms), "a fraction", (len(tops), len(bottoms)))
    default = form.default[0] if form.default else NONE
    top, bottom = (np.ravel(part) for part in np.meshgrid(tops, bottoms, indexing="ij"))
    top[bottom == 0] = 0  # all of them are the default
    shared = np.maximum(np.gcd(top, bottom), 1)
    pairs = distinct_pairs(top // shared, bottom // shared)
    values = [default if not b else a if b == 1 else Fraction(a, b) for a, b in pairs[0]]
    return Domain((*first, *second), tuple(values), pairs[1])


def distinct_pairs(first: np.ndarray, second: np.ndarray) -> tuple[list[tuple[int, int]], np.ndarray]:
    """The distinct pairs, in the order in which they come, and which of them is at each place."""
    codes = [np.unique(part, return_inverse=True)[1] for part in (first, second)]
    both = codes[0] * (int(codes[1].max()) + 1) + codes[1]
    _, begins, at = np.unique(both, return_index=True, return_inverse=True)
    order = np.argsort(begins)
    begins = begins[order]
    return [*zip(first[begins].tolist(), second[begins].tolist(), strict=True)], np.argsort(order)[at]


def numerators_of(number: Number) -> tuple[tuple[Number, ...], list[int]]:
    """Axes, and the numerator at every place: by its holders, if they have fewer values together, else by itself."""
    step = gcd(*number.weights.values()) or 1
    low = number.constant - (number.constant - number.low) // step * step  # the least that the weights can reach
    size = (number.high - low) // step + 1
    holders = [held(holder, -holder.low) for holder in number.weights]
    if len(holders) > 1 and prod(holder.size for holder in holders) < size:
        grids = product(*(range(holder.low, holder.high + 1) for holder in number.weights))
        sums = (sum(w * v for w, v in zip(number.weights.values(), at, strict=True)) for at in grids)
        return tuple(holders), [each + number.constant for each in sums]
    refuse_large(size, "a function of a number", (size,))
    weights = {holder: weight // step for holder, weight in number.weights.items()}
    axis = Number(weights, (number.constant - low) // step, 0, size - 1)
    return (axis,) if weights else (), [*range(low, number.high + 1, step)]


def from_zero(number: Number, size: int) -> Number:
    return Number(number.weights, number.constant, 0, size - 1)


def tabulated(writer: Writer, function: Function, forms: Sequence[Form]) -> Form:
    """The function of these s-ops as a table.

    Errors: CapacityExceeded for a table that is too large; UsageError for a function that has no value anywhere.
    """
    if len(forms) == 1 and isinstance(forms[0], Ratio) and (steps := by_steps(writer, function, forms[0])):
        return steps
    domains = [domain(form) for form in forms]
    refuse_large(prod(len(each.at) for each in domains), repr(function.name), [len(each.at) for each in domains])
    known: dict[Any, Any] = {}
    entries = [computed(function, at, known) for at in product(*(each.values for each in domains))]
    refuse_valueless(function, known)
    found = distinct((), entries)
    grid = found.at.reshape([len(each.values) for each in domains])
    at = np.ravel(grid[np.ix_(*(each.at for each in domains))])
    return from_table(writer, [axis for each in domains for axis in each.axes], *filled(found.values, at))


def computed(function: Function, values: Sequence[Any], known: dict[Any, Any]) -> Any:
    """What a function gives, or NONE; asked once of equal values."""
    key = tuple((type(value), value) for value in values)
    if key not in known:
        try:
            known[key] = NONE if any(value is NONE for value in values) else called(function, values)
        except NoValue as error:
            known[key] = NONE
            known.setdefault("why", error)
    return known[key]


def refuse_valueless(function: Function, known: dict[Any, Any]) -> None:
    """UsageError for a function that has no value anywhere, by all that `computed` knows of it."""
    if all(value is NONE for key, value in known.items() if key != "why"):
        why = f": {known['why']}" if "why" in known else ""
        raise UsageError(f"{function.name!r} has no value, whatever the input is{why}. Change what it is given.")


def filled(values: Sequence[Any], at: np.ndarray) -> tuple[Sequence[Any], np.ndarray]:
    """The table, with the entry before in the place of one that is not there."""
    if NONE not in values:
        return values, at
    there = at != values.index(NONE)
    last = np.maximum.accumulate(np.where(there, np.arange(len(at)), -1))
    return values, at[np.where(last < 0, int(np.argmax(there)), last)]


def from_entries(writer: Writer, axes: Sequence[Number], entries: Sequence[Value]) -> Form:
    """The form of a table that has these entries, place by place."""
    table = distinct((), entries)
    return from_table(writer, axes, table.values, table.at)


def from_table(writer: Writer, axes: Sequence[Number], values: Sequence[Value], at: np.ndarray) -> Form:
    """The form of a table: a number, linear if it is so, or the number of a value. values[at]: its entries."""
    used, begins, at = np.unique(at, return_index=True, return_inverse=True)
    order = np.argsort(begins)  # values as they come
    values, at = [values[place] for place in used[order].tolist()], np.argsort(order)[at]
    if all(value == values[0] for value in values):
        return constant(values[0])
    if all(map(is_number, values)):
        numbers: list[Any] = [*values]
        common = lcm(*{Fraction(number).denominator for number in numbers})
        numerators = [int(number * common) for number in numbers]
        truth = all(isinstance(number, bool) for number in numbers)
        if max(numerators) - min(numerators) < MOST_ENTRIES:
            grid = np.array(numerators)[at]
            return linear(writer, axes, grid, common, truth) or looked_up(writer, axes, grid.tolist(), common, truth)
    return listed(writer, axes, values, at)


def listed(writer: Writer, axes: Sequence[Number], values: Sequence[Value], at: np.ndarray) -> Coded:
    """Equal values are one, whatever their types."""
    codes = {value: code for code, value in enumerate(dict.fromkeys(values))}
    entries = np.array([codes[value] for value in values])[at].tolist()
    return Coded(writer.lookup(entries, place(writer, axes)), tuple(codes))


def looked_up(writer: Writer, axes: Sequence[Number], numerators: Sequence[int], common: int, truth: bool) -> Number:
    low = min(numerators)
    holder = writer.lookup([numerator - low for numerator in numerators], place(writer, axes))
    assert not isinstance(holder, int), "a constant is none"
    number = held(holder, low)
    return Number(number.weights, low, low, max(numerators), common, truth)


def place(writer: Writer, axes: Sequence[Number]) -> Number:
    """The place in a grid, row by row."""
    factor, parts = 1, []
    for axis in reversed(axes):
        parts.append((factor, axis))
        factor *= axis.size
    total = writer.sum(*parts)
    return Number(total.weights, total.constant, 0, factor - 1)


def linear(writer: Writer, axes: Sequence[Number], entries: np.ndarray, common: int, truth: bool) -> Number | None:
    """Σ slope · axis + start, if the entries are that."""
    grid = entries.reshape([axis.size for axis in axes])
    start = int(grid.flat[0])
    slopes = [int(np.ravel(grid.take(min(1, axis.size - 1), place))[0]) - start for place, axis in enumerate(axes)]
    made: Any = start
    for number, slope in enumerate(slopes):
        shape = [-1 if each == number else 1 for each in range(len(axes))]
        made = made + slope * np.arange(axes[number].size).reshape(shape)
    if not np.array_equal(grid, np.broadcast_to(made, grid.shape)):
        return None
    total = writer.sum(*zip(slopes, axes, strict=True), (1, whole(start)))
    return Number(total.weights, total.constant, int(grid.min()), int(grid.max()), common, truth)


def by_steps(writer: Writer, function: Function, form: Ratio) -> Form | None:
    """A function of a fraction that has few steps: a comparison top · q ≥ bottom · p for each step p / q."""
    if form.default or form.bottom.low < 1:
        return None
    known: dict[Any, Any] = {}
    points = in_order([value for value in domain(form).values if value is not NONE])
    found = distinct((), [computed(function, (point,), known) for point in points])
    refuse_valueless(function, known)
    values, at = filled(found.values, found.at)
    entries = [values[place] for place in at.tolist()]
    steps = [n for n in range(1, len(entries)) if entries[n] != entries[n - 1]]
    if not steps or len(steps) > MOST_STEPS:
        return None if steps else constant(entries[0])
    if all(map(is_number, entries)) is False and len(steps) > 2:
        return None
    tests = [at_least(writer, form, simplest(Fraction(points[n - 1]), Fraction(points[n]))) for n in steps]
    reached = writer.sum(*((1, test) for test in tests))
    levels = [entries[0], *(entries[n] for n in steps)]
    if not reached.weights:
        return constant(levels[reached.constant])
    return from_entries(writer, [Number(reached.weights, reached.constant, 0, len(steps))], levels)


def in_order(numbers: Sequence[Any]) -> list[Any]:
    """By floats, which is fast, if they tell them apart."""
    found = sorted(numbers, key=float)
    return found if all(a < b for a, b in pairwise(found)) else sorted(numbers)


def at_least(writer: Writer, form: Ratio, least: Fraction) -> Number:
    """Whether top / bottom ≥ least."""
    difference: Any = writer.sum((least.denominator, form.top), (-least.numerator, form.bottom))
    if difference.low >= 0 or difference.high < 0:
        return whole(int(difference.low >= 0))
    return held(writer.once(("sign", difference.key), lambda: difference.numerator() >= 0))


def simplest(after: Fraction, up_to: Fraction) -> Fraction:
    """The fraction of the least denominator in (after, up_to]."""
    denominator = 1
    while True:
        numerator = (after * denominator).__floor__() + 1
        if Fraction(numerator, denominator) <= up_to:
            return Fraction(numerator, denominator)
        denominator += 1
