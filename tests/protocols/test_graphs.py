"""Protocols of graph tasks: exact, within every budget, and within their claims, at the least memory and above."""

from itertools import islice

import numpy as np
import pytest

from logdepth.mpc import run_locally
from logdepth.numerics.errors import UsageError
from logdepth.protocols import PROTOCOLS
from logdepth.protocols.star_hooking_layout import ROUNDS_OF_A_TURN, least_memory, star_hooking_claim, turns
from logdepth.tasks import Graph, GraphTask, make_task, shipped_file

GRAPH_TASKS = ["1-vs-2-cycle", "connectivity", "components", "spanning-forest", "cycle-check"]


@pytest.fixture(params=GRAPH_TASKS)
def task(request):
    return make_task(request.param, {"n": 70})


def least(task, graph):
    return least_memory(graph.vertices, len(graph.edges), task.name == "spanning-forest")


def check(task, graph, memory, blocks=None):
    """The answer is exact and the claim holds; the digests of all rounds, if it is told how many blocks to take."""
    ready = PROTOCOLS[task.name].prepare(task, graph, memory)
    run = run_locally(ready.protocol, ready.records, blocks=blocks or 1, digests=blocks is not None)
    np.testing.assert_array_equal(ready.answer(run.memory), task.solve(graph))
    measured = {"rounds": run.rounds, "machines": ready.protocol.machines, "memory_words": memory}
    assert measured.keys() == ready.claimed.sizes.keys()
    assert all(measured[name] <= most for name, most in ready.claimed.sizes.items())
    assert run.rounds <= ready.protocol.rounds <= ready.claimed.sizes["rounds"]
    assert ready.protocol.machines == ready.claimed.sizes["machines"]
    if task.name in ("components", "spanning-forest"):  # the others count, in at most 4 rounds
        assert ready.protocol.rounds == ready.claimed.sizes["rounds"]
        assert (ready.protocol.rounds - run.rounds) % ROUNDS_OF_A_TURN == 0
    return [round_.digest for round_ in run.traffic]


def test_every_protocol_of_a_task_is_registered_under_its_name():
    assert set(GRAPH_TASKS) <= PROTOCOLS.keys()


def test_answers_are_exact_and_rounds_within_the_claim_on_every_family(task):
    rng = np.random.default_rng(0)
    for family in task.families:
        for size, factors in ((task.smallest, [1]), (task.largest, [1, 4]), (None, [4])):
            graph = task.sample(rng, family, size)
            for factor in factors:
                check(task, graph, int(factor * least(task, graph)))


def side_by_side(graphs, count):
    """So many graphs as one, over and over: a run on it is a run on each, and takes little longer than one of them."""
    for some in batched(graphs, count):
        before = np.cumsum([0, *(graph.vertices for graph in some)])
        edges = np.concatenate([graph.edges + first for graph, first in zip(some, before[:-1], strict=True)])
        weights = None if some[0].weights is None else np.concatenate([graph.weights for graph in some])
        yield Graph(int(before[-1]), edges, weights)


def batched(values, count):
    values = iter(values)
    return iter(lambda: list(islice(values, count)), [])


@pytest.mark.parametrize(("size", "at_once"), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 32)])
def test_components_are_exact_on_every_graph(size, at_once):
    task = make_task("components", {"n": size})
    for graph in side_by_side(task.exhaustive(size), at_once):
        check(task, graph, least(task, graph))


@pytest.mark.parametrize(("size", "at_once"), [(2, 1), (3, 1), (4, 27)])
def test_forests_are_exact_on_every_graph_of_up_to_four_vertices_with_ties(size, at_once):
    task = make_task("spanning-forest", {"n": size, "weights": 1})
    for graph in side_by_side(task.exhaustive(size), at_once):
        check(task, graph, least(task, graph))


def test_every_number_of_blocks_gives_the_same_rounds_to_the_bit(task):
    rng = np.random.default_rng(1)
    for family in task.families[:: -(-len(task.families) // 4)]:
        graph = task.sample(rng, family, task.largest)
        memory = least(task, graph) + 5
        one, *others = (check(task, graph, memory, blocks) for blocks in (1, 2, 4))
        assert others == [one, one], family


@pytest.mark.parametrize("name", ["karate.gml", "les_miserables.gml", "florentine_families.gml"])
def test_real_graphs(name):
    for task in (make_task("components", {"n": 80}), make_task("connectivity", {"n": 80})):
        graph = task.read(shipped_file(name))
        check(task, graph, least(task, graph))


def test_weights_may_be_negative_and_huge():
    task = make_task("spanning-forest", {"n": 9})
    rng = np.random.default_rng(2)
    plain = task.sample(rng, "random-above", 9)
    for low, high in ((-5, 3), (-(2**40), 2**40), (7, 7)):
        weights = rng.integers(low, high + 1, len(plain.edges))
        check(task, Graph(9, plain.edges, weights), 64)


def test_a_graph_without_weights_has_no_lightest_forest():
    task = make_task("spanning-forest")
    graph = Graph(3, np.array([[1, 2]]))
    with pytest.raises(UsageError, match="spanning-forest needs a weight for every edge; this graph has none"):
        PROTOCOLS["spanning-forest"].prepare(task, graph, 100)


def test_the_claim_by_hand():
    """On one machine with arcs nothing has to be sorted by mail; 2 rounds for twins, and 16 for each of 4 turns."""
    claim = star_hooking_claim(vertices=8, edges=10, memory=128)
    assert claim.sizes == {"rounds": 2 + 16 * 4, "machines": 1 + 1, "memory_words": 128}
    assert star_hooking_claim(vertices=8, edges=10, memory=128, count=True).sizes["rounds"] == 2 + 16 * 4 + 4
    assert [turns(n) for n in (1, 2, 3, 4, 7, 8, 2**20)] == [1, 2, 2, 3, 3, 4, 21]


def test_below_the_least_memory_it_is_refused_with_that_number(task):
    for size in (task.smallest, 20, 70):
        graph = task.sample(np.random.default_rng(0), size=size)
        few = least(task, graph)
        check(task, graph, few)
        with pytest.raises(UsageError, match=rf"machines of {few - 1} words .* Give them at least {few} words\.$"):
            check(task, graph, few - 1)


def test_the_least_memory_grows_as_the_root_of_the_input():
    for factor in (1, 4, 100):
        n, m = 100 * factor, 300 * factor
        assert least_memory(n, m, weighted=False) <= 12 * (2 * m + n) ** 0.5


def test_default_memory_is_enough_and_leaves_many_machines(task):
    graph = task.sample(np.random.default_rng(0), size=70)
    memory = PROTOCOLS[task.name].default_memory(graph)
    check(task, graph, memory)
    assert PROTOCOLS[task.name].prepare(task, graph, memory).protocol.machines > 10


def all_on_one(n):
    """A star whose centre is every vertex in turn: as skewed as can be."""
    for centre in (1, n // 2, n):
        others = np.setdiff1d(np.arange(1, n + 1), [centre])
        yield Graph(n, np.stack([np.full(n - 1, centre), others], axis=1))


def test_skew_breaks_no_budget():
    task = make_task("components", {"n": 3000})
    assert isinstance(task, GraphTask)
    for graph in all_on_one(3000):
        check(task, graph, least(task, graph))


def test_a_path_in_order_takes_few_turns():
    """Every vertex hooks onto the one before it: the longest trees that a turn can make."""
    task = make_task("components", {"n": 3000})
    ends = np.stack([np.arange(1, 3000), np.arange(2, 3001)], axis=1)
    check(task, Graph(3000, ends), 400)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["components", "spanning-forest"])
def test_many_random_graphs(name):
    rng = np.random.default_rng(3)
    for n in (2, 3, 6, 17, 100, 300):
        task = make_task(name, {"n": n, "weights": 9} if name == "spanning-forest" else {"n": n})
        for family in task.families:
            graph = task.sample(rng, family)
            check(task, graph, least(task, graph) + int(rng.integers(0, 50)))


@pytest.mark.parametrize("weighted", [False, True])
def test_vertices_and_pieces_without_edges_to_other_trees_fall_silent(weighted):
    """But for the first and the last piece of each machine."""
    task = make_task("spanning-forest" if weighted else "components", {"n": 300, "edges": 400})
    graph = task.sample(np.random.default_rng(0), size=300)
    ready = PROTOCOLS[task.name].prepare(task, graph, 4 * least(task, graph))
    told: dict[str, list[int]] = {"to pieces": [], "to homes": [], "to twins": []}

    def watch(number, rounds, mail):
        for kind, counts in told.items():
            if f"tell neighbours: {kind}" in mail:
                counts.append(len(mail[f"tell neighbours: {kind}"]))

    run = run_locally(ready.protocol, ready.records, watch)
    np.testing.assert_array_equal(ready.answer(run.memory), task.solve(graph))
    assert told["to pieces"] == told["to homes"]
    ends = 2 * len(np.unique(run.memory["piece"].owner))
    assert all(pieces <= arcs + ends for pieces, arcs in zip(told["to pieces"], told["to twins"], strict=True))
    assert len(run.memory["piece"]) <= ends < told["to pieces"][0] / 2
