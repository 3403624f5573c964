"""The page of a circuit: every node is there with the value that it has on the input that is shown."""

import re

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
def test_every_node_is_drawn_with_its_value_and_says_its_condition(self_contained, bits):
    circuit = symmetric(4, lambda ones: ones % 2 == 1)
    page = circuit_page("parity <b>", circuit, np.array(bits))
    self_contained(page)
    values = circuit.values(np.array([bits]))[:, 0]
    kinds = re.findall(r'<g class="([^"]*)" tabindex="0"><title>([^<]*)</title>', page)
    assert len(kinds) == circuit.nodes
    by_level = [*range(4), *(node for nodes in circuit.by_level for node in nodes)]
    assert [("on" in kind.split()) for kind, _ in kinds] == [bool(values[node]) for node in by_level]
    assert [("output" in kind.split()) for kind, _ in kinds] == [node == circuit.nodes - 1 for node in by_level]
    for (_, said), node in zip(kinds[4:], by_level[4:], strict=True):
        total, threshold = map(int, re.search(r"is (-?\d+), and (?:reaches|is below) (-?\d+)$", said).groups())
        assert (total >= threshold) == values[node]
    assert "<b>" not in page and "parity &lt;b&gt;" in page


def test_bits_of_columns_are_shown_as_numbers():
    page = circuit_page("adder", adder(), np.array([1, 1]))
    assert "<th>output sum</th><td>2</td>" in page
    assert page.count('class="wires plus"') == 2 and page.count('class="wires minus"') == 1


def test_a_circuit_too_large_for_a_page_is_refused(monkeypatch):
    monkeypatch.setattr(page_of_circuit, "MOST_GATES", 1)
    with pytest.raises(UsageError, match="draws at most 1 gates, and this circuit has 2"):
        circuit_page("adder", adder(), np.array([1, 1]))
