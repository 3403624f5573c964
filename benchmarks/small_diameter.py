"""Components on machines: rounds of leader contraction beside those of star hooking, on graphs of small and of large
diameter. Every answer is compared with scipy's, and the engine keeps the memory of every machine.

python benchmarks/small_diameter.py [--n 4096] [--memory 16384] [--doublings 2 3] [--seeds 3]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from logdepth.mpc import Protocol, Records, run_locally
from logdepth.protocols import leader_contraction, star_hooking
from logdepth.protocols.homes import VERTEX
from logdepth.tasks import Graph, smallest_of_each
from logdepth.tasks.graphs.components import component_labels
from logdepth.tasks.graphs.large_graphs import cycle_graph, random_graph_of, rmat_graph, star_graph


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=4096, help="vertices, a power of two")
    parser.add_argument("--memory", type=int, default=16384, help="words of a machine")
    parser.add_argument("--doublings", type=int, nargs="*", default=[2, 3, 4], help="of balls in a turn")
    parser.add_argument("--seeds", type=int, default=3, help="runs of leader contraction; the largest count is told")
    chosen = parser.parse_args()
    heads = [f"leaders, K = {times}" for times in chosen.doublings]
    print(
        f"{'graph':<22} {'n':>7} {'m':>7} {'diameter':>9} {'stars':>6}", *(f"{head:>15}" for head in heads), " rounds"
    )
    for name, graph in graphs(chosen.n, np.random.default_rng(0)):
        n, ends = graph.vertices, graph.edges - 1
        found = [rounds(star_hooking.star_hooking(n, len(ends), chosen.memory), star_hooking, graph, chosen.memory)]
        for times in chosen.doublings:
            protocols = [
                leader_contraction.leader_contraction(n, len(ends), chosen.memory, times, seed)
                for seed in range(chosen.seeds)
            ]
            found.append(max(rounds(each, leader_contraction, graph, chosen.memory) for each in protocols))
        shown = [f"{count:>15}" for count in found[1:]]
        print(f"{name:<22} {n:>7} {len(ends):>7} {diameter(graph):>9} {found[0]:>6}", *shown, flush=True)


def rounds(protocol: Protocol, module, graph: Graph, memory: int) -> int:  # type: ignore[no-untyped-def]
    run = run_locally(protocol, module.start(graph.vertices, graph.edges - 1, memory))
    vertices: Records = run.memory[VERTEX]
    assert np.array_equal(smallest_of_each(vertices["parent"]), component_labels(graph)), "wrong"
    return run.rounds


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
