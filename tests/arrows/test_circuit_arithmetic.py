"""Variables of a circuit: products, quotients, sums, the largest, and softmax, against the floats themselves."""

from collections.abc import Callable, Sequence
from random import Random

import numpy as np
import pytest

from logdepth.arrows.transformer_to_circuit.products import multiply, share
from logdepth.arrows.transformer_to_circuit.softmax import largest, softmax
from logdepth.arrows.transformer_to_circuit.values import Numbers, Value, Variable, from_table, total
from logdepth.circuits import CircuitBuilder, FloatFormat

FORMATS = [FloatFormat(3, 3), FloatFormat(4, 4), FloatFormat(5, 3)]
PLACES = 3  # bits of each variable


def weights_of(form: FloatFormat, scores: Sequence[int]) -> list[int]:
    powers = [form.exponential(form.cut(score - max(scores))) for score in scores]
    return [form.divide(power, form.add(powers)) for power in powers]


def shared(form: FloatFormat, part: int, whole: int) -> int:
    return min(form.divide(part, whole), form.nearest(1))


OPERATIONS: dict[str, tuple[int, Callable[..., object], Callable[..., object]]] = {
    "multiply": (2, lambda numbers, values: multiply(numbers, *values), lambda form, *n: form.multiply(*n)),
    "square": (1, lambda numbers, values: multiply(numbers, *values * 2), lambda form, n: form.multiply(n, n)),
    "share": (2, lambda numbers, values: share(numbers, *values), shared),
    "add": (3, lambda numbers, values: numbers.add(values), lambda form, *n: form.add(n)),
    "monotone": (3, lambda numbers, v: numbers.monotone(numbers.format.cut, total(v)), lambda form, *n: form.add(n)),
    "largest": (3, lambda numbers, values: largest(numbers, values), lambda form, *n: max(n)),
    "softmax": (3, softmax, lambda form, *n: weights_of(form, n)),
}


@pytest.mark.parametrize("form", FORMATS, ids=str)
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_on_variables_is_that_on_floats(name: str, form: FloatFormat) -> None:
    count, make, direct = OPERATIONS[name]
    rng, builder = Random(name), CircuitBuilder([f"x{place}" for place in range(PLACES * count)])
    numbers, least = Numbers(builder, form), form.count // 2 if name == "share" else 0
    tables = [[form.ranked(rng.randrange(least, form.count)) for _ in range(2**PLACES)] for _ in range(count)]
    made = make(numbers, [variable_of(builder, place, table) for place, table in enumerate(tables)])
    made = made if isinstance(made, list) else [made]
    inputs = np.array([[number >> place & 1 for place in range(PLACES * count)] for number in range(8**count)])
    nodes = builder.finish({}).values(inputs).astype(int)
    for number in range(8**count):
        expected = direct(form, *(table[number >> PLACES * place & 7] for place, table in enumerate(tables)))
        assert [read(value, nodes[:, number]) for value in made] == np.ravel(expected).tolist()


def variable_of(builder: CircuitBuilder, place: int, table: Sequence[int]) -> Value:
    bits = {PLACES * place + bit: 2**bit for bit in range(PLACES)}
    return from_table(Variable(tuple(range(8)), tuple(builder.gate(bits, n) for n in range(1, 8))), table)


def read(value: Value, nodes: np.ndarray) -> int:
    return value.linear.constant + sum(weight * int(nodes[node]) for node, weight in value.linear.weights.items())


def test_a_number_of_too_many_digits_is_cut_off_though_it_is_one_step() -> None:
    form = FloatFormat(4, 4)
    builder = CircuitBuilder(["x"])
    numbers = Numbers(builder, form)
    value = numbers.add([from_table(Variable((0, 1), (0,)), [0, 64]), from_table(Variable((0, 1), (0,)), [0, 60])])
    circuit = builder.finish({})
    assert [read(value, circuit.values(np.array([[bit]]))[:, 0]) for bit in (0, 1)] == [0, form.cut(124)] == [0, 112]
