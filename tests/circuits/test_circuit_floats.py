"""Floats of p bits: the paper's definitions, by an independent reading of them, and what holds of all values."""

import math
from fractions import Fraction

import numpy as np
import pytest

from logdepth.circuits.floats import FloatFormat
from logdepth.numerics.errors import UsageError

FORMATS = [FloatFormat(2, 2), FloatFormat(4, 4), FloatFormat(3, 5), FloatFormat(5, 5), FloatFormat(8, 4)]


def every_value(form: FloatFormat) -> list[int]:
    """All m · 2^(e + E), the paper's g, of mantissas and exponents with a sign."""
    most, top = form.largest_mantissa, form.largest_exponent
    return sorted({m * 2 ** (e + top) for m in range(-most, most + 1) for e in range(-top, top + 1)})


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_there_are_as_many_values_as_the_formula_says_and_a_float_is_itself(form: FloatFormat) -> None:
    values = every_value(form)
    kept = [value for value in values if form.cut(value) == value]
    assert len(kept) == form.count
    assert max(values) == form.largest == max(kept)


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_a_number_is_cut_off_to_the_float_next_to_it_toward_zero(form: FloatFormat) -> None:
    canonical = [value for value in every_value(form) if form.cut(value) == value]
    rng = np.random.default_rng(0)
    for number in [*range(-300, 300), *map(int, rng.integers(-2 * form.largest, 2 * form.largest, 300))]:
        side = [value for value in canonical if abs(value) <= abs(number) and value * number >= 0]
        assert form.cut(number) == max(side, key=abs)


@pytest.mark.parametrize("form", [FloatFormat(4, 4), FloatFormat(5, 5)], ids=str)
def test_operations_are_the_exact_ones_cut_off(form: FloatFormat) -> None:
    values = [value for value in every_value(form) if form.cut(value) == value][::7]
    for one in values:
        exact = math.exp(min(form.value(one), 700))
        assert form.exponential(one) == form.nearest(min(exact, form.value(form.largest)))
        for other in values:
            a, b = form.value(one), form.value(other)
            assert form.multiply(one, other) == form.nearest(a * b)
            expected = form.nearest(a / b) if b else form.largest * ((a > 0) - (a < 0))
            assert form.divide(one, other) == expected


def test_a_sum_does_not_depend_on_the_order_and_is_cut_off_once() -> None:
    form = FloatFormat(4, 4)
    assert form.add([56, 1, 1, 1, 1, 1, 1, 1, 1]) == 64  # one after the other each 1 would be lost
    assert form.cut(form.cut(56 + 1) + 1) == 56


def test_what_is_no_format_or_no_number_is_refused() -> None:
    for widths in ((1, 4), (4, 1), (60, 4), (4, 30)):
        with pytest.raises(UsageError, match="mantissa"):
            FloatFormat(*widths)
    for value in (math.inf, math.nan):
        with pytest.raises(UsageError, match="finite"):
            FloatFormat(4, 4).nearest(value)
    assert FloatFormat(4, 4).nearest(Fraction(10**9)) == FloatFormat(4, 4).largest
