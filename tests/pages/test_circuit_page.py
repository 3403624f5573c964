"""The page of a circuit: every node is there with the value that it has on the input that is shown."""

import numpy as np
import pytest

from logdepth.circuits import Circuit, CircuitBuilder, symmetric
from logdepth.numerics.errors import UsageError
from logdepth.pages import circuit as page_of_circuit
from logdepth.pages.circuit import circuit_page


def adder() -> Circuit:
    """One bit plus one bit, as columns."""
    builder = CircuitBuilder(["a[1].0", "b[1].0"])
    carry = builder.conjunction([0, 1])
    total = builder.gate({0: 1, 1: 1, carry: -2}, 1)
    return builder.finish({"sum[1].0": total, "sum[1].1": carry})


@pytest.mark.parametrize("bits", [[0, 0, 0, 0], [1, 0, 1, 1], [1, 1, 0, 0]])
def test_every_node_is_there_with_its_value_and_the_sum_that_decides_it(self_contained, data_of, bits):
    circuit = symmetric(4, lambda ones: ones % 2 == 1)
    page = circuit_page("parity <b>", circuit, np.array(bits))
    self_contained(page)
    record = data_of(page)
    assert record["values"] == "".join("01"[value] for value in circuit.values(np.array([bits]))[:, 0].astype(int))
    assert [0] * 4 + record["levels"] == list(circuit.levels) and record["outputs"] == [["accepted", circuit.nodes - 1]]
    for (form, threshold), value in zip(record["gates"], record["values"][4:], strict=True):
        nodes, weights = record["forms"][form]
        total = sum(weight for node, weight in zip(nodes, weights, strict=True) if record["values"][node] == "1")
        assert record["sums"][form] == total and (total >= threshold) == (value == "1")
    assert "<b>" not in page.split("<script")[0] and "parity &lt;b&gt;" in page


def test_bits_of_columns_are_numbers_and_other_bits_have_their_names(data_of):
    columns = data_of(circuit_page("adder", adder(), np.array([1, 1])))["columns"]
    assert [(each["kind"], each["name"], each["entries"]) for each in columns] == [
        ("input", "a", [[0]]),
        ("input", "b", [[1]]),
        ("output", "sum", [[3, 2]]),
    ]
    named = data_of(circuit_page("parity", symmetric(2, lambda ones: ones == 1), np.array([1, 0])))["columns"]
    assert [each["name"] for each in named] == ["x1", "x2", "accepted"]


def test_numbers_that_javascript_cannot_hold_are_digits(data_of):
    builder = CircuitBuilder(["x", "y"])
    circuit = builder.finish({"z": builder.gate({0: 2**60 + 1, 1: -3}, 2**60)})
    record = data_of(circuit_page("large", circuit, np.array([1, 0])))
    assert record["forms"][0] == [[0, 1], [str(2**60 + 1), -3]] and record["sums"] == [str(2**60 + 1)]
    assert record["gates"] == [[0, str(2**60)]] and record["values"] == "101"


def test_of_a_circuit_with_too_many_wires_none_are_given(monkeypatch, data_of):
    monkeypatch.setattr(page_of_circuit, "MOST_WIRES", 4)
    record = data_of(circuit_page("adder", adder(), np.array([1, 1])))
    assert record["forms"] is None and len(record["sums"]) == 2


def test_a_circuit_too_large_for_a_page_is_refused(monkeypatch):
    monkeypatch.setattr(page_of_circuit, "MOST_GATES", 1)
    with pytest.raises(UsageError, match="draws at most 1 gates, and this circuit has 2"):
        circuit_page("adder", adder(), np.array([1, 1]))
