"""Spanning forests by hooking along the lightest edge: the theorem of its page, measured on programs and weights."""

from itertools import combinations, permutations

import networkx as nx
import numpy as np
import pytest

from logdepth.artefacts import compile_task
from logdepth.programs import cut_loops
from logdepth.solutions import program_for
from logdepth.solutions.graphs.lightest_hooking import rounds
from logdepth.tasks import Graph, make_task
from logdepth.verification.batches import wrong_answers

LAYERS = {"middle": 3, "shallow": 2}


def squared_weight(height):
    """3 w(height)² of the proof."""
    return 3 if height < 2 else (2 * height - 1) ** 2


def one_round(parent, edges):
    """A round as the page says it, in plain Python; edges: the lightest first. New parents, and the chosen edges."""
    star = [
        v
        for v in parent
        if parent[v] == v and all(parent[parent[u]] == parent[u] or parent[parent[u]] != v for u in parent)
    ]
    lightest = {}
    for edge, (u, v) in enumerate(edges):
        if parent[u] != parent[v]:
            lightest.setdefault(parent[u], (edge, parent[v]))
            lightest.setdefault(parent[v], (edge, parent[u]))
    chose = {root: lightest[root] for root in star if root in lightest}

    def asked(v):
        return chose[parent[v]][1] if parent[v] in chose else parent[parent[v]]

    def moved(v):
        mine, theirs = chose.get(parent[v]), chose.get(asked(v))
        return min(parent[v], asked(v)) if mine and theirs and mine[0] == theirs[0] else asked(asked(v))

    return {v: moved(v) for v in parent}, {edge for edge, _ in chose.values()}


def potential(parent):
    """The sum of w(height) over the trees; each root is that of one tree, and no pointers run in a circle."""
    depth = {v: 0 for v in parent if parent[v] == v}
    while len(depth) < len(parent):
        found = {v: depth[parent[v]] + 1 for v in parent if v not in depth and parent[v] in depth}
        assert found, "pointers run in a circle"
        depth.update(found)

    def root(v):
        return v if parent[v] == v else root(parent[v])

    heights = [max(depth[v] for v in parent if root(v) == r) for r in parent if parent[r] == r]
    return sum((squared_weight(height) / 3) ** 0.5 for height in heights)


def random_tree(rng, n):
    """Edges in a random order, the lightest first."""
    names = rng.permutation(n) + 1
    edges = [(int(names[i]), int(names[rng.integers(max(0, i - 3), i)])) for i in range(1, n)]
    return [edges[place] for place in rng.permutation(n - 1)]


def triples(times):
    """Two vertices and an edge; and so often every vertex gets two neighbours, by the lightest edges of all: a round
    makes a path of height two of each three, another one a star of it, and what is left is the tree before."""
    edges, n = [(1, 2)], 2
    for _ in range(times):
        edges = [(v, n + v) for v in range(1, n + 1)] + [(v, 2 * n + v) for v in range(1, n + 1)] + edges
        n *= 3
    return Graph(n, np.array(edges), weights=np.arange(len(edges)))


def task_for(graph, way):
    size = {"n": graph.vertices, "edges": len(graph.edges), "weights": len(graph.edges)}
    return make_task("spanning-forest", **size, way=way)


@pytest.mark.parametrize(("n", "times"), [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (17, 4), (18, 5), (1000, 12)])
def test_rounds(n, times):
    assert rounds(n) == times
    assert 4 * 3**times > n * n and (times == 0 or 4 * 3 ** (times - 1) <= n * n)


@pytest.mark.parametrize("n", [5, 12, 40])
def test_every_round_divides_the_potential_by_the_root_of_three(n):
    rng = np.random.default_rng(n)
    for _ in range(20):
        edges = random_tree(rng, n)
        parent, chosen, before = {v: v for v in range(1, n + 1)}, set(), float(n)
        for _ in range(rounds(n)):
            parent, new = one_round(parent, edges)
            chosen |= new
            after = potential(parent)
            assert after <= before / 3**0.5 + 1e-9 or before == after == 1
            before = after
        assert chosen == set(range(n - 1))


def test_the_theorem_on_all_trees_of_four_vertices():
    """In all orders of their edges; other edges of a graph are never the lightest that leave a tree."""
    pairs = list(combinations(range(1, 5), 2))
    trees = [edges for edges in permutations(pairs, 3) if nx.is_tree(nx.Graph(edges))]
    assert len(trees) == 16 * 6
    for edges in trees:
        parent, chosen = {v: v for v in range(1, 5)}, set()
        for _ in range(rounds(4)):
            parent, new = one_round(parent, edges)
            chosen |= new
        assert chosen == {0, 1, 2}


@pytest.mark.parametrize("way", LAYERS)
def test_the_program_chooses_as_the_page_says(way):
    """After every round, on graphs with all weights different; networkx has the forest."""
    rng = np.random.default_rng(0)
    for n, more in ((6, 0), (9, 8)):
        edges = random_tree(rng, n)
        others = [pair for pair in combinations(range(1, n + 1), 2) if pair not in edges and pair[::-1] not in edges]
        edges = [*edges, *(others[place] for place in rng.permutation(len(others))[:more])]
        edges = [edges[place] for place in rng.permutation(len(edges))]
        graph = Graph(n, np.array(edges), weights=np.arange(len(edges)))
        task = task_for(graph, way)
        program, columns = program_for(task), task.encode(graph)
        parent, chosen = {v: v for v in range(1, n + 1)}, set()
        for times in range(1, rounds(n) + 1):
            parent, new = one_round(parent, edges)
            chosen |= new
            told = task.decode(cut_loops(program, times).run(columns), graph)
            assert set(np.flatnonzero(told)) == chosen
        weighted = nx.Graph()
        weighted.add_weighted_edges_from((u, v, weight) for weight, (u, v) in enumerate(edges))
        assert chosen == {data["weight"] for _, _, data in nx.minimum_spanning_edges(weighted)}


@pytest.mark.parametrize("way", LAYERS)
@pytest.mark.parametrize("times", [0, 1, 2])
def test_every_round_is_needed(way, times):
    graph = triples(times)
    assert rounds(graph.vertices) == 2 * times + 1
    task = task_for(graph, way)
    program, columns = program_for(task), task.encode(graph)
    left_out = task.decode(cut_loops(program, 2 * times).run(columns), graph)
    assert left_out.sum() < len(graph.edges)
    assert task.decode(program.run(columns), graph).all()
    if times == 1:
        assert compile_task(task).answer(graph).all()


@pytest.mark.parametrize("way", LAYERS)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 9])
def test_two_or_three_layers_a_round(way, n):
    task = make_task("spanning-forest", n=n, edges=3, weights=3, way=way)
    model, times = compile_task(task), rounds(n)
    assert model.measured.layers == LAYERS[way] * times + (times > 1) == model.claimed["layers"]


@pytest.mark.parametrize("way", LAYERS)
def test_the_weights_are_right_on_all_graphs_of_three_vertices_with_equal_weights_too(way):
    model = compile_task(make_task("spanning-forest", n=4, weights=2, way=way))
    instances = [*model.task.exhaustive(3), *list(model.task.exhaustive(4))[::31]]
    judged = list(wrong_answers(model, instances))
    assert sum(batch.instances for batch in judged) == 4**3 + -(-(4**6) // 31)
    assert not any(batch.wrong for batch in judged)
