"""Any function of s-ops as a table: it is called on all values that its s-ops can have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import lcm, prod
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
    """All that an s-op can hold: axes from 0 on, and the value at every place of their grid, row by row."""

    axes: tuple[Number, ...]
    values: tuple[Any, ...]


def domain(form: Form) -> Domain:
    match form:
        case Coded():
            axis = () if isinstance(form.code, int) else (from_zero(held(form.code), len(form.values)),)
            return Domain(axis, form.values)
        case Number():
            return domain_of_number(form)
        case Ratio():
            parts = [domain_of_number(numerator_of(part)) for part in (form.top, form.bottom)]
            tops, bottoms = (part.values for part in parts)
            default = form.default[0] if form.default else NONE
            refuse_large(len(tops) * len(bottoms), "a fraction", (len(tops), len(bottoms)))
            values = [settled(top, bottom, default) for top in tops for bottom in bottoms]
            return Domain((*parts[0].axes, *parts[1].axes), tuple(values))


def domain_of_number(number: Number) -> Domain:
    """By its numerators, or by the values of its holders, whichever are fewer."""
    holders = [held(holder, -holder.low) for holder in number.weights]
    if len(holders) > 1 and prod(holder.size for holder in holders) < number.size:
        grids = product(*(range(holder.low, holder.high + 1) for holder in number.weights))
        numerators = [sum(w * v for w, v in zip(number.weights.values(), at, strict=True)) for at in grids]
        return Domain(tuple(holders), tuple(number.value_of(n + number.constant) for n in numerators))
    axis = (at_zero(number),) if number.weights else ()
    refuse_large(number.size, "a function of a number", (number.size,))
    return Domain(axis, tuple(number.value_of(n) for n in range(number.low, number.high + 1)))


def at_zero(number: Number) -> Number:
    """The numerator less its lowest."""
    n = numerator_of(number)
    return Number(n.weights, n.constant - n.low, 0, n.high - n.low)


def from_zero(number: Number, size: int) -> Number:
    return Number(number.weights, number.constant, 0, size - 1)


def settled(top: int, bottom: int, default: Any) -> Any:
    return default if not bottom else Fraction(top, bottom) if top % bottom else top // bottom


def tabulated(writer: Writer, function: Function, forms: Sequence[Form]) -> Form:
    """The function of these s-ops as a table.

    Errors: CapacityExceeded for a table that is too large; UsageError for a function that has no value anywhere.
    """
    if len(forms) == 1 and isinstance(forms[0], Ratio) and (steps := by_steps(writer, function, forms[0])):
        return steps
    domains = [domain(form) for form in forms]
    axes = [axis for each in domains for axis in each.axes]
    refuse_large(prod(len(each.values) for each in domains), repr(function.name), [len(d.values) for d in domains])
    known: dict[Any, Any] = {}
    entries = [computed(function, at, known) for at in product(*(each.values for each in domains))]
    refuse_valueless(function, known)
    return from_entries(writer, axes, filled(entries))


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


def filled(entries: list[Any]) -> list[Value]:
    """The entries, with the one before in the place of one that is not there."""
    first = next(entry for entry in entries if entry is not NONE)
    found: list[Value] = []
    for entry in entries:
        found.append(entry if entry is not NONE else found[-1] if found else first)
    return found


def from_entries(writer: Writer, axes: Sequence[Number], entries: Sequence[Value]) -> Form:
    """The form of a table: a number, linear if it is so, or the number of a value."""
    if all(entry == entries[0] for entry in entries):
        return constant(entries[0])
    if all(map(is_number, entries)):
        numbers: list[Any] = [*entries]
        common = lcm(*{Fraction(entry).denominator for entry in numbers})
        numerators = [int(entry * common) for entry in numbers]
        truth = all(isinstance(entry, bool) for entry in entries)
        if max(numerators) - min(numerators) >= MOST_ENTRIES:
            return listed(writer, axes, entries)
        return linear(writer, axes, numerators, common, truth) or looked_up(writer, axes, numerators, common, truth)
    return listed(writer, axes, entries)


def listed(writer: Writer, axes: Sequence[Number], entries: Sequence[Value]) -> Coded:
    values = tuple(dict.fromkeys(entries))
    codes = {value: code for code, value in enumerate(values)}
    return Coded(writer.lookup([codes[entry] for entry in entries], place(writer, axes)), values)


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


def linear(
    writer: Writer, axes: Sequence[Number], numerators: Sequence[int], common: int, truth: bool
) -> Number | None:
    """Σ slope · axis + start, if the entries are that."""
    grid = np.array(numerators, dtype=object).reshape([axis.size for axis in axes])
    start = grid.flat[0]
    slopes = [int(np.ravel(grid.take(min(1, axis.size - 1), place))[0]) - start for place, axis in enumerate(axes)]
    made: Any = start
    for number, slope in enumerate(slopes):
        shape = [-1 if each == number else 1 for each in range(len(axes))]
        made = made + slope * np.arange(axes[number].size, dtype=object).reshape(shape)
    if not np.array_equal(grid, np.broadcast_to(made, grid.shape)):
        return None
    total = writer.sum(*zip(slopes, axes, strict=True), (1, whole(start)))
    return Number(total.weights, total.constant, min(numerators), max(numerators), common, truth)


def by_steps(writer: Writer, function: Function, form: Ratio) -> Form | None:
    """A function of a fraction that has few steps: a comparison top · q ≥ bottom · p for each step p / q."""
    if form.default or form.bottom.low < 1:
        return None
    known: dict[Any, Any] = {}
    points = sorted({value for value in domain(form).values if value is not NONE})
    found = [computed(function, (point,), known) for point in points]
    refuse_valueless(function, known)
    entries = filled(found)
    steps = [n for n in range(1, len(entries)) if entries[n] != entries[n - 1]]
    if not steps or len(steps) > MOST_STEPS:
        return None if steps else constant(entries[0])
    if all(map(is_number, entries)) is False and len(steps) > 2:
        return None
    tests = [at_least(writer, form, simplest(Fraction(points[n - 1]), Fraction(points[n]))) for n in steps]
    reached = writer.sum(*((1, test) for test in tests))
    return from_entries(
        writer, [Number(reached.weights, reached.constant, 0, len(steps))], [entries[0], *(entries[n] for n in steps)]
    )


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
