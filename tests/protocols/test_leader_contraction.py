"""Leader contraction: exact whatever the leaders, within every budget, in few rounds where the diameter is small."""

from itertools import islice

import numpy as np
import pytest

from logdepth.mpc import run_locally
from logdepth.numerics.errors import UsageError
from logdepth.protocols import PROTOCOLS, other_protocols_of, protocol_of
from logdepth.protocols.homes import VERTEX
from logdepth.protocols.leader_contraction import Turn, leader_contraction, start
from logdepth.protocols.leader_contraction_plan import least_memory, plan_for
from logdepth.runs import prepare, run_prepared
from logdepth.tasks import Graph, make_task, smallest_of_each
from logdepth.tasks.graphs.components import component_labels
from logdepth.tasks.graphs.large_graphs import random_graph_of, rmat_graph, star_graph


def solve(graph, memory, blocks=1, **options):
    """The run, whose answer is exact."""
    ends = graph.edges - 1
    protocol = leader_contraction(graph.vertices, len(ends), memory, **options)
    run = run_locally(protocol, start(graph.vertices, ends, memory), blocks=blocks, digests=blocks > 1)
    assert np.array_equal(smallest_of_each(run.memory[VERTEX]["parent"]), component_labels(graph))
    return run


def united(graphs):
    """All in one, side by side."""
    before = np.cumsum([0, *(graph.vertices for graph in graphs)])
    edges = [graph.edges + first for graph, first in zip(graphs, before, strict=False)]
    return Graph(int(before[-1]), np.concatenate(edges))


def pairs_of_pairs(times):
    edges = []
    for power in range(times):
        half = 2**power
        edges = [(u + half, v + half) for u, v in edges] + [(v, v + half) for v in range(1, half + 1)]
    return Graph(2**times, np.array(edges).reshape(-1, 2))


@pytest.mark.parametrize("doublings", [1, 3])
@pytest.mark.parametrize("factor", [1, 8])
def test_every_family_at_the_least_memory_and_above(doublings, factor):
    task, rng = make_task("components", n=50), np.random.default_rng(doublings)
    for family in task.families:
        graph = task.sample(rng, family, 50)
        solve(graph, factor * least_memory(50, len(graph.edges)), doublings=doublings, seed=factor)


@pytest.mark.parametrize("seed", range(3))
def test_all_graphs_of_four_vertices_and_some_of_five_at_once(seed):
    """Balls that hold a whole component, and some that are full."""
    tasks = [make_task("components", n=n) for n in (1, 2, 3, 4, 5)]
    graphs = [graph for task in tasks for graph in islice(task.exhaustive(task.n), 0, None, 1 if task.n < 5 else 40)]
    graph = united(graphs)
    solve(graph, least_memory(graph.vertices, len(graph.edges)), doublings=1, seed=seed)


def test_steps_are_local():
    """The same mail in every round, however machines are parted."""
    graph = random_graph_of(np.random.default_rng(0), 120, 200)
    runs = [solve(graph, 600, blocks=blocks) for blocks in (2, 5)]
    assert [r.digest for r in runs[0].traffic] == [r.digest for r in runs[1].traffic]


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_leaders_decide_on_the_time_and_not_on_the_answer(chance, monkeypatch):
    """Without leaders only whole components unite; if all are leaders, nothing ever does, and the run says so."""
    monkeypatch.setattr(Turn, "chance", chance)
    graph = united(
        [Graph(3, np.array([[1, 2], [2, 3]])), Graph(2, np.array([[1, 2]])), Graph(1, np.zeros((0, 2), int))]
    )
    if chance:
        with pytest.raises(Exception, match=r"leader contraction.*turns"):
            solve(graph, 1000)
    else:
        assert solve(graph, 1000).rounds == 16


def test_popular_vertices_do_not_overflow():
    """The hubs of stars, at the least memory: engines count every word."""
    for graph in (star_graph(np.random.default_rng(0), 400), united([star_graph(np.random.default_rng(1), 60)] * 5)):
        solve(graph, least_memory(graph.vertices, len(graph.edges)), doublings=2)


def test_few_rounds_where_the_diameter_is_small():
    """Star hooking takes every turn on a tree of pairs; here turns depend on memory and chance."""
    rng = np.random.default_rng(0)
    most = {"pairs": 64, "random": 48, "R-MAT": 48}
    graphs = {"pairs": pairs_of_pairs(9), "random": random_graph_of(rng, 512, 2048), "R-MAT": rmat_graph(rng, 9, 2048)}
    for name, graph in graphs.items():
        stars = run_prepared(prepare(make_task("components"), graph, 8192)).run.rounds
        assert solve(graph, 8192).rounds <= most[name] < stars


@pytest.mark.parametrize("name", [name for name in PROTOCOLS if other_protocols_of(make_task(name))])
def test_tasks_run_by_leaders(name):
    task, rng = make_task(name, n=24), np.random.default_rng(0)
    for family in task.families:
        graph = task.sample(rng, family)
        for by in other_protocols_of(task):
            ready = prepare(task, graph, by=by)
            done = run_prepared(ready)
            assert np.array_equal(done.answer, task.solve(graph))
            assert done.run.rounds <= ready.protocol.rounds <= ready.claimed.sizes["rounds"]


def test_the_claim_of_a_task_is_that_of_its_largest_instance():
    task = make_task("components", n=30, edges=60)
    graph = random_graph_of(np.random.default_rng(0), 30, 60)
    assert protocol_of(task, "leaders").claim(task) == prepare(task, graph, by="leaders").claimed


def test_what_cannot_run_is_refused():
    task = make_task("components", n=24)
    graph = task.sample(np.random.default_rng(0))
    with pytest.raises(UsageError, match=r"components has no protocol called 'leader'\. Did you mean 'leaders'"):
        prepare(task, graph, by="leader")
    with pytest.raises(UsageError, match="3-sum has no protocol called 'leaders'"):
        protocol_of(make_task("3-sum"), "leaders")
    least = least_memory(300, 500)
    assert plan_for(300, 500, least).ball == 4
    with pytest.raises(UsageError, match=f"at least {least} words"):
        leader_contraction(300, 500, least // 2)
    with pytest.raises(UsageError, match="doubled 1 time or more; got 0"):
        leader_contraction(10, 10, 1000, doublings=0)
    with pytest.raises(UsageError, match="the seed of leaders must be a whole number of at least 0; got -5"):
        leader_contraction(10, 10, 1000, seed=-5)
    solve(graph, 2000, seed=2**64)
    with pytest.raises(UsageError, match="machines of -5 words cannot contract balls"):
        leader_contraction(10, 10, -5)
    for memory in (0, 2.5, "many"):
        with pytest.raises(UsageError, match="memory must be a whole number of at least 1"):
            prepare(task, graph, memory, by="leaders")
    assert PROTOCOLS["components"] is protocol_of(task)
