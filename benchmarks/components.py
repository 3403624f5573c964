"""The figures for connected components: all small graphs, graphs of every family, and real ones.

python benchmarks/components.py [--graphs 1000] [--large 100] [--family NAME ...]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from time import perf_counter

import numpy as np

from logdepth.artefacts import Model, compile_task
from logdepth.tasks import Graph, make_task, shipped_file
from logdepth.verification.batches import wrong_answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=1000, help="graphs of each family, of up to 128 vertices")
    parser.add_argument("--large", type=int, default=100, help="graphs of each family, of 512 vertices")
    parser.add_argument("--family", nargs="*", help="only these families")
    options = parser.parse_args()
    every_small_graph()
    real_graphs()
    chosen = options.family or make_task("components").families
    if options.graphs:
        families(make_task("components", {"n": 128}), options.graphs, None, chosen)
    if options.large:
        families(make_task("components", {"n": 512, "edges": 4096}), options.large, 512, chosen)


def report(label: str, model: Model, graphs: Sequence[Graph]) -> None:
    start = perf_counter()
    results = [(count, len(wrong)) for count, wrong, _ in wrong_answers(model, graphs)]
    size = model.measured
    print(
        f"{label:<34} {size.layers:>3} layers, width {size.width}: {sum(n for n, _ in results):>5} graphs,"
        f" {sum(wrong for _, wrong in results)} wrong, {perf_counter() - start:.0f} s",
        flush=True,
    )


def every_small_graph() -> None:
    for n in range(1, 6):
        model = compile_task(make_task("components", {"n": n}))
        report(f"all graphs of {n} vertices", model, list(model.task.exhaustive(n)))


def real_graphs() -> None:
    for name in ("karate.gml", "les_miserables.gml", "florentine_families.gml"):
        model = compile_task(make_task("components", {"n": 80}))
        report(name, model, [model.task.read(shipped_file(name))])


def families(task, count: int, size: int | None, names: Sequence[str]) -> None:  # type: ignore[no-untyped-def]
    model = compile_task(task)
    rng = np.random.default_rng(0)
    for family in names:
        graphs = [task.sample(rng, family, size) for _ in range(count)]
        largest = max((graph.vertices for graph in graphs), default=0)
        edges = max((len(graph.edges) for graph in graphs), default=0)
        report(f"{family}, n ≤ {largest}, m ≤ {edges}", model, graphs)


if __name__ == "__main__":
    main()
