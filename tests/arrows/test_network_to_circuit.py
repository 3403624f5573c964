"""Small GPT-2s as circuits: every logit is the one of the interpreter, on all inputs."""

from itertools import product

import numpy as np
import pytest
import torch

from logdepth.arrows.network_to_circuit import network_to_circuit
from logdepth.arrows.registry import ARROWS
from logdepth.circuits import Circuit, FloatFormat, decode_columns, encode_columns
from logdepth.networks import Classifier, Gpt2, Gpt2InFloats, Gpt2Shape, Recurrent
from logdepth.numerics.errors import CapacityExceeded, UsageError


def random_network(tokens: int, depth: int = 1, heads: int = 1, vocabulary: int = 2, classes: int = 2) -> Gpt2:
    """Weights of GPT-2's start, and noise that makes attention choose."""
    generator = torch.Generator().manual_seed(tokens)
    shape = Gpt2Shape(vocabulary, tokens, depth, heads, width=4, hidden=4, classes=classes, dropout=0.0)
    network = Gpt2(shape, generator)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(torch.randn(weight.shape, generator=generator) * 0.7)
    return network.eval()


def outputs(circuit: Circuit, inputs: list[tuple[int, ...]]) -> list[dict[str, list[int]]]:
    bits = np.array([encode_columns(circuit.inputs, {"token": np.array(ids)}) for ids in inputs])
    found = [decode_columns(circuit.outputs, row) for row in circuit.evaluate(bits)]
    return [{name: column.tolist() for name, column in columns.items()} for columns in found]


@pytest.mark.parametrize(
    ("tokens", "depth", "heads", "vocabulary", "mantissa", "exponent"),
    [(3, 1, 1, 2, 3, 3), (3, 1, 2, 3, 3, 3), (2, 2, 1, 2, 3, 3), (2, 1, 1, 2, 4, 4)],
)
def test_every_logit_is_that_of_the_interpreter_on_all_inputs(
    tokens: int, depth: int, heads: int, vocabulary: int, mantissa: int, exponent: int
) -> None:
    network, form = random_network(tokens, depth, heads, vocabulary), FloatFormat(mantissa, exponent)
    floats, inputs = Gpt2InFloats(network, form), list(product(range(vocabulary), repeat=tokens))
    expected = [floats.logits(ids) for ids in inputs]
    found = outputs(network_to_circuit(network, form, tokens, "logits"), inputs)
    for columns, logits in zip(found, expected, strict=True):
        assert list(zip(columns["logit0"], columns["logit1"], strict=True)) == [
            tuple(map(form.rank, row)) for row in logits
        ]
    assert len({str(logits) for logits in expected}) > 1


def test_the_class_is_the_first_of_the_largest_logits() -> None:
    network, form = random_network(3, classes=3), FloatFormat(3, 3)
    inputs = list(product(range(2), repeat=3))
    floats = Gpt2InFloats(network, form)
    found = outputs(network_to_circuit(network, form, 3), inputs)
    assert [columns["class"] for columns in found] == [floats.classes(ids) for ids in inputs]


def test_with_many_bits_the_interpreter_comes_close_to_the_network() -> None:
    network = random_network(4, depth=2, heads=2)
    form = FloatFormat(32, 6)
    for ids in ([0, 1, 1, 0], [1, 1, 0, 1]):
        found = [[float(form.value(number)) for number in row] for row in Gpt2InFloats(network, form).logits(ids)]
        expected = network(torch.tensor([ids]))[0].tolist()
        assert np.allclose(found, expected, atol=1e-4)  # float32 has 24 bits


def test_what_takes_too_many_gates_is_refused_by_their_count() -> None:
    network = random_network(4)
    with pytest.raises(CapacityExceeded, match=r"up to [0-9,]+ gates"):
        network_to_circuit(network, FloatFormat(12, 7), 4)
    with pytest.raises(UsageError, match="1 to 4 tokens"):
        network_to_circuit(network, FloatFormat(3, 3), 5)
    with pytest.raises(UsageError, match="up to 4 ids from 0 to 1"):
        Gpt2InFloats(network, FloatFormat(3, 3)).logits([2])


def test_a_network_without_a_head_answers_by_its_last_norm() -> None:
    generator = torch.Generator().manual_seed(0)
    network = Gpt2(Gpt2Shape(vocabulary=2, positions=2, depth=1, heads=1, width=4, hidden=4, dropout=0.0), generator)
    form, inputs = FloatFormat(4, 4), list(product(range(2), repeat=2))
    found = outputs(network_to_circuit(network.eval(), form, 2), inputs)
    assert [columns["class"] for columns in found] == [Gpt2InFloats(network, form).classes(ids) for ids in inputs]


def test_other_networks_and_formats_that_contradict_themselves_are_refused() -> None:
    arrow, network = ARROWS["network-to-circuit"], Classifier(random_network(2))
    with pytest.raises(UsageError, match="this is a Recurrent"):
        arrow(Classifier(Recurrent(network.network.shape, "gru")))
    with pytest.raises(UsageError, match="are not 9 bits"):
        arrow(network, bits=9, mantissa=4, exponent=4)
    assert arrow(network, bits=9, exponent=4, logits=1).number_format == FloatFormat(5, 4)


def test_the_claimed_depth_is_little_more_than_what_is_measured() -> None:
    """A bound that a construction has outgrown says nothing of it."""
    for tokens, depth, bits in ((3, 1, 8), (2, 2, 6)):
        made = ARROWS["network-to-circuit"](Classifier(random_network(tokens, depth)), bits=bits, logits=1)
        assert made.artefact.depth <= made.claim.sizes["depth"] <= 2 * made.artefact.depth
