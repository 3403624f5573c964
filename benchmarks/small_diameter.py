"""Components on machines: rounds of leader contraction and of growing balls beside those of star hooking, on graphs of
small and of large diameter; and what growing is worth: the same on as many machines, with balls that stay as they are
at first. Every answer is compared with scipy's, and the engine keeps the memory of every machine.

python benchmarks/small_diameter.py [--n 4096] [--memory 16384] [--doublings 2 3] [--seeds 3]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from logdepth.protocols.growing_balls import protocol_on, start_on
from logdepth.protocols.growing_balls_plan import Plan, plan_for
from logdepth.runs import Outcome, prepare, run_prepared
from logdepth.tasks import Graph, make_task
from logdepth.tasks.graphs.large_graphs import cycle_graph, random_graph_of, rmat_graph, star_graph

TASK = make_task("components")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=4096, help="vertices, a power of two")
    parser.add_argument("--memory", type=int, default=16384, help="words of a machine")
    parser.add_argument(
        "--doublings", type=int, nargs="*", default=[3], help="of balls in a turn of leader contraction"
    )
    parser.add_argument("--seeds", type=int, default=3, help="runs with leaders; the largest count is told")
    chosen = parser.parse_args()
    heads = [
        "star hooking",
        *(f"leaders, K = {times}" for times in chosen.doublings),
        "growing balls",
        "that stay small",
    ]
    print(f"{'graph':<22} {'n':>7} {'m':>8} {'diameter':>9}", *(f"{head:>22}" for head in heads))
    for name, graph in graphs(chosen.n, np.random.default_rng(0)):
        found = [run(graph, chosen.memory)]
        found += [
            most(run(graph, chosen.memory, by="leaders", doublings=times, seed=seed) for seed in range(chosen.seeds))
            for times in chosen.doublings
        ]
        found.append(most(run(graph, chosen.memory, by="growing-balls", seed=seed) for seed in range(chosen.seeds)))
        found.append(most(run_without_growth(graph, chosen.memory, seed) for seed in range(chosen.seeds)))
        shown = [f"{each.run.rounds} on {each.protocol.machines:,}" for each in found]
        size = f"{graph.vertices:>7} {len(graph.edges):>8} {diameter(graph):>9}"
        print(f"{name:<22} {size}", *(f"{each:>22}" for each in shown), flush=True)
    print("rounds, on so many machines")


def run(graph: Graph, memory: int, **how: int | str) -> Outcome:
    done = run_prepared(prepare(TASK, graph, memory, **how))  # type: ignore[arg-type]
    assert np.array_equal(done.answer, TASK.solve(graph)), "wrong"
    return done


class SmallBalls(Plan):
    """Balls stay as they are at first."""

    def ball(self, live: int | np.ndarray) -> np.ndarray:
        return super().ball(self.vertices) + 0 * np.asarray(live)


def run_without_growth(graph: Graph, memory: int, seed: int) -> Outcome:
    grown = plan_for(graph.vertices, len(graph.edges), memory)
    plan = SmallBalls(grown.vertices, grown.edges, grown.memory, grown.machines)
    ready = prepare(TASK, graph, memory, by="growing-balls", seed=seed)
    small = replace(ready, protocol=protocol_on(plan, seed, count=False), records=start_on(plan, graph.edges - 1))
    done = run_prepared(small)
    assert np.array_equal(done.answer, TASK.solve(graph)), "wrong"
    return done


def most(runs: Iterator[Outcome]) -> Outcome:
    """Of several runs the one of most rounds."""
    return max(runs, key=lambda each: each.run.rounds)


def graphs(n: int, rng: np.random.Generator) -> Iterator[tuple[str, Graph]]:
    bits = n.bit_length() - 1
    yield "pairs of pairs", pairs_of_pairs(bits)
    yield "G(n, 4n)", random_graph_of(rng, n, 4 * n)
    yield "R-MAT, 4n edges", rmat_graph(rng, bits, 4 * n)
    yield "star", star_graph(rng, n - 1)
    yield "many pairs of pairs", copies(pairs_of_pairs(bits // 2), n >> bits // 2)
    yield "grid", grid(1 << bits // 2)
    yield "cycle", cycle_graph(rng, n)


def pairs_of_pairs(times: int) -> Graph:
    """A binomial tree on which star hooking takes every turn: stars pair up, and what they make is such a tree again.

    Every vertex gets a neighbour of a greater number, and the edges go over to these.
    """
    edges: list[tuple[int, int]] = []
    for power in range(times):
        half = 2**power
        edges = [(u + half, v + half) for u, v in edges] + [(v, v + half) for v in range(1, half + 1)]
    return Graph(2**times, np.array(edges).reshape(-1, 2))


def copies(graph: Graph, times: int) -> Graph:
    return Graph(
        graph.vertices * times, np.concatenate([graph.edges + graph.vertices * number for number in range(times)])
    )


def grid(side: int) -> Graph:
    place = np.arange(1, side * side + 1).reshape(side, side)
    right = np.stack([place[:, :-1], place[:, 1:]], axis=-1).reshape(-1, 2)
    down = np.stack([place[:-1], place[1:]], axis=-1).reshape(-1, 2)
    return Graph(side * side, np.concatenate([right, down]))


def diameter(graph: Graph) -> int:
    """Of the largest component, from below, by four breadth-first searches, each from where the last one ended."""
    import networkx as nx

    whole = nx.Graph(graph.edges.tolist())
    vertex = max(nx.connected_components(whole), key=len).pop()
    far = 0
    for _ in range(4):
        away = nx.single_source_shortest_path_length(whole, vertex)
        vertex = max(away, key=lambda v: away[v])
        far = max(far, away[vertex])
    return far


if __name__ == "__main__":
    main()
