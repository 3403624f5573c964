"""The theorem as a value: a trained GPT-2 in floats of p bits is a threshold circuit of constant depth."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import torch

from logdepth.arrows.arrow import Arrow, Example
from logdepth.arrows.network_to_circuit.extract import ANSWERS, network_to_circuit
from logdepth.arrows.transformer_to_circuit.theorem import MadeCircuit
from logdepth.circuits import Circuit, FloatFormat
from logdepth.networks import Classifier, Gpt2, Gpt2Shape
from logdepth.numerics.errors import UsageError, Wording
from logdepth.tasks import Parameter
from logdepth.theory import Claim

SUM, PRODUCT, SHARE, LARGEST, CLASS = 1, 2, 1, 1, 3
"""Levels of gates of each step, at most, from numbers that are variables to one that is a variable.

A sum is a gate for each of its values, cut off or not; a function of one variable takes none. A product has the cases
of both, or one of two signs, and their disjunction. A quotient is one comparison of logarithms. The largest score
reaches what one of them reaches. A class is a comparison of logits, a conjunction, and the bits of the first largest.
"""
NORM = 3 * SUM + PRODUCT
"""The mean, the differences from it, the mean of their squares, and a product. Gain and bias take no gate."""
ATTENTION = (SUM + PRODUCT + SUM) + LARGEST + 2 * SUM + SHARE + (PRODUCT + SUM) + SUM
"""Queries, their products with keys and the scores; the largest score; exponentials and their sum; the weights; their
products with values and what is mixed; the output."""
MLP = 2 * SUM
ENDS = 1 + SUM + CLASS
"""A token is decoded; logits; the class."""
BITS = 8
"""Of a float, where none are given: half of them for the mantissa."""


def make(classifier: Classifier, tokens: int, bits: int, mantissa: int, exponent: int, logits: int) -> MadeCircuit:
    network = classifier.network
    if not isinstance(network, Gpt2):
        raise UsageError(f"a GPT-2 becomes a circuit, and this is a {type(network).__name__}. Give a GPT-2.")
    number_format = format_of(bits, mantissa, exponent)
    circuit = network_to_circuit(network, number_format, tokens or network.shape.positions, ANSWERS[logits])
    return MadeCircuit(circuit, claim_for(network, number_format), number_format)


def format_of(bits: int, mantissa: int, exponent: int) -> FloatFormat:
    """As given; what is not given has half of the bits, or the rest of them."""
    if bits and mantissa and exponent and mantissa + exponent != bits:
        raise UsageError(
            f"a mantissa of {mantissa} bits and an exponent of {exponent} are not {bits} bits.",
            Wording("Leave out {bits} or {mantissa}."),
        )
    whole = bits or BITS
    if mantissa and not exponent:
        return FloatFormat(mantissa, bits - mantissa if bits else mantissa)
    return FloatFormat(mantissa or (whole - exponent if exponent else whole // 2), exponent or whole - whole // 2)


def claim_for(network: Gpt2, number_format: FloatFormat) -> Claim:
    """Depth by the number of layers, whatever the number of tokens."""
    return Claim(
        model="threshold circuits",
        direction="upper",
        exactness="exact",
        sizes={"depth": (2 * NORM + ATTENTION + MLP) * network.shape.depth + NORM + ENDS},
        source="logdepth.arrows.network_to_circuit, after Merrill and Sabharwal 2023, arXiv:2207.00729, Theorem 1",
        note=f"The circuit gives what the network gives in floats of {number_format.mantissa} and"
        f" {number_format.exponent} bits, mantissa and exponent, on every input; its own float32"
        " may give another class. Gates have weights; the largest score is subtracted before the exponential.",
    )


def networks() -> Iterator[Example[Classifier]]:
    """Fresh networks whose classes are the same in floats of few bits, on all inputs."""
    for seed, bits in ((3, 8), (9, 10)):
        shape = Gpt2Shape(vocabulary=3, positions=3, depth=1, heads=1, width=4, hidden=4, classes=3, dropout=0.0)
        generator = torch.Generator().manual_seed(seed)
        network = Gpt2(shape, generator)
        with torch.no_grad():
            for weight in network.parameters():
                weight.add_(torch.randn(weight.shape, generator=generator) * 0.7)
        inputs = [{"token": np.array(ids)} for ids in product(range(3), repeat=3)]
        yield Example(Classifier(network.eval()), inputs, {"bits": bits})


NETWORK_TO_CIRCUIT: Arrow[Classifier, Circuit] = Arrow(
    name="network-to-circuit",
    source=Classifier,
    target=Circuit,
    theorem="A GPT-2 of L layers in floats of p bits is a circuit of threshold gates of depth O(L), which does not"
    " depend on the number of tokens.",
    proof="logdepth.arrows.network_to_circuit, after Merrill and Sabharwal, arXiv:2207.00729, Theorem 1",
    options=(
        Parameter("tokens", int, 0, 0, None, "tokens of the input; 0: as many as the network has positions"),
        Parameter("bits", int, 0, 0, 68, f"bits of a float in all; 0: {BITS}"),
        Parameter("mantissa", int, 0, 0, 48, "bits of a float's mantissa, with its sign; 0: half of the bits"),
        Parameter("exponent", int, 0, 0, 20, "bits of a float's exponent, with its sign; 0: the others"),
        Parameter("logits", int, 0, 0, 1, "1: of every logit its rank among all floats, in place of the class"),
    ),
    make=make,
    examples=networks,
)
