"""Circuits as values: what they compute, by two evaluators and by plain Python, and what they take."""

import numpy as np
import pytest
from circuits.random_circuits import every_input, meant, random_circuit

from logdepth.circuits import (
    BitSliced,
    Circuit,
    CircuitBuilder,
    Form,
    Gate,
    boolean_function,
    depth_by_parts,
    drop_unread,
    parts_of,
    symmetric,
    to_logic,
)
from logdepth.numerics.errors import UsageError


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_both_evaluators_agree_with_the_definition_on_all_inputs(seed: int, large: bool) -> None:
    circuit = random_circuit(seed, large=large)
    inputs = every_input(6)
    expected = [meant(circuit, row) for row in inputs]
    assert circuit.evaluate(inputs).tolist() == expected
    assert BitSliced(circuit)(inputs).tolist() == expected


@pytest.mark.parametrize("seed", range(10))
def test_sharing_changes_no_output_and_never_adds_gates(seed: int) -> None:
    shared, plain = random_circuit(seed), random_circuit(seed, share=False)
    inputs = every_input(6)
    assert np.array_equal(shared.evaluate(inputs), plain.evaluate(inputs))
    assert np.array_equal(drop_unread(plain).evaluate(inputs), plain.evaluate(inputs))
    assert len(shared.gates) <= len(plain.gates) == 25


@pytest.mark.parametrize("instances", [0, 1, 63, 64, 65, 5000])
def test_bit_slices_take_any_number_of_inputs(instances: int) -> None:
    circuit = random_circuit(3)
    inputs = np.random.default_rng(0).integers(0, 2, (instances, 6))
    assert np.array_equal(BitSliced(circuit)(inputs), circuit.evaluate(inputs))


@pytest.mark.parametrize(
    ("name", "accepts", "gates", "depth"),
    [("majority", lambda ones: 2 * ones > 16, 1, 1), ("parity", lambda ones: ones % 2, 17, 2)],
)
def test_symmetric_functions_take_two_levels(name: str, accepts: object, gates: int, depth: int) -> None:
    circuit = symmetric(16, accepts)  # type: ignore[arg-type]
    inputs = np.random.default_rng(1).integers(0, 2, (3000, 16))
    assert [bool(row[0]) for row in circuit.evaluate(inputs)] == [bool(accepts(row.sum())) for row in inputs]  # type: ignore[operator]
    assert (circuit.sizes.gates, circuit.depth) == (gates, depth)


@pytest.mark.parametrize(("bits", "outputs"), [(2, 1), (3, 2), (8, 8), (12, 12)])
def test_lemma_1_takes_exactly_its_gates_and_three_levels(bits: int, outputs: int) -> None:
    def function(number: int) -> int:
        return number * number % 2**outputs

    circuit = boolean_function(function, bits, outputs)
    found = BitSliced(circuit)(every_input(bits)) @ (1 << np.arange(outputs))
    assert found.tolist() == [function(number) for number in range(2**bits)]
    assert (circuit.sizes.gates, circuit.depth) == (bits + 2**bits + outputs, 3)


def test_a_node_says_its_level_and_a_circuit_its_sizes() -> None:
    builder = CircuitBuilder(["a", "b", "c"])
    low = builder.gate({0: 2, 1: -4}, 2)  # a and not b; divided by 2
    circuit = builder.finish({"y": builder.gate({low: 1, 2: 5}, 6)})
    assert circuit.levels == (0, 0, 0, 1, 2)
    sizes = circuit.sizes
    assert (sizes.gates, sizes.forms, sizes.depth, sizes.edges, sizes.fan_in, sizes.weight) == (2, 2, 2, 4, 2, 5)
    assert circuit.values(np.array([[1, 0, 1]]))[:, 0].tolist() == [True, False, True, True, True]


@pytest.mark.parametrize(
    ("forms", "gates", "outputs", "says"),
    [
        ([Form((0, 5), (1, 1))], [Gate(0, 1)], {}, "node 2 reads node 5"),
        ([Form((2,), (1,))], [Gate(0, 1)], {}, "node 2 reads node 2"),
        ([Form((1, 0), (1, 1))], [], {}, "increasing"),
        ([Form((0, 1), (1, 0))], [], {}, "not 0"),
        ([Form((0,), (1, 1))], [], {}, "one weight"),
        ([], [Gate(0, 1)], {}, "compares form 0"),
        ([], [], {"y": 2}, "'y' is node 2"),
    ],
)
def test_what_is_no_circuit_is_refused(
    forms: list[Form], gates: list[Gate], outputs: dict[str, int], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        Circuit(("a", "b"), tuple(forms), tuple(gates), outputs)


@pytest.mark.parametrize("inputs", [np.zeros((3, 5)), np.zeros(6), np.full((2, 6), 2), np.full((2, 6), np.nan)])
def test_inputs_that_are_no_rows_of_bits_are_refused(inputs: np.ndarray) -> None:
    for circuit in (random_circuit(0), BitSliced(random_circuit(0))):
        with pytest.raises(UsageError, match="bits"):
            circuit(inputs) if isinstance(circuit, BitSliced) else circuit.evaluate(inputs)


def test_equal_gates_of_logic_are_made_once() -> None:
    circuit = symmetric(64, lambda ones: ones % 2)
    assert to_logic(circuit).operations < 5 * 64 + 64 * 12


def test_parts_have_all_gates_and_stay_where_gates_are_dropped() -> None:
    builder = CircuitBuilder(["a", "b"])
    builder.end_part("nothing")
    both = builder.conjunction([0, 1])
    builder.disjunction([0, 1])
    builder.end_part("first")
    neither = builder.negation(both)
    builder.end_part("last")
    circuit = builder.finish({"y": neither})
    assert circuit.parts == (("nothing", 0), ("first", 2), ("last", 1))
    assert drop_unread(circuit).parts == (("nothing", 0), ("first", 1), ("last", 1))
    assert [len(nodes) for nodes, _ in parts_of(circuit)] == [0, 2, 1]
    assert depth_by_parts(circuit) == circuit.depth == 2
    with pytest.raises(UsageError, match="all of its 3 gates"):
        Circuit(circuit.inputs, circuit.forms, circuit.gates, circuit.outputs, (("first", 2),))


def test_a_circuit_without_logic_is_bit_sliced_too() -> None:
    """Its outputs are constants and inputs, as of a network that answers one class whatever it reads."""
    builder = CircuitBuilder(["a", "b"])
    circuit = builder.finish({"never": builder.constant(False), "b": 1, "always": builder.constant(True)})
    assert BitSliced(circuit)(every_input(2)).tolist() == circuit.evaluate(every_input(2)).tolist()
