"""Large inputs: the time when heads look up the rows that they read, and the pairs scored beside all. Three minutes.

python benchmarks/large_inputs.py [--only TASK] [--sweep]

`--sweep` compares every head of every task on every family with softmax instead, at small sizes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

import networkx as nx
import numpy as np
import torch

from logdepth.artefacts import Model, compile_task
from logdepth.tasks import TASKS, Components, Size, make_task
from logdepth.transformer import embed, evaluate_counting
from logdepth.transformer.blocks import EXACT, attend, compute
from logdepth.transformer.lookup.attend import attend_by_lookup

LARGE: list[tuple[str, Size]] = [
    ("k-hop", {"n": 100_000, "k": 16}),
    ("k-hop", {"n": 8_000, "k": 13, "way": "shallow"}),
    ("components", {"n": 4_096, "edges": 20_000}),
    ("list-ranking", {"n": 50_000}),
    ("automaton", {"n": 50_000}),
    ("2-sum", {"n": 50_000, "modulus": 100_000}),
    ("sort", {"n": 20_000, "high": 65_535}),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="tasks whose name begins so")
    parser.add_argument("--sweep", action="store_true", help="compare every head of every task, at small sizes")
    asked = parser.parse_args()
    for name, parameters in LARGE if not asked.sweep else ():
        if name.startswith(asked.only):
            print_large(name, parameters)
    for name in TASKS if asked.sweep else ():
        if name.startswith(asked.only):
            print_sweep(name)


def print_large(name: str, parameters: Size) -> None:
    print(name, ", ".join(f"{key} = {value}" for key, value in parameters.items()), flush=True)
    model, built = timed(lambda: compile_task(make_task(name, parameters)))
    size = model.measured
    print(f"  compiled in {built}")
    print(f"  {size.layers} layers, {size.heads} heads, width {size.width}, {model.dtype}", flush=True)
    task, rng = model.task, np.random.default_rng(0)
    if isinstance(task, Components):
        instance = task.instance_of(nx.gnm_random_graph(task.n, task.edges, seed=0))
    else:
        instance = task.sample(rng, task.families[0], task.largest)
    columns = task.encode(instance)
    found, taken = timed(lambda: evaluate_counting(model.transformer, columns, attention="lookup"))
    rows = len(next(iter(columns.values())))
    scored = sum(head.queries for head in found.pairs.scored)
    print(f"  {rows:,} rows, in {taken}; {found.pairs}; {scored:,} queries with all keys")
    right = np.array_equal(task.decode(found.outputs, instance), task.solve(instance))
    print(f"  {'equal to' if right else 'NOT'} the exact answer", flush=True)


def timed(action: Callable[[], Any]) -> tuple[Any, str]:
    wall, used = perf_counter(), process_time()
    result = action()
    return result, f"{process_time() - used:.1f} s of processor time ({perf_counter() - wall:.1f} s on the clock)"


def print_sweep(name: str) -> None:
    """Every head on every family: rows that are read are the same, and sums differ by so much."""
    model = compile_task(make_task(name, TASKS[name].small))
    task, rng = model.task, np.random.default_rng(0)
    heads, apart, scored = 0, 0.0, 0
    for family in task.families:
        for size in (task.largest, None, None):
            for difference, queries in compare_heads(model, task.encode(task.sample(rng, family, size))):
                heads, apart, scored = heads + 1, max(apart, difference), scored + queries
    print(f"{name}: {heads:,} attention layers, {apart:.1e} apart, {scored:,} queries scored with all keys", flush=True)


def compare_heads(model: Model, columns: dict[str, np.ndarray]) -> Any:
    transformer = model.transformer
    x = embed(transformer, columns)
    for step, block in enumerate(transformer.steps):
        if block.attention is not None:
            found, pairs = attend_by_lookup(x, block.attention, transformer.causal, step)
            exact = attend(x, block.attention, transformer.causal, None, EXACT)
            yield float((found - exact).abs().max()), sum(head.queries for head in pairs.scored)
            x = x + found
        if block.mlp is not None:
            x = x + compute(x, block.mlp, EXACT)


if __name__ == "__main__":
    with torch.no_grad():
        main()
