"""Forests in fewer layers: what each way costs, and both theorems on every small case.

- sizes of components, connectivity, cycle check and the minimum spanning forest, by their ways;
- rounds that the minimum spanning forest needs on all labelled trees in all orders of their edges, beside the bound.
  Other edges of a graph are never the lightest that leave a tree, so trees are all that there is to try;
- wrong answers of the weights on all small graphs, and on random ones.

python benchmarks/hooking.py [--n 16 64] [--trees 6] [--graphs 200]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import permutations, product
from typing import Any

import networkx as nx
import numpy as np

from logdepth.artefacts import compile_task
from logdepth.solutions.graphs.lightest_hooking import rounds
from logdepth.tasks import make_task
from logdepth.verification.batches import wrong_answers

TASKS = ("components", "connectivity", "cycle-check", "spanning-forest")
WAYS = ("narrow", "middle", "shallow")
Edges = Sequence[tuple[int, int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, nargs="*", default=[16, 64], help="vertices, of the table of sizes")
    parser.add_argument("--trees", type=int, default=6, help="the largest trees of which all are tried; 7 takes hours")
    parser.add_argument("--graphs", type=int, default=200, help="random graphs of every family")
    chosen = parser.parse_args()
    for n in chosen.n:
        print_sizes(n)
    for n in range(1, chosen.trees + 1):
        print_rounds(n)
    for name in TASKS[1:]:
        for way in WAYS[1:]:
            print_wrong(name, way, chosen.graphs)


def print_sizes(n: int) -> None:
    print(f"n = {n}, {2 * n} edges\n{'':<16} {'way':<8} layers heads width blocks parameters dtype")
    for name in TASKS:
        for way in WAYS:
            model = compile_task(make_task(name, n=n, edges=2 * n, way=way))
            size = model.measured
            print(
                f"{name:<16} {way:<8} {size.layers:>6} {size.heads:>5} {size.width:>5} {size.blocks:>6}"
                f" {size.parameters:>10,} {model.dtype}",
                flush=True,
            )
    print()


def print_rounds(n: int) -> None:
    """The most rounds that a tree of n vertices needs, and the tree."""
    tried, most, worst = 0, 0, ()
    for edges in all_trees(n):
        for order in permutations(edges):
            tried += 1
            needed = rounds_needed(n, order)
            if needed > most:
                most, worst = needed, order
    print(
        f"n = {n}: {tried:,} trees with their orders need up to {most} rounds, the bound is {rounds(n)}; {worst}",
        flush=True,
    )
    assert most == rounds(n)


def all_trees(n: int) -> Iterator[Edges]:
    """All labelled trees on 1..n, by their Prüfer codes."""
    if n < 3:
        yield [(1, 2)] * (n - 1)
        return
    for code in product(range(n), repeat=n - 2):
        yield [(u + 1, v + 1) for u, v in nx.from_prufer_sequence(code).edges]


def rounds_needed(n: int, edges: Edges) -> int:
    """Until all edges of a tree are chosen, the lightest first, by the rule as it is written, in plain Python."""
    parent, chosen, times = list(range(n + 1)), set[int](), 0
    while len(chosen) < n - 1:
        parent, new = one_round(parent, edges)
        chosen |= new
        times += 1
    return times


def one_round(parent: list[int], edges: Edges) -> tuple[list[int], set[int]]:
    grand = [parent[p] for p in parent]
    tall = {g for g, p in zip(grand, parent, strict=True) if g != p}
    lightest: dict[int, tuple[int, int]] = {}
    for edge, (u, v) in enumerate(edges):
        if parent[u] != parent[v]:
            lightest.setdefault(parent[u], (edge, parent[v]))
            lightest.setdefault(parent[v], (edge, parent[u]))
    chose = {root: link for root, link in lightest.items() if parent[root] == root and root not in tall}
    asked = [chose[p][1] if p in chose else grand[v] for v, p in enumerate(parent)]

    def moved(v: int) -> int:
        mine, theirs = chose.get(parent[v]), chose.get(asked[v])
        both = mine is not None and theirs is not None and mine[0] == theirs[0]
        return min(parent[v], asked[v]) if both else asked[asked[v]]

    return [moved(v) for v in range(len(parent))], {edge for edge, _ in chose.values()}


def print_wrong(name: str, way: str, graphs: int) -> None:
    """All small graphs, then random ones of up to 40 vertices; exact answers are scipy's and Kruskal's."""
    weighted: dict[str, Any] = {"weights": 2} if name == "spanning-forest" else {}
    small = compile_task(make_task(name, n=4 if weighted else 5, way=way, **weighted))
    every = [graph for n in range(1, small.task.n + 1) for graph in small.task.exhaustive(n)]
    large = compile_task(make_task(name, n=40, edges=200, way=way))
    rng = np.random.default_rng(0)
    drawn = [large.task.sample(rng, family) for family in large.task.families for _ in range(graphs)]
    for label, model, instances in (("all small", small, every), ("random", large, drawn)):
        judged = list(wrong_answers(model, instances))
        wrong = sum(len(batch.wrong) for batch in judged)
        print(f"{name} {way}: {len(instances):,} graphs, {label}: {wrong} wrong", flush=True)


if __name__ == "__main__":
    main()
