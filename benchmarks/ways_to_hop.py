"""k-hop in its two ways side by side: one head and 2 + ⌈log k⌉ layers, or more heads and 2 + ⌊log k⌋. One minute.

python benchmarks/ways_to_hop.py [--n 100] [--sequences 600]

Then the shallow way with digits of other bases: from a head for every bit to one head.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from logdepth.artefacts import Model, compile_task
from logdepth.gadgets import last
from logdepth.tasks import make_task
from logdepth.verification.batches import wrong_answers

BASES = (2, 3, 4, 8, 16, 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=100, help="tokens")
    parser.add_argument("--sequences", type=int, default=600, help="random sequences for each k and way")
    asked = parser.parse_args()
    both_ways(asked.n, asked.sequences)
    print("\nthe figures of other sizes, way shallow")
    for n, k in ((12, 3), (24, 13), (64, 7)):
        print(f"n={n} k={k}: {in_words(compiled(n, k, 'shallow'), asked.sequences)}")
    other_bases()


def both_ways(n: int, sequences: int) -> None:
    print(f"k-hop, n = {n}, 4 letters, {sequences} random sequences of n tokens for each k and way")
    for k in range(1, 17):
        for way in ("narrow", "shallow"):
            print(f"k={k:<3} {way:<8} {in_words(compiled(n, k, way), sequences)}")


def other_bases() -> None:
    print("\nn = 64, k = 7, way shallow, by the base of the digits of a position")
    for base in BASES:
        last.BASE = base
        print(f"base {base:<5} {in_words(compiled(64, 7, 'shallow'), 60)}")


def compiled(n: int, k: int, way: str) -> Model:
    return compile_task(make_task("k-hop", n=n, k=k, way=way))


def in_words(model: Model, sequences: int) -> str:
    size = model.measured
    sizes = f"{size.layers} layers, {size.heads} heads, width {size.width:>3}, {size.blocks:>2} blocks"
    wrong = sum(len(batch.wrong) for batch in wrong_answers(model, list(drawn(model, sequences))))
    return f"{sizes}, {size.hidden:>4} hidden, {size.parameters:>7,} parameters, {model.dtype}, {wrong} wrong"


def drawn(model: Model, sequences: int) -> Iterator[np.ndarray]:
    rng, task = np.random.default_rng(0), model.task
    for number in range(sequences):
        yield task.sample(rng, task.families[number % len(task.families)], task.n)


if __name__ == "__main__":
    main()
