"""ReLU pieces are exact on every integer of their range, and 0 on the start token."""

from itertools import product as pairs

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logdepth.arrows.program_to_transformer.prune import reachable
from logdepth.gadgets import INDEX, Embedded, Neurons, Read, constant, form
from logdepth.gadgets.relu import (
    embed,
    gate_value,
    maximum,
    minimum,
    partial_sums,
    product,
    snap,
    staircase,
    univariate,
    where,
)
from logdepth.numerics.errors import CapacityExceeded

RANGES = [(0, 0), (0, 1), (0, 7), (-5, 6), (3, 9), (-8, -2)]


def neurons(x):
    return [cell for cell in reachable([x]) if isinstance(cell, Neurons)]


@given(st.integers(-6, 6), st.lists(st.integers(-9, 9), min_size=1, max_size=12))
def test_any_function_of_one_integer(token, low, values):
    x = Read("x", low, low + len(values) - 1)
    result = univariate(form(x), lambda v: np.array(values)[v - low], "f")
    for place, expected in enumerate(values):
        assert token(cells={x: low + place}).form(result) == expected
    assert token(on_start=True).form(result) == 0
    assert result.low <= min(values) and max(values) <= result.high


def test_linear_functions_need_no_neuron(token):
    x = Read("x", -3, 9)
    result = univariate(form(x), lambda v: 5 * v - 2, "f")
    assert not neurons(result)
    assert [token(cells={x: v}).form(result) for v in range(-3, 10)] == [5 * v - 2 for v in range(-3, 10)]


def test_functions_of_one_field_are_free(token):
    x = Embedded("x", 0, 6, 0.0, "x", np.arange(7))
    twice = univariate(univariate(form(x) * 3, lambda v: v % 5, "f") + form(x), lambda v: v * v, "g")
    assert not neurons(twice)
    assert [token({"x": v}).form(twice) for v in range(7)] == [(3 * v % 5 + v) ** 2 for v in range(7)]


def test_a_table_over_the_row_number_holds_nothing_in_row_0(token):
    result = embed(INDEX, np.array([99, 5, 7]), "f")
    assert [token({INDEX: row}).form(result) for row in range(3)] == [0, 5, 7]
    assert embed(INDEX, np.array([99, 4, 4]), "f").constant == 4


@pytest.mark.parametrize("high", [1, 2, 9, 40])
@pytest.mark.parametrize("noise", [-0.2499, -0.1, 0.0, 0.1, 0.2499])
def test_staircases_snap_what_is_within_a_quarter(token, high, noise):
    x = Read("x", 0, high, error=0.24999)
    values = np.random.default_rng(high).integers(-4, 5, high + 1)
    result = staircase(form(x), 0, values, "f")
    assert [token(cells={x: v + noise}).form(result) for v in range(high + 1)] == values.tolist()
    assert token(on_start=True).form(result) == 0


def test_staircases_refuse_what_may_be_off_by_a_quarter():
    with pytest.raises(CapacityExceeded, match=r"'f' is computed from a sum that can be off by 0.25, more than 1/4"):
        staircase(form(Read("x", 0, 3, error=0.25)), 0, np.arange(4), "f")


@pytest.mark.parametrize("high", [0, 1, 2, 3, 14, 15, 16, 17, 63, 64, 100, 255, 256, 1000])
def test_snapped_is_the_nearest_integer(token, high):
    x = Read("x", 0, high, error=0.2)
    result = snap(form(x), high, "x")
    assert result.error == 0
    for value, noise in pairs({*range(0, high + 1, 1 + high // 40), high}, (-0.2, 0.0, 0.2)):
        assert token(cells={x: value + noise}).form(result) == value
    assert token(on_start=True).form(result) == 0


def test_what_is_exact_is_not_snapped():
    x = form(Read("x", 0, 9))
    assert snap(x, 9, "x") is x


@pytest.mark.parametrize(("first", "second"), list(pairs(RANGES, RANGES)))
def test_operations_on_two_integers(token, first, second):
    a, b = Read("a", *first), Read("b", *second)
    x, y = form(a), form(b)
    results = {
        "product": (product(x, y, "p"), lambda v, w: v * w),
        "maximum": (maximum(x, y, "m"), max),
        "minimum": (minimum(x, y, "m"), min),
    }
    for (result, meant), v, w in pairs(
        results.values(), range(first[0], first[1] + 1), range(second[0], second[1] + 1)
    ):
        assert token(cells={a: v, b: w}).form(result) == meant(v, w)
        assert token(on_start=True).form(result) == 0


def test_a_product_with_a_condition_is_one_neuron():
    assert len(neurons(product(form(Read("gate", 0, 1)), form(Read("x", 0, 1000)), "p"))) == 1
    assert not neurons(product(constant(3), form(Read("x", 0, 1000)), "p"))


@pytest.mark.parametrize(("first", "second"), list(pairs(RANGES, RANGES)))
def test_choices(token, first, second):
    c, a, b = Read("c", 0, 1), Read("a", *first), Read("b", *second)
    chosen, kept = where(form(c), form(a), form(b), "w"), gate_value(form(c), form(a), "g")
    for condition, v, w in pairs((0, 1), range(first[0], first[1] + 1), range(second[0], second[1] + 1)):
        row = token(cells={c: condition, a: v, b: w})
        assert row.form(chosen) == (v if condition else w)
        assert row.form(kept) == (v if condition else 0)
    assert token(on_start=True).form(chosen) == 0


@pytest.mark.parametrize("off", [-0.2, 0.0, 0.2])
def test_a_shut_gate_lets_no_error_through(token, off):
    gate, value = Read("gate", 0, 1), Read("value", 0, 5, 0.2)
    kept = gate_value(form(gate), form(value), "g")
    for number in range(6):
        assert token(cells={gate: 0, value: number + off}).form(kept) == 0


def test_tables_have_a_limit():
    with pytest.raises(CapacityExceeded, match="4194305 values and a table has at most 4194304"):
        univariate(form(Read("x", 0, 2**22)), lambda v: v % 2, "f")


@pytest.mark.parametrize(("low", "high"), RANGES)
@given(st.data())
def test_partial_sums_are_those_of_the_neurons_that_would_be_made(low, high, data):
    size = high - low + 1
    values = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=size, max_size=size)))
    x = form(Read("x", low, high))
    made = neurons(univariate(x, lambda v: values[v - low], "f"))
    sums = [sum(abs(weight) * max(y.high, 0) for weight, y in cell.terms) for cell in made]
    assert partial_sums(x, lambda v: values[v - low], "f") == max(sums, default=0)
