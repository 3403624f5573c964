"""Components by hooking to the least neighbour: the theorem of its page, measured on the programs and their weights."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from logdepth.artefacts import compile_task
from logdepth.programs import cut_loops
from logdepth.solutions import program_for, ways_of
from logdepth.solutions.registry import WAYS
from logdepth.tasks import Graph, make_task
from logdepth.tasks.graphs.hooking import WAYS as NAMED
from logdepth.verification.batches import wrong_answers

LAYERS, HEADS = {"middle": 3, "shallow": 2}, {"middle": 3, "shallow": 6}


def weight(height):
    """w of the proof."""
    return 2 if height < 2 else (3 * height + 2) // 2


def potentials(parent, component):
    """Of every component the sum of the weights of its trees, and how many these are; parents are numbers from 1."""
    found = {}
    for root in range(1, len(parent) + 1):
        if parent[root - 1] != root:
            continue
        height, level = 0, {root}
        while below := {v for v in range(1, len(parent) + 1) if parent[v - 1] in level and v != root}:
            height, level = height + 1, below
        total, trees = found.get(component[root - 1], (0, 0))
        found[component[root - 1]] = total + weight(height), trees + 1
    assert len(found) == len(set(component)), "a component without a root: its pointers run in a circle"
    return found


def pairs_of_pairs(times):
    """Every vertex gets a neighbour of a greater number, and the edges go over to these, so often: stars pair up in
    every round, and what they make is such a graph again."""
    edges = []
    for power in range(times):
        half = 2**power
        edges = [(u + half, v + half) for u, v in edges] + [(v, v + half) for v in range(1, half + 1)]
    return Graph(2**times, np.array(edges).reshape(-1, 2))


def parents_by_round(task, graph):
    """The parents of the vertices before the first round, and after each."""
    program, columns = program_for(task), task.encode(graph)
    for times in range(graph.vertices.bit_length() + 1):
        yield cut_loops(program, times).run(columns)["representative"][: graph.vertices]


@pytest.mark.parametrize("name", ["components", "connectivity", "cycle-check", "spanning-forest"])
def test_every_way_is_named(name):
    assert list(WAYS[name]) == list(NAMED) == list(ways_of(make_task(name)))


@pytest.mark.parametrize("name", ["connectivity", "cycle-check"])
@pytest.mark.parametrize("way", LAYERS)
def test_to_count_takes_one_layer_more(name, way):
    for n, tied in ((1, True), (3, True), (9, True), (9, False)):
        model = compile_task(make_task(name, n=n, edges=5, way=way), tied=tied)
        assert model.measured.layers == LAYERS[way] * (n.bit_length() - 1) + 1 == model.claimed["layers"]
        assert n == 3 or model.measured.heads == model.claimed["heads"]


@pytest.mark.parametrize("way", LAYERS)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 8, 15, 16, 31, 32])
def test_two_or_three_layers_a_round(way, n):
    task = make_task("components", n=n, edges=3, way=way)
    model = compile_task(task)
    assert model.measured.layers == LAYERS[way] * (n.bit_length() - 1) == model.claimed["layers"]
    assert model.measured.heads == (HEADS[way] if n > 3 else 3 if n > 1 else 0)


@pytest.mark.parametrize("way", LAYERS)
def test_the_weights_are_right_on_all_graphs_of_five_vertices(way):
    model = compile_task(make_task("components", n=5, way=way))
    judged = list(wrong_answers(model, list(model.task.exhaustive(5))))
    assert sum(batch.instances for batch in judged) == 2**10
    assert not any(batch.wrong for batch in judged)


@pytest.mark.parametrize("way", LAYERS)
@pytest.mark.parametrize("family", ["random-below", "trees", "paths", "grids"])
def test_every_round_halves_the_potential(way, family):
    task, rng = make_task("components", n=40, way=way), np.random.default_rng(0)
    for _ in range(2):
        graph = task.sample(rng, family, 40)
        component, before = task.solve(graph), None
        for parent in parents_by_round(task, graph):
            after = potentials(parent, component)
            if before is not None:
                for place, (total, trees) in after.items():
                    assert 2 * total <= before[place][0] or before[place] == (2, 1) == (total, trees)
            before = after
        assert set(before.values()) == {(2, 1)}


def test_the_proof_on_all_graphs_of_six_vertices():
    """A round as the page says it, in plain Python; the programs have the same parents."""
    pairs = list(combinations(range(1, 7), 2))
    rng = np.random.default_rng(0)
    for chosen in range(0, 2 ** len(pairs), 37):
        edges = [pair for place, pair in enumerate(pairs) if chosen >> place & 1]
        graph = nx.Graph(edges)
        graph.add_nodes_from(range(1, 7))
        component = [min(nx.node_connected_component(graph, v)) for v in range(1, 7)]
        parent, seen = list(range(1, 7)), []
        for _ in range(3):
            seen.append(parent)
            before = potentials(parent, component)
            parent = one_round(parent, edges)
            for place, (total, _) in potentials(parent, component).items():
                assert 2 * total <= before[place][0] or before[place] == (2, 1)
        assert [parent[v - 1] == parent[u - 1] for u, v in pairs] == [
            component[v - 1] == component[u - 1] for u, v in pairs
        ]
        if rng.random() < 0.02:
            for way in LAYERS:
                task = make_task("components", n=6, way=way)
                own = parents_by_round(task, Graph(6, np.array(edges).reshape(-1, 2)))
                assert [next(own).tolist() for _ in range(3)] == [*seen[:3]]


def one_round(parent, edges):
    def p(v):
        return parent[v - 1]

    links = [(a, b) for u, v in edges for a, b in ((p(u), p(v)), (p(v), p(u))) if a != b]
    least = {a: min(other for one, other in links if one == a) for a, _ in links}
    tall = {p(p(v)) for v in range(1, len(parent) + 1) if p(p(v)) != p(v)}

    def asked(v):
        star = p(p(v)) == p(v) and p(v) not in tall
        return least.get(p(v), p(v)) if star else p(p(v))

    return [min(p(p(asked(v))), asked(asked(v))) for v in range(1, len(parent) + 1)]


@pytest.mark.parametrize("way", LAYERS)
@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
def test_every_round_is_needed(way, times):
    """Pairs of pairs; with one round fewer the answer is wrong."""
    graph = pairs_of_pairs(times)
    task = make_task("components", n=graph.vertices, edges=len(graph.edges), way=way)
    program, exact, columns = program_for(task), task.solve(graph), task.encode(graph)
    answers = [task.decode(cut_loops(program, t).run(columns), graph) for t in (times - 1, times)]
    assert not np.array_equal(answers[0], exact)
    assert np.array_equal(answers[1], exact)
    model = compile_task(task)
    if times > 1:
        answer, rounds = model.answer_until_still(graph)
        assert np.array_equal(answer, exact)
        assert str(rounds) == f"{times} of {times}"
