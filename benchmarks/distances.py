"""Diameter and shortest paths by squaring, on n³ / 2 blank rows of ways or n² / 2 of pairs, for graphs of more than a
few vertices: heads look up the rows that they read. Every answer is compared with the exact one.

python benchmarks/distances.py [--n 16 32 64] [--ways squaring pairs] [--graphs 2] [--family random-at grids]
"""

from __future__ import annotations

import argparse
from time import process_time

import numpy as np

from logdepth.artefacts import compile_task
from logdepth.tasks import make_task


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, nargs="*", default=[16, 32, 64], help="vertices, at most 64")
    parser.add_argument("--ways", nargs="*", default=["squaring", "pairs"])
    parser.add_argument("--graphs", type=int, default=2, help="graphs of each family")
    parser.add_argument("--family", nargs="*", default=["random-at", "grids", "ruler-path"])
    chosen = parser.parse_args()
    sizes = f"{'n':>3}{'rows':>9}{'layers':>7}{'heads':>6}{'width':>6}{'parameters':>11}"
    print(f"{'task':<15}{'way':<10}{sizes}{'compiled':>10}{'graphs':>7}{'wrong':>6}{'a graph':>9}")
    for n in chosen.n:
        for name in ("diameter", "shortest-path"):
            for way in chosen.ways:
                report(name, way, n, chosen.graphs, chosen.family)


def report(name: str, way: str, n: int, graphs: int, families: list[str]) -> None:
    """A line: sizes, and seconds of CPU."""
    started = process_time()
    model = compile_task(make_task(name, n=n, edges=4 * n, way=way))
    compiled, rng, wrong = process_time() - started, np.random.default_rng(0), 0
    instances = [model.task.sample(rng, family, model.task.largest) for family in families for _ in range(graphs)]
    started = process_time()
    for instance in instances:
        outputs = model.transformer.run(model.task.encode(instance), "lookup")
        wrong += not np.array_equal(model.task.decode(outputs, instance), model.task.solve(instance))
    spent = (process_time() - started) / len(instances)
    took = model.measured
    size = f"{n:>3}{model.task.rows:>9,}{took.layers:>7}{took.heads:>6}{took.width:>6}{took.parameters:>11,}"
    print(f"{name:<15}{way:<10}{size}{compiled:>8.1f} s{len(instances):>7}{wrong:>6}{spent:>7.1f} s", flush=True)


if __name__ == "__main__":
    main()
