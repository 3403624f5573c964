"""Theorem 1 literally: gates by formula and by count, right on all inputs, and a stream in constant memory; and how few
bits a compiled model needs in floats of p bits.

python benchmarks/circuits_literal.py theorem        n = 2, 4 and 8 tokens of 4 bits; n = 2 of 5 bits
python benchmarks/circuits_literal.py stream         every gate of the circuits for 4 and for 8 tokens, traced
    python benchmarks/circuits_literal.py bits           fewest bits of compiled models, the largest score subtracted
    python benchmarks/circuits_literal.py definition-8   softmax as printed: exponents that are too few, and enough
    python benchmarks/circuits_literal.py networks       small trained GPT-2s as circuits, on all inputs
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import torch

from logdepth import compile_task
from logdepth.arrows.network_to_circuit import network_to_circuit
from logdepth.artefacts import Model
from logdepth.circuits import FloatFormat, decode_columns, drop_unread, encode_columns
from logdepth.circuits.literal import (
    FloatCodes,
    LiteralCircuit,
    LiteralTransformer,
    arbitrary_functions,
    build_literal,
    majority_of_tokens,
)
from logdepth.networks import Gpt2, Gpt2InFloats, Gpt2Shape
from logdepth.tasks import make_task
from logdepth.theory.threshold_circuits import circuit_of_a_transformer
from logdepth.verification import fewest_float_bits, fewest_mantissa_bits, telling_instances, wrong_in_floats


def models(mantissa: int, exponent: int) -> Iterator[tuple[str, LiteralTransformer]]:
    codes = FloatCodes(FloatFormat(mantissa, exponent))
    yield "arbitrary", arbitrary_functions(codes, seed=0)
    yield "majority", majority_of_tokens(codes)


def theorem() -> None:
    print("functions   n  p     by formula       built  equal merged  unread dropped  depth  wrong / inputs   s")
    for n, mantissa, exponent in ((2, 2, 2), (4, 2, 2), (8, 2, 2), (2, 3, 2)):
        for name, model in models(mantissa, exponent):
            begun = time.perf_counter()
            claim = circuit_of_a_transformer(n=n, bits=model.codes.bits)
            circuit, shared = build_literal(model, n), build_literal(model, n, share=True)
            inputs = list(product((0, 1), repeat=n))
            wrong = sum(
                decode_columns(circuit.outputs, row)["output"].tolist() != model.run(tokens)
                for tokens, row in zip(inputs, circuit.evaluate(np.array(inputs)), strict=True)
            )
            print(
                f"{name:10} {n:2} {model.codes.bits:2} {claim.sizes['gates']:14,} {circuit.sizes.gates:11,}"
                f" {shared.sizes.gates:13,} {drop_unread(shared).sizes.gates:15,} {circuit.depth:6}"
                f" {wrong:6} / {len(inputs)} {time.perf_counter() - begun:7.1f}"
            )


def stream() -> None:
    print("functions   n    gates     wires  traced peak, bytes")
    for n in (2, 4, 8):
        model = arbitrary_functions(FloatCodes(FloatFormat(2, 2)), seed=0)
        circuit = LiteralCircuit(model, n)
        gates = wires = 0
        circuit.gate(0)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(circuit.gates):
            gates += 1
            for _ in circuit.gate(number).wires:
                wires += 1
        peak = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()
        print(f"arbitrary  {n:2} {gates:8,} {wires:9,} {peak:8,}", flush=True)


SIZES: list[tuple[str, dict[str, object]]] = [
    ("k-hop", {"n": 8, "k": 1, "alphabet": 3}),
    ("k-hop", {"n": 8, "k": 1}),
    ("k-hop", {"n": 16, "k": 1}),
    ("k-hop", {"n": 32, "k": 1}),
    ("prefix-sum", {"n": 8, "high": 3}),
    ("prefix-sum", {"n": 16, "high": 3}),
    ("prefix-sum", {"n": 64, "high": 3}),
    ("components", {"n": 4}),
    ("components", {"n": 8}),
]


def instances_of(model: Model, drawn: int) -> list[Any]:
    """Small ones, all there are, those of various families, and drawn ones of the largest size."""
    rng = np.random.default_rng(0)
    return [model.task.sample(rng, size=model.task.n) for _ in range(drawn)] + telling_instances(model)


def bits() -> None:
    print(
        "task         parameters                          instances  formats tried  fewest         mantissa alone    s"
    )
    for name, size in SIZES:
        begun = time.perf_counter()
        model = compile_task(make_task(name, **size))
        instances = instances_of(model, 32)
        found = fewest_float_bits(model, instances)
        formats = " ".join(f"{form.mantissa}+{form.exponent}" for form in found.formats)
        alone = fewest_mantissa_bits(model, instances)
        print(
            f"{name:12} {size!s:36} {found.instances:8} {found.tried:12} {formats:>14} {alone:12}"
            f" {time.perf_counter() - begun:12.1f}",
            flush=True,
        )


def definition_8() -> None:
    print("task   parameters         softmax       mantissa + exponent  wrong / instances")
    for size, exponents in (({"n": 4, "k": 1}, range(11, 15)), ({"n": 8, "k": 1}, range(13, 16))):
        model = compile_task(make_task("k-hop", **size))
        rng = np.random.default_rng(0)
        instances = [model.task.sample(rng, size=model.task.n) for _ in range(8)]
        for stabilised, widths in ((True, [4]), (False, exponents)):
            for exponent in widths:
                wrong = wrong_in_floats(model, instances, FloatFormat(12, exponent), stabilised)
                form = "less largest" if stabilised else "as printed"
                print(f"k-hop  {size!s:18} {form:14} {12:8} + {exponent:2} {wrong:14} / {len(instances)}", flush=True)


NETWORKS = [(1, 10, 3, 3), (2, 6, 3, 3), (1, 6, 4, 4), (1, 8, 4, 4), (1, 10, 4, 4), (2, 4, 4, 4)]
"""Layers, tokens, and bits of mantissa and exponent."""


def majorities(ids: torch.Tensor) -> torch.Tensor:
    """At every token whether more than half of the tokens so far are 1."""
    return (2 * ids.cumsum(1) > torch.arange(1, ids.shape[1] + 1)).long()


def train(layers: int, tokens: int, steps: int = 400) -> Gpt2:
    generator = torch.Generator().manual_seed(0)
    shape = Gpt2Shape(2, tokens, layers, heads=1, width=4, hidden=8, classes=2, dropout=0.0)
    network = Gpt2(shape, generator)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(steps):
        ids = torch.randint(2, (128, tokens), generator=generator)
        loss = torch.nn.functional.cross_entropy(network(ids).flatten(0, 1), majorities(ids).flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network.eval()


def networks() -> None:
    print("layers  n  p      gates  depth     edges  wrong / inputs  right in floats  in float32       s")
    for layers, tokens, mantissa, exponent in NETWORKS:
        network, form = train(layers, tokens), FloatFormat(mantissa, exponent)
        begun = time.perf_counter()
        circuit = network_to_circuit(network, form, tokens)
        inputs = list(product((0, 1), repeat=tokens))
        bits = np.array([encode_columns(circuit.inputs, {"token": np.array(ids)}) for ids in inputs])
        found = [decode_columns(circuit.outputs, row)["class"].tolist() for row in circuit.evaluate(bits)]
        floats = Gpt2InFloats(network, form)
        expected = [floats.classes(ids) for ids in inputs]
        ids = torch.tensor(inputs)
        truth = majorities(ids)
        right = [(torch.tensor(expected) == truth).float().mean(), (network(ids).argmax(-1) == truth).float().mean()]
        wrong = sum(one != other for one, other in zip(found, expected, strict=True))
        print(
            f"{layers:5} {tokens:3} {form.bits:2} {circuit.sizes.gates:11,} {circuit.depth:5} {circuit.sizes.edges:10,}"
            f" {wrong:6} / {len(inputs):5} {right[0]:14.3f} {right[1]:11.3f} {time.perf_counter() - begun:11.1f}",
            flush=True,
        )


PARTS = {"networks": networks, "theorem": theorem, "stream": stream, "bits": bits, "definition-8": definition_8}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    PARTS[parser.parse_args().part]()


if __name__ == "__main__":
    main()
