"""Theorem 1 literally: as many gates as the formula says, right on all inputs, and each follows from its number."""

import tracemalloc
from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
import pytest

from logdepth.circuits import Circuit, FloatFormat, decode_columns
from logdepth.circuits.literal import (
    FloatCodes,
    LiteralCircuit,
    LiteralHead,
    LiteralLayer,
    LiteralTransformer,
    StreamedGate,
    arbitrary_functions,
    build_literal,
    majority_of_tokens,
)
from logdepth.numerics.errors import CapacityExceeded, UsageError
from logdepth.theory.threshold_circuits import circuit_of_a_sum, circuit_of_a_transformer

SMALL = FloatCodes(FloatFormat(2, 2))
FORMATS = [FloatFormat(2, 2), FloatFormat(3, 2), FloatFormat(2, 3), FloatFormat(4, 4), FloatFormat(5, 3)]


def outputs_on_all_inputs(circuit: Circuit, n: int) -> dict[tuple[int, ...], list[int]]:
    inputs = list(product((0, 1), repeat=n))
    rows = circuit.evaluate(np.array(inputs))
    return {
        tokens: decode_columns(circuit.outputs, row)["output"].tolist()
        for tokens, row in zip(inputs, rows, strict=True)
    }


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_a_code_says_mantissa_and_exponent_and_the_float_is_written_back(form: FloatFormat) -> None:
    codes = FloatCodes(form)
    for code in range(2**form.bits):
        low, high = code % 2**form.mantissa, code >> form.mantissa
        parts = [
            (n - 2 ** (w - 1)) * -1 if n >= 2 ** (w - 1) else n
            for n, w in ((low, form.mantissa), (high, form.exponent))
        ]
        assert form.value(codes.number(code)) == parts[0] * Fraction(2) ** parts[1]
        assert codes.number(codes.code(codes.number(code))) == codes.number(code)
    for number in range(-3 * form.largest, 3 * form.largest, max(1, form.largest // 300)):
        assert codes.number(codes.code(number)) == form.cut(number)


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_floats_in_order_and_the_least_sum_that_reaches_each(form: FloatFormat) -> None:
    codes = FloatCodes(form)
    floats = sorted({codes.number(code) for code in range(2**form.bits)})
    assert [form.ranked(rank) for rank in range(form.count)] == floats
    assert [form.rank(number) for number in floats] == list(range(form.count))
    for rank in range(1, form.count):
        least = form.threshold(rank)
        assert form.cut(least - 1) < floats[rank] <= form.cut(least)


@cache
def built(layers: int, heads: int) -> tuple[LiteralTransformer, Circuit]:
    """A transformer of arbitrary functions, and its circuit for two tokens."""
    model = arbitrary_functions(SMALL, seed=2, layers=layers, heads=heads)
    return model, build_literal(model, 2)


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (2, 2)])
def test_the_circuit_of_arbitrary_functions_is_right_on_all_inputs(layers: int, heads: int) -> None:
    n, (model, circuit) = 2, built(layers, heads)
    claim = circuit_of_a_transformer(n=n, bits=4, layers=layers, heads=heads)
    shared = build_literal(model, n, share=True)
    assert (circuit.sizes.gates, circuit.depth) == (claim.sizes["gates"], claim.sizes["depth"])
    assert shared.sizes.gates < circuit.sizes.gates
    assert shared.depth <= circuit.depth
    expected = {tokens: model.run(tokens) for tokens in product((0, 1), repeat=n)}
    assert outputs_on_all_inputs(circuit, n) == outputs_on_all_inputs(shared, n) == expected
    assert len({tuple(codes) for codes in expected.values()}) > 1


def test_four_tokens_of_four_bits_take_71900_gates_and_decide_majority() -> None:
    circuit = build_literal(majority_of_tokens(SMALL), 4)
    assert circuit.sizes.gates == 71_900
    assert circuit.depth <= 20
    for tokens, codes in outputs_on_all_inputs(circuit, 4).items():
        assert [SMALL.number(code) > 0 for code in codes] == [sum(tokens) > 2] * 4


def wires_of(gate: StreamedGate) -> dict[int, int]:
    found: dict[int, int] = {}
    for node, weight in gate.wires:
        found[node] = found.get(node, 0) + weight
    return found


@pytest.mark.parametrize(("layers", "heads", "every"), [(1, 1, 11), (2, 2, 97)])
def test_a_gate_follows_from_its_number_alone(layers: int, heads: int, every: int) -> None:
    model, circuit = built(layers, heads)
    stream = LiteralCircuit(model, 2)
    assert stream.gates == len(circuit.gates)
    assert list(stream.outputs()) == list(circuit.outputs.values())
    for number in range(0, stream.gates, every):
        gate, streamed = circuit.gates[number], stream.gate(number)
        form = circuit.forms[gate.form]
        assert streamed.threshold == gate.threshold
        assert wires_of(streamed) == dict(zip(form.nodes, form.weights, strict=True))


@pytest.mark.parametrize(("n", "every"), [(4, 211), (8, 1009)])
def test_memory_of_a_stream_does_not_grow_with_n(n: int, every: int) -> None:
    """Numbers of every kind of gate; `benchmarks/circuits_literal.py` takes all of them."""
    stream = LiteralCircuit(arbitrary_functions(SMALL, seed=0), n)
    stream.gate(0)
    ends = range(stream.gates - 40, stream.gates)
    sums = range(stream.embedding_gates + n * n * stream.score_gates, stream.gates)[: stream.sum_gates]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for numbers in (range(0, stream.gates, every), sums, ends):
            for number in numbers:
                for _ in stream.gate(number).wires:
                    pass
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert peak <= 8 * 1024


def test_a_stream_goes_where_nothing_could_be_built() -> None:
    codes = FloatCodes(FloatFormat(5, 5))
    stream = LiteralCircuit(majority_of_tokens(codes), 32)
    assert stream.gates == circuit_of_a_transformer(n=32, bits=10).sizes["gates"] > 10**12
    assert stream.sum_gates == circuit_of_a_sum(numbers=32, bits=10).sizes["gates"]
    gate = stream.gate(stream.gates - stream.n * stream.forward_gates - 1)  # the last bit of the last mean
    assert max(node for node, _ in gate.wires) < stream.inputs + stream.gates


def test_what_cannot_be_built_is_refused_by_its_count() -> None:
    with pytest.raises(CapacityExceeded, match=r"1,078,500,216 gates here"):
        build_literal(majority_of_tokens(FloatCodes(FloatFormat(4, 4))), 8)
    with pytest.raises(UsageError, match="at least 1 token"):
        LiteralCircuit(majority_of_tokens(SMALL), 0)
    with pytest.raises(UsageError, match="gates 0 … 71,899"):
        LiteralCircuit(majority_of_tokens(SMALL), 4).gate(71_900)
    layers = [LiteralLayer((LiteralHead(max, abs),) * heads, max) for heads in (1, 2)]
    with pytest.raises(UsageError, match="equally many heads"):
        LiteralTransformer(SMALL, 1, max, tuple(layers))
