"""Theorem 1 literally: gates by formula and by count, right on all inputs, and a stream in constant memory; and how few
bits a compiled model needs in floats of p bits.

python benchmarks/circuits_literal.py theorem        n = 2, 4 and 8 tokens of 4 bits; n = 2 of 5 bits
python benchmarks/circuits_literal.py stream         every gate of the circuits for 4 and for 8 tokens, traced
    python benchmarks/circuits_literal.py bits           fewest bits of compiled models, the largest score subtracted
    python benchmarks/circuits_literal.py definition-8   softmax as printed: exponents that are too few, and enough
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from logdepth import compile_task
from logdepth.artefacts import Model
from logdepth.circuits import FloatFormat, decode_columns, drop_unread
from logdepth.circuits.literal import (
    FloatCodes,
    LiteralCircuit,
    LiteralTransformer,
    arbitrary_functions,
    build_literal,
    majority_of_tokens,
)
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


PARTS = {"theorem": theorem, "stream": stream, "bits": bits, "definition-8": definition_8}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    PARTS[parser.parse_args().part]()


if __name__ == "__main__":
    main()
