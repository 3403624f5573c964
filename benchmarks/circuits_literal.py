"""Theorem 1 literally: gates by formula and by count, right on all inputs, and a stream in constant memory.

python benchmarks/circuits_literal.py theorem        n = 2, 4 and 8 tokens of 4 bits; n = 2 of 5 bits
python benchmarks/circuits_literal.py stream         every gate of the circuits for 4 and for 8 tokens, traced
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Iterator
from itertools import product

import numpy as np

from logdepth.circuits import FloatFormat, decode_columns, drop_unread
from logdepth.circuits.literal import (
    FloatCodes,
    LiteralCircuit,
    LiteralTransformer,
    arbitrary_functions,
    build_literal,
    majority_of_tokens,
)
from logdepth.theory.threshold_circuits import circuit_of_a_transformer


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


PARTS = {"theorem": theorem, "stream": stream}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    PARTS[parser.parse_args().part]()


if __name__ == "__main__":
    main()
