"""The figures for k-hop: sizes, exactness on random and on all short sequences, long inputs. One minute on two cores.

python benchmarks/k_hop.py [--sequences 10000]
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np

from logdepth.artefacts import Model, compile_task
from logdepth.tasks import make_task
from logdepth.verification.batches import wrong_answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=10_000, help="random sequences for each k")
    sequences = parser.parse_args().sequences
    small_models(sequences)
    all_short_sequences()
    long_inputs()


def compiled(n: int, k: int, alphabet: str, dtype: str | None = None) -> tuple[Model, float]:
    start = perf_counter()
    model = compile_task(make_task("k-hop", {"n": n, "k": k, "alphabet": alphabet}), dtype)
    return model, perf_counter() - start


def judged(model: Model, instances: list[np.ndarray]) -> tuple[int, int]:
    """Instances, and how many of them the model gets wrong."""
    results = [(count, len(wrong)) for count, wrong, _ in wrong_answers(model, instances)]
    return sum(count for count, _ in results), sum(wrong for _, wrong in results)


def small_models(sequences: int) -> None:
    print(f"k-hop, N = 100, 4 letters, float32, {sequences} random sequences of 100 tokens for each k")
    print(f"{'k':>3} {'layers':>7} {'heads':>6} {'width':>6} {'parameters':>11} {'compile s':>10} {'wrong':>6}")
    rng = np.random.default_rng(0)
    for k in range(1, 17):
        model, seconds = compiled(100, k, "4", "float32")
        wrong = 0
        for _ in range(sequences // 1000):
            wrong += judged(model, [model.task.sample(rng, size=100) for _ in range(1000)])[1]
        size = model.measured
        sizes = f"{size.layers:>7} {size.heads:>6} {size.width:>6} {size.parameters:>11}"
        print(f"{k:>3} {sizes} {seconds:>10.3f} {wrong:>6}")


def all_short_sequences() -> None:
    print("\nk-hop, every sequence of length 1..8 over 3 letters")
    for k in range(1, 6):
        model, _ = compiled(8, k, "3", "float32")
        count = wrong = 0
        for size in range(1, 9):
            done, failed = judged(model, list(model.task.exhaustive(size)))
            count, wrong = count + done, wrong + failed
        print(f"k = {k}: {count} sequences, {wrong} wrong")


def long_inputs() -> None:
    print("\nlong inputs: forward pass of one sequence, all tokens judged")
    rng = np.random.default_rng(1)
    for n, k, dtype in ((2000, 1000, "float32"), (8192, 16, "float32"), (8192, 16, "float64"), (8192, 4096, "float32")):
        model, _ = compiled(n, k, "4", dtype)
        wrong, slowest = 0, 0.0
        families = ("random", "no-equal-neighbours", "chain")
        for family in families:
            tokens = model.task.sample(rng, family, n)
            start = perf_counter()
            answer = model.answer(tokens)
            slowest = max(slowest, perf_counter() - start)
            wrong += int((answer != model.task.solve(tokens)).sum())
        size = model.measured
        print(
            f"N = {n}, k = {k}, {dtype}: {size.layers} layers, width {size.width},"
            f" {wrong} of {len(families) * n} tokens wrong, slowest forward pass {slowest:.1f} s"
        )


if __name__ == "__main__":
    main()
