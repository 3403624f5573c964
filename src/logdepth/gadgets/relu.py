"""ReLU pieces: exact on integers. Every function returns an affine form over new cells, each one ReLU layer deeper.

Source: piecewise-linear interpolation through the integer points; a neuron per break point.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from logdepth.gadgets.cells import INDEX, ONE, Affine, Embedded, Neurons, Staircase, constant, form
from logdepth.numerics.errors import CapacityExceeded

LARGEST_TABLE = 2**22  # values that a function of one variable is tabulated for

MOST_JUMPS = 32  # of a function of an inexact number: a staircase has a column for each, and digits have fewer

Function = Callable[[np.ndarray], np.ndarray]  # integers to integers


def univariate(x: Affine, function: Function, label: str) -> Affine:
    """function(x).

    Free if x is constant or a function of one field of the embedding; otherwise one ReLU layer with a neuron per break
    point of the interpolation; if x is not exactly an integer, two layers by jumps, or, if these are many, those of
    `snap` and one. A later pass rounds first also where the jumps are fewer, if that costs less.
    """
    if x.constant is not None:
        return constant(int(function(np.array([x.constant]))[0]))
    if (tabulated := as_table(x)) is not None:
        name, values = tabulated
        return embed(name, function(values), label)
    low, high = x.low, x.high
    values = tabulate(x, function, label)
    if x.error and np.count_nonzero(np.diff(values)) <= MOST_JUMPS:
        return staircase(x, low, values, label)
    if x.error:
        return of_rounded(round_digits(x - constant(low), high - low, label), values, label)
    return interpolation(x, low, values, label)


def tabulate(x: Affine, function: Function, label: str) -> np.ndarray:
    """The values from x.low to x.high."""
    low, high = x.low, x.high
    if high - low >= LARGEST_TABLE:
        raise CapacityExceeded(
            f"{label!r} is a function of a number with {high - low + 1} values and a table has at most "
            f"{LARGEST_TABLE}; declare a smaller range"
        )
    return function(np.arange(low, high + 1)).astype(np.int64)


def interpolation(x: Affine, low: int, values: np.ndarray, label: str) -> Affine:
    """values[x - low] by one ReLU layer: values[0] + Σ_t c_t · relu(x - low - t), c the second differences."""
    slopes = np.diff(values)
    if is_constant(slopes):  # linear: no neuron needed
        slope = int(slopes[0]) if len(slopes) else 0
        return constant(int(values[0]) - slope * low) + x * slope
    places, factors, scale = turns_of(slopes)
    terms = tuple((factor, x.plus(-low - t)) for factor, t in zip(factors, places, strict=True))
    base = int(values[0])
    cell = Neurons(label, (int(values.min()) - base) // scale, (int(values.max()) - base) // scale, 0.0, terms)
    return constant(base) + form(cell) * scale


def is_constant(slopes: np.ndarray) -> bool:
    return len(slopes) == 0 or bool(np.all(slopes == slopes[0]))


def turns_of(slopes: np.ndarray) -> tuple[list[int], list[int], int]:
    """Where slopes change, by how much, and what divides all changes: it stays outside the neurons, for small weights
    are exact longer, and shared more often."""
    turns = np.diff(slopes, prepend=0)
    scale = int(np.gcd.reduce(turns))
    places = np.flatnonzero(turns)
    return places.tolist(), (turns[places] // scale).tolist(), scale


def partial_sums(x: Affine, function: Function, label: str) -> int:
    """What no partial sum exceeds when `univariate` adds up its neurons, which are not made for it where x is exact:
    they may be thousands."""
    if x.constant is not None or as_table(x) is not None:
        return 0
    if x.error:
        neurons = [cell for cell in univariate(x, function, label).weights if isinstance(cell, Neurons)]
        return max((sum(abs(weight) * max(y.high, 0) for weight, y in cell.terms) for cell in neurons), default=0)
    slopes = np.diff(tabulate(x, function, label))
    if is_constant(slopes):
        return 0
    places, factors, _ = turns_of(slopes)
    high = x.plus(-x.low).high
    return sum(abs(factor) * max(high - t, 0) for factor, t in zip(factors, places, strict=True))


def staircase(x: Affine, low: int, values: np.ndarray, label: str) -> Affine:
    """values[round(x) - low] for x within 1/4 of an integer, exactly, by two ReLU layers: a pair of neurons per jump.

    [x ≥ t] = relu(1 - relu(8 (t - 3/8 - x))) is 0 or 1, whatever the rounding.
    """
    base = int(values[0])
    least, most = int(values.min()) - base, int(values.max()) - base
    terms = stairs(x, low, values, label)
    return constant(base) + form(Staircase(label, least, most, 0.0, terms, of=x, first=low, values=values))


def stairs(x: Affine, low: int, values: np.ndarray, label: str) -> tuple[tuple[int, Affine], ...]:
    """The terms of a staircase without values[0]."""
    if x.error >= 0.25:
        raise CapacityExceeded(f"{label!r} is computed from a sum that can be off by {x.error:.2g}, more than 1/4")
    terms = []
    for step in np.flatnonzero(np.diff(values)).tolist():
        threshold = low + step + 1
        short = Neurons(
            f"{label}: short of {threshold}", 0, 8 * (threshold - low) - 1, 1.0, ((1, shortfall(x, threshold)),)
        )
        terms.append((int(values[step + 1] - values[step]), constant(1) - form(short)))
    return tuple(terms)


def shortfall(x: Affine, threshold: int) -> Affine:
    """8 (threshold - 3/8 - x): ≤ -1 if x ≥ threshold - 1/4, ≥ 3 if x ≤ threshold - 3/4."""
    return constant(8 * threshold - 3) - x * 8


def snap(x: Affine, high: int, label: str) -> Affine:
    """The exact integer within 1/4 of x, in 0..high, two ReLU layers a digit and a column for every digit but 0.

    Below 16 that is one digit; beyond, the base is about log2 high.
    """
    return total_of(round_digits(x, high, label)) if x.error else x


Digits = list[tuple[int, Affine]]  # (place, digit): Σ place · digit, the highest place first


def round_digits(x: Affine, high: int, label: str) -> Digits:
    """The digits of the exact integer within 1/4 of x. As `snap`."""
    base = 16 if high < 16 else 2 ** (high.bit_length().bit_length() - 1)
    place = 1
    while place * base <= high:
        place *= base
    found: Digits = []
    rest, left = x, high
    while place >= 1:
        name = f"{label} / {place}" if high >= base else label
        terms = stairs(rest, 0, np.arange(left + 1) // place, name)
        digit = form(Neurons(name, 0, left // place, 0.0, terms))
        found.append((place, digit))
        rest, left = rest - digit * place, min(left, place - 1)
        place //= base
    return found


def total_of(digits: Digits) -> Affine:
    total = constant(0)
    for place, digit in digits:
        total = total + digit * place
    return total


def of_rounded(digits: Digits, values: np.ndarray, label: str) -> Affine:
    """values[number], by one ReLU layer on the digits of the number, or on the lowest ones if these decide it."""
    for lowest in range(len(digits) - 1, 0, -1):
        period = digits[lowest - 1][0]
        if np.array_equal(values[period:], values[:-period]):
            return interpolation(total_of(digits[lowest:]).within(0, period - 1), 0, values[:period], label)
    return interpolation(total_of(digits).within(0, len(values) - 1), 0, values, label)


def product(x: Affine, y: Affine, label: str) -> Affine:
    """x · y. One layer: a gate if one of them is 0 or 1, else ((x + y)² - x² - y²) / 2."""
    for one, other in ((x, y), (y, x)):
        if one.constant is not None:
            return other * one.constant
    for gate, value in ((x, y), (y, x)):
        if gate.low >= 0 and gate.high <= 1:
            return gate_value(gate, value, label)
    both = x + y
    half = univariate(both, lambda s: s * (s - 1) // 2, f"half square of {label}")
    rest_x = univariate(x, lambda s: s * (s - 1) // 2, f"half square of {label}")
    rest_y = univariate(y, lambda s: s * (s - 1) // 2, f"half square of {label}")
    return half - rest_x - rest_y  # C(x+y, 2) - C(x, 2) - C(y, 2) = xy, in integers


def divide(x: Affine, y: Affine, label: str, remainder: bool = True) -> tuple[Affine, Affine]:
    """(⌊x / y⌋, x mod y) for integers x and y ≥ 1: long division, a digit of base 16 at a time.

    A digit at place p counts the k in 1..15 with rest ≥ k p y, a neuron pair each; what it stands for is taken from the
    rest by a gate for every k. Two ReLU layers a digit, and the last digit only one if the remainder is not needed.
    """
    assert y.low >= 1, f"{label!r} divides by {y.low}..{y.high}"
    shift = max(0, -(x.low // y.low))  # x + shift y ≥ 0
    rest, most = x + y * shift, max(x.high, 0) // y.low + shift
    rest = rest.within(0, max(x.high + shift * y.high, 0))
    place = 1
    while place * 16 <= most:
        place *= 16
    total = constant(-shift)
    while place >= 1:
        digits = range(1, min(15, most // place) + 1)
        reached = [rest - y * (k * place) for k in digits]  # ≥ 0: so many are in the rest
        if place == 1 and not remainder:
            terms = tuple(term for d in reached for term in ((1, d + constant(1)), (-1, d)))
            return total + form(Neurons(label, 0, len(digits), 0.0, terms)), rest
        gates = [
            form(Neurons(f"{label} ≥ {k * place}", 0, 1, 0.0, ((1, d + constant(1)), (-1, d))))
            for k, d in zip(digits, reached, strict=True)
        ]
        taken = [gate_value(gate, y, f"{label} of {k * place}") for k, gate in zip(digits, gates, strict=True)]
        for gate, product_ in zip(gates, taken, strict=True):
            total, rest = total + gate * place, rest - product_ * place
        rest = rest.within(0, place * y.high - 1)
        most, place = min(most, place - 1) if place > 1 else 0, place // 16
    return total, rest


def gate_value(gate: Affine, value: Affine, label: str) -> Affine:
    """value if gate else 0, for a gate of 0 or 1: one neuron. value = low + rest with rest ≥ 0."""
    low, high = min(value.low, 0), value.high
    rest = value - constant(low)
    beyond = int(value.error > 0)  # so much more, and the error is shut out too
    shut = (constant(1) - gate) * (high - low + beyond)
    cell = Neurons(label, 0, max(high - low, 0), value.error, ((1, rest - shut),))
    return form(cell) + gate * low


def woven(gates: list[Affine], values: list[Affine], high: int, label: str) -> Affine:
    """The sum of the values, all ≥ 0, whose gates are 1: at most `high`. One cell, a neuron for each."""
    terms = tuple(
        (1, value - (constant(1) - gate) * value.high)
        for gate, value in zip(gates, values, strict=True)
        if gate.constant != 0 and value.high
    )
    return form(Neurons(label, 0, high, 0.0, terms)) if terms else constant(0)


def where(condition: Affine, yes: Affine, no: Affine, label: str) -> Affine:
    """yes if condition else no."""
    if condition.constant is not None:
        return yes if condition.constant else no
    return gate_value(condition, yes, label) + gate_value(constant(1) - condition, no, label)


def maximum(x: Affine, y: Affine, label: str) -> Affine:
    """x + relu(y - x); of inexact numbers ≥ 0 relu(x) + relu(y - x), one cell that is off by no more than they are."""
    difference = y - x
    if difference.error and x.low >= 0:
        error = max(x.error, y.error)
        return form(Neurons(label, 0, max(x.high, y.high), error, ((1, x), (1, difference))))
    cell = Neurons(label, 0, max(0, difference.high), 0.0, ((1, difference),))
    return x + form(cell)


def minimum(x: Affine, y: Affine, label: str) -> Affine:
    """x - relu(x - y); of inexact numbers ≥ 0 relu(x) - relu(x - y), one cell that is off by no more than they are."""
    difference = x - y
    if difference.error and min(x.low, y.low) >= 0:
        error = max(x.error, y.error)
        return form(Neurons(label, 0, min(x.high, y.high), error, ((1, x), (-1, difference))))
    cell = Neurons(label, 0, max(0, difference.high), 0.0, ((1, difference),))
    return x - form(cell)


def embed(name: str, values: np.ndarray, label: str) -> Affine:
    """A new cell of the embedding that holds values[v] where the field holds v."""
    values = np.asarray(values, dtype=np.int64).copy()
    rows = values[1:] if name == INDEX else values
    if np.all(rows == rows[0]):
        return constant(int(rows[0]))
    if name == INDEX:
        values[0] = 0  # the start token
    return form(Embedded(label, int(rows.min()), int(rows.max()), 0.0, name, values))


def as_table(x: Affine) -> tuple[str, np.ndarray] | None:
    """(field, values) if x is a function of one field of the embedding."""
    cells = [cell for cell in x.weights if cell is not ONE]
    if not cells or not all(isinstance(cell, Embedded) and cell.table.size for cell in cells):
        return None
    names = {cell.source for cell in cells if isinstance(cell, Embedded)}
    if len(names) != 1:
        return None
    total = np.full(
        max(cell.table.size for cell in cells if isinstance(cell, Embedded)), x.weights.get(ONE, 0), dtype=np.int64
    )
    for cell in cells:
        assert isinstance(cell, Embedded), "checked above"
        total += x.weights[cell] * cell.table
    return names.pop(), total
