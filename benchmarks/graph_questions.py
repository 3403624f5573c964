"""Sizes of the graph tasks of GraphQA, and every model against networkx.

python benchmarks/graph_questions.py [--sizes] [--graphs 1000] [--only shortest-path]

On all graphs of up to 4 vertices with every question (for maximum flow with all capacities from 0 to 2), and on random
graphs of 5 to 20 vertices (5 to 10 for maximum flow): G(n, p) with p uniform in 0..1, as GraphQA draws them, and every
family of the task by turns. Squaring on 3,631 rows takes most of the time; --sizes measures sizes alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import networkx as nx
import numpy as np

from logdepth.artefacts import Model, compile_task
from logdepth.tasks import Graph, Task, make_task
from logdepth.verification.batches import outputs_of_batches

SIZES = {"max-flow": (6, 10)}
CASES: tuple[tuple[str, str | None, str], ...] = (  # task, way, and what a prototype took at the larger size
    ("connected-nodes", None, "2 / 2 / 14 / 4,690"),
    ("disconnected-nodes", None, "2 / 2 / 14 / 4,970"),
    ("triangle-count", "blank", "2 / 3 / 21 / 31,710"),
    ("triangle-count", "wide", "3 / 40 / 1,142 / 6,497,980"),
    ("shortest-path", "squaring", "6 / 2 / 34 / 136,442"),
    ("shortest-path", "pairs", "–"),
    ("shortest-path", "breadth-first", "40 / 2 / 18 / 8,118"),
    ("diameter", "squaring", "–"),
    ("diameter", "pairs", "–"),
    ("max-flow", None, "2 / 46 / 112 / 167,888"),
)


def judge(name: str, graph: Graph) -> Any:
    """The answer of networkx, as the task presents it."""
    g = nx.empty_graph(range(1, graph.vertices + 1))
    weights = [0] * len(graph.edges) if graph.weights is None else graph.weights.tolist()
    g.add_edges_from((u, v, {"capacity": weight}) for (u, v), weight in zip(graph.edges.tolist(), weights, strict=True))
    if name == "triangle-count":
        return sum(nx.triangles(g).values()) // 3
    if name == "diameter":
        return max(nx.diameter(g.subgraph(component)) for component in nx.connected_components(g))
    assert graph.question is not None, "all others have a question"
    u, v = graph.question
    answers: dict[str, Callable[[], Any]] = {
        "connected-nodes": lambda: [str(w) for w in g if w in g[u]],
        "disconnected-nodes": lambda: [str(w) for w in g if w != u and w not in g[u]],
        "shortest-path": lambda: nx.shortest_path_length(g, u, v) if nx.has_path(g, u, v) else None,
        "max-flow": lambda: nx.maximum_flow_value(g, u, v),
    }
    return answers[name]()


def small(task: Task[Any]) -> Iterator[Graph]:
    """All graphs of up to 4 vertices with every question."""
    for size in range(task.smallest, 5):
        yield from task.exhaustive(size)


def random_graphs(task: Task[Any], count: int) -> Iterator[Graph]:
    rng = np.random.default_rng(0)
    for number in range(count):
        size, family = int(rng.integers(5, task.n + 1)), task.families[number // 2 % len(task.families)]
        drawn = task.sample(rng, family, size)
        yield drawn if number % 2 else uniform(rng, drawn, task)


def uniform(rng: np.random.Generator, drawn: Graph, task: Task[Any]) -> Graph:
    """The same question about G(n, p), p uniform in 0..1."""
    edges = np.argwhere(np.triu(rng.random((drawn.vertices,) * 2) < rng.random(), k=1)) + 1
    weights = None if drawn.weights is None else rng.integers(1, 11, len(edges))
    graph = Graph(drawn.vertices, edges, weights).shuffle(rng)
    return graph if drawn.question is None else graph.asking(*drawn.question)


def wrong(model: Model, graphs: list[Graph]) -> int:
    tables, found = [model.task.encode(graph) for graph in graphs], 0
    for batch in outputs_of_batches(model.transformer, tables):
        for at, outputs in batch.items():
            said = model.task.present(model.task.decode(outputs, graphs[at]), graphs[at])
            found += said != judge(model.task.name, graphs[at])
    return found


def measure(name: str, way: str | None, most: str, graphs: int) -> None:
    for n in SIZES.get(name, (10, 20)):
        task = make_task(name, {"n": n} | ({"way": way} if way else {}))
        model = compile_task(task)
        size = model.measured
        taken = f"{size.layers} / {size.heads} / {size.width} / {size.parameters:,}"
        print(f"{name} {way or ''} n = {n}: {task.rows:,} rows, {taken}, {model.dtype}", flush=True)
    print(f"    a prototype took {most}")
    if graphs:
        start = perf_counter()
        few, many = list(small(small_task(name, way))), list(random_graphs(task, graphs))
        failed = wrong(compile_task(small_task(name, way)), few), wrong(model, many)
        print(
            f"    {len(few):,} questions about all small graphs: {failed[0]} wrong; {len(many):,} random graphs of 5 to"
            f" {task.n} vertices: {failed[1]} wrong; {perf_counter() - start:.0f} s",
            flush=True,
        )


def small_task(name: str, way: str | None) -> Task[Any]:
    """The task at n = 4, and with few capacities, of which all are tried."""
    return make_task(name, {"n": 4} | ({"way": way} if way else {}) | ({"weights": 2} if name == "max-flow" else {}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", action="store_true", help="print sizes alone")
    parser.add_argument("--graphs", type=int, default=1000, help="random graphs of each task")
    parser.add_argument("--only", help="one task")
    given = parser.parse_args()
    for each in CASES:
        if given.only in (None, each[0]):
            measure(*each, 0 if given.sizes else given.graphs)
