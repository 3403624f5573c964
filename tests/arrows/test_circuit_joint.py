"""What variables of a circuit can be together: all that some input gives, and no more where few inputs decide it."""

from itertools import product

import numpy as np
import pytest

from logdepth.arrows.transformer_to_circuit.joint import Variable
from logdepth.arrows.transformer_to_circuit.values import Numbers, Value, from_table, total
from logdepth.arrows.transformer_to_circuit.winners import together
from logdepth.circuits import CircuitBuilder, FloatFormat

FORM = FloatFormat(10, 4)
ONE = FORM.nearest(1)


def field(builder: CircuitBuilder, first: int) -> Value:
    """A number 0 … 3 of two inputs, in units."""
    bits = {first: 1, first + 1: 2}
    variable = Variable((0, 1, 2, 3), tuple(builder.gate(bits, number) for number in (1, 2, 3)))
    return from_table(variable, [ONE * number for number in range(4)])


def minus(value: Value) -> Value:
    return Value(-value.constant, {v: tuple(-entry for entry in table) for v, table in value.tables.items()})


@pytest.mark.parametrize("most", [2**15, 20, 4])
def test_the_lesser_of_two_numbers_is_no_more_than_few_numbers(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """x - relu(x - y): taken apart, x and the relu would give numbers below 0."""
    monkeypatch.setattr("logdepth.arrows.transformer_to_circuit.joint.MOST_COMBINATIONS", most)
    builder = CircuitBuilder(["a0", "a1", "b0", "b1"])
    numbers, x, y = Numbers(builder, FORM), field(builder, 0), field(builder, 2)
    over = numbers.apply(lambda number: max(0, number), total([x, minus(y)]))
    least = total([x, minus(over)])
    exact = {(ONE * min(a, b), ONE * a) for a, b in product(range(4), repeat=2)}
    found = together(numbers.joint, [least, x])
    possible = numbers.possible(least)
    if most >= 16:
        assert found is not None and set(found) == exact
        assert possible == [0, ONE, 2 * ONE, 3 * ONE]
    else:
        assert found is None
        assert set(possible) > {one for one, _ in exact}
    settled = numbers.settled(least)
    circuit = builder.finish({})
    for bits in product((0, 1), repeat=4):
        values = circuit.values(np.array([bits]))[:, 0]
        linear = settled.linear
        read = linear.constant + sum(weight * int(values[node]) for node, weight in linear.weights.items())
        assert read == ONE * min(bits[0] + 2 * bits[1], bits[2] + 2 * bits[3])
