"""Leader contraction with growing balls: exact whatever the leaders, within every budget, on few machines."""

from itertools import islice
from math import log

import numpy as np
import pytest

from logdepth.mpc import Loop, Routine, run_locally
from logdepth.mpc.protocol import rounds_of
from logdepth.numerics.errors import UsageError
from logdepth.protocols.growing_balls import TURN, Turn, growing_balls, start
from logdepth.protocols.growing_balls_plan import (
    ARCS_OF_A_MACHINE,
    least_memory,
    plan_for,
    rounds_of_a_doubling,
    rounds_of_a_turn,
)
from logdepth.protocols.homes import VERTEX
from logdepth.protocols.sorted_arcs import SortedArcs
from logdepth.protocols.star_hooking import COUNTED
from logdepth.tasks import Graph, make_task, smallest_of_each
from logdepth.tasks.graphs.components import component_labels
from logdepth.tasks.graphs.large_graphs import cycle_graph, random_graph_of, star_graph


def solve(graph, memory, blocks=1, seed=0):
    """The run, whose answer and count are exact, and which takes as many rounds as its turns and doublings say."""
    ends = graph.edges - 1
    protocol = growing_balls(graph.vertices, len(ends), memory, seed, count=True)
    run = run_locally(protocol, start(graph.vertices, ends, memory), blocks=blocks, digests=blocks > 1)
    labels = component_labels(graph)
    assert np.array_equal(smallest_of_each(run.memory[VERTEX]["parent"]), labels)
    assert set(run.memory[COUNTED]["roots"]) == {len(np.unique(labels))}
    return run


def turns_of(run):
    return int(run.memory[TURN]["turn"][0])


def united(graphs):
    """All in one, side by side."""
    before = np.cumsum([0, *(graph.vertices for graph in graphs)])
    edges = [graph.edges + first for graph, first in zip(graphs, before, strict=False)]
    return Graph(int(before[-1]), np.concatenate(edges))


@pytest.mark.parametrize("factor", [1, 16])
def test_every_family_at_the_least_memory_and_above(factor):
    task, rng = make_task("components", n=50), np.random.default_rng(factor)
    for family in task.families:
        graph = task.sample(rng, family, 50)
        solve(graph, factor * least_memory(50, len(graph.edges)), seed=factor)


@pytest.mark.parametrize("seed", range(2))
def test_all_graphs_of_four_vertices_and_some_of_five_at_once(seed):
    """Balls that hold a whole component, and some that are full."""
    tasks = [make_task("components", n=n) for n in (1, 2, 3, 4, 5)]
    graphs = [graph for task in tasks for graph in islice(task.exhaustive(task.n), 0, None, 1 if task.n < 5 else 40)]
    graph = united(graphs)
    solve(graph, least_memory(graph.vertices, len(graph.edges)), seed=seed)


@pytest.mark.parametrize("vertices", [1, 2, 3, 7])
def test_few_vertices_with_and_without_edges_on_one_machine_and_several(vertices):
    path = Graph(vertices, np.array([[v, v + 1] for v in range(1, vertices)], dtype=np.int64).reshape(-1, 2))
    for graph in (path, Graph(vertices, np.zeros((0, 2), dtype=np.int64))):
        for memory in (least_memory(vertices, len(graph.edges)), 5000):
            solve(graph, memory)


def test_steps_are_local():
    """The same mail in every round, however machines are parted."""
    graph = random_graph_of(np.random.default_rng(0), 120, 200)
    runs = [solve(graph, 600, blocks=blocks) for blocks in (2, 5)]
    assert [r.digest for r in runs[0].traffic] == [r.digest for r in runs[1].traffic]


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_leaders_decide_on_the_time_and_not_on_the_answer(chance, monkeypatch):
    """If no root or every root is a leader, only whole components unite, and a larger one never ends."""
    monkeypatch.setattr(Turn, "chance", lambda self, live: np.full(len(live), chance))
    monkeypatch.setattr("logdepth.protocols.growing_balls.turns", lambda vertices: 8)
    small = united([Graph(3, np.array([[1, 2], [2, 3]])), Graph(2, np.array([[1, 2]]))])
    assert turns_of(solve(small, 1000)) == 1
    with pytest.raises(Exception, match=r"growing balls.*turns"):
        solve(united([small, cycle_graph(np.random.default_rng(0), 20)]), 150)


def test_popular_roots_do_not_overflow():
    """The hubs of stars, at the least memory: engines count every word."""
    for graph in (star_graph(np.random.default_rng(0), 400), united([star_graph(np.random.default_rng(1), 60)] * 5)):
        solve(graph, least_memory(graph.vertices, len(graph.edges)))


def test_balls_grow_as_the_root_of_memory_by_live_roots():
    plan = plan_for(2**14, 2**16, 2**15)
    live = plan.machines * 2 ** np.arange(5)
    balls = plan.ball(live)
    assert np.allclose(balls, (plan.memory * plan.machines / (2 * live)) ** 0.5, atol=1)


def test_all_machines_together_hold_a_constant_number_of_words_an_edge():
    for n, m, memory in ((2**10, 2**12, 2**12), (2**14, 2**14, 2**14), (2**17, 2**20, 2**17)):
        plan = plan_for(n, m, memory)
        assert plan.machines * memory <= ARCS_OF_A_MACHINE * (2 * m + n) + 40 * n + memory


def test_turns_are_few_since_balls_grow():
    """With balls that stay as they are at first, a turn leaves a part of all roots: the turns grow as log n."""
    rng = np.random.default_rng(0)
    for graph in (random_graph_of(rng, 4096, 16384), cycle_graph(rng, 4096)):
        plan = plan_for(4096, len(graph.edges), 8192)
        run = solve(graph, 8192)
        first = int(plan.ball(4096))
        assert turns_of(run) <= 6 < log(4096) / log(first / (1 + log(first)))


def test_rounds_of_a_turn_are_those_of_its_routines():
    for memory in (1300, 2048, 100000):
        plan = plan_for(1024, 4096, memory)
        parts = Turn(plan, SortedArcs(plan), 0).parts()
        assert sum(part.rounds for part in parts if isinstance(part, Routine)) == rounds_of_a_turn(plan)
        assert [rounds_of(part.body) for part in parts if isinstance(part, Loop)] == [rounds_of_a_doubling(plan)]


def test_what_cannot_run_is_refused():
    least = least_memory(300, 500)
    assert plan_for(300, 500, least).ball(300) >= 4
    with pytest.raises(UsageError, match=f"at least {least} words"):
        growing_balls(300, 500, least // 2)
    for memory in (0, -5):
        with pytest.raises(UsageError, match=f"machines of {memory} words cannot grow balls"):
            growing_balls(10, 10, memory)
    with pytest.raises(UsageError, match="the seed of leaders must be a whole number of at least 0; got -5"):
        growing_balls(10, 10, 1000, seed=-5)
