"""How many rounds of star hooking graphs use when the looped model stops early, beside the proved bound.

Every answer is compared with the exact one, and with the answer of all rounds.

python benchmarks/early_stop.py [--n 256] [--graphs 10]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np

from logdepth.artefacts import Model, compile_task
from logdepth.tasks import Graph, make_task
from logdepth.tasks.graphs.large_graphs import random_graph_of, rmat_graph


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=256, help="vertices, a power of two")
    parser.add_argument("--graphs", type=int, default=10, help="graphs of each kind")
    chosen = parser.parse_args()
    model = compile_task(make_task("components", n=chosen.n, edges=4 * chosen.n))
    print(f"{'graphs':<20} {'edges':>6} {'rounds used':>12} {'at most':>8} {'bound':>6} {'time':>6}")
    for name, draw in kinds(model, chosen.n):
        report(name, model, [draw(np.random.default_rng(seed)) for seed in range(chosen.graphs)])


def kinds(model: Model, n: int) -> Iterator[tuple[str, Callable[[np.random.Generator], Graph]]]:
    """R-MAT and random graphs, and every family of the task."""
    bits = n.bit_length() - 1
    for degree in (2, 4, 8):
        edges = n * degree // 2
        yield f"R-MAT, degree {degree}", lambda rng, m=edges: rmat_graph(rng, bits, m)  # type: ignore[misc]
        yield f"G(n, m), degree {degree}", lambda rng, m=edges: random_graph_of(rng, n, m)  # type: ignore[misc]
    for family in model.task.families:
        yield family, lambda rng, family=family: model.task.sample(rng, family, n)  # type: ignore[misc]


def report(name: str, model: Model, graphs: list[Graph]) -> None:
    """A line: the mean and the largest number of rounds, and the time beside that of all rounds."""
    used, early, all_rounds = [], 0.0, 0.0
    for graph in graphs:
        started = perf_counter()
        answer, rounds = model.answer_until_still(graph)
        stopped = perf_counter()
        whole = model.answer(graph)
        early, all_rounds = early + stopped - started, all_rounds + perf_counter() - stopped
        assert np.array_equal(answer, whole), "an early stop changed the answer"
        assert np.array_equal(answer, model.task.solve(graph)), "the answer is wrong"
        used.append(rounds.most)
    edges = max(len(graph.edges) for graph in graphs)
    print(
        f"{name:<20} {edges:>6} {np.mean(used):>12.1f} {max(used):>8} {rounds.of:>6} {early / all_rounds:>5.0%}",
        flush=True,
    )


if __name__ == "__main__":
    main()
