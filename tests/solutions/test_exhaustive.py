"""Every algorithm is right on every small instance, and so is the transformer compiled from it."""

from functools import lru_cache
from itertools import islice

import networkx as nx
import numpy as np
import pytest

from logdepth.artefacts import compile_task
from logdepth.programs import interpret
from logdepth.solutions import program_for, ways_of
from logdepth.tasks import TASKS, Graph, GraphTask, make_task
from logdepth.tasks.graphs.graph import all_graphs
from logdepth.verification.batches import wrong_answers
from logdepth.verification.sizes import tiny_size

GRAPHS = ["connectivity", "cycle-check", "node-count", "edge-count", "node-degree"]
MOST = 2**15  # instances of a size
DEEPER = [  # task, parameters, the sizes enumerated in full in the quick and in the slow tier
    *(("k-hop", {"n": 7, "k": k, "alphabet": "3"}, 6, 7) for k in range(6)),
    ("k-hop", {"n": 7, "k": 3, "alphabet": "3", "way": "shallow"}, 6, 7),
    *(("k-hop", {"n": 8, "k": k, "alphabet": "3", "way": "shallow"}, 6, 8) for k in (6, 7, 13)),  # 7 hops from row 8
    ("induction-heads", {"n": 7, "alphabet": "3"}, 6, 7),
    *(("acausal-k-hop", {"n": 7, "k": k, "alphabet": "3"}, 5, 7) for k in range(4)),
    *(("2-sum", {"n": 5, "modulus": modulus}, 4 if modulus < 5 else 3, 5) for modulus in (1, 2, 3, 4, 5)),
    *(("3-sum", {"n": 4, "modulus": modulus}, 3, 4) for modulus in (1, 2, 3, 4, 5, 6)),
    ("sparse-averaging", {"n": 3, "q": 2, "high": 1}, 2, 3),
    ("broadcast", {"n": 5, "high": 2}, 4, 5),
    ("prefix-sum", {"n": 6, "high": 2}, 4, 6),
    ("sort", {"n": 6, "high": 2}, 4, 6),
    ("list-ranking", {"n": 5}, 4, 5),
    *(("composition", {"n": 5, "k": k}, 4, 5) for k in (0, 1, 2, 3, 5)),
    ("1-vs-2-cycle", {"n": 7}, 4, 6),
    ("components", {"n": 5}, 5, 5),
    *((name, {"n": 5}, 4, 5) for name in GRAPHS),
    *((name, {"n": 5, "way": way}, 4, 5) for name in GRAPHS[:2] for way in ("middle", "shallow")),
    ("diameter", {"n": 5}, 4, 5),
    ("reachability", {"n": 5}, 3, 3),
    *(("spanning-forest", {"n": 4, "weights": 1, "way": way}, 3, 4) for way in ("narrow", "middle", "shallow")),
    ("edge-existence", {"n": 5}, 4, 4),
    *((name, {"n": 5}, 4, 5) for name in ("connected-nodes", "disconnected-nodes")),
    *(("triangle-count", {"n": 5, "way": way}, 4, 5) for way in ("blank", "wide")),
    *(("shortest-path", {"n": 5, "way": way}, 3, 3) for way in ("squaring", "pairs", "breadth-first")),
    *(("kin", {"n": 3, "k": k, "relations": 1}, 2, 3) for k in (1, 2, 3, 5)),
    *(("kin", {"n": 2, "k": 2, "relations": 2, "way": way}, 2, 2) for way in ("doubling", "stepwise")),
    *(("kin", {"n": 3, "k": k, "relations": 1, "way": "stepwise"}, 2, 3) for k in (1, 3)),
    *(("max-flow", {"n": 4, "weights": weights}, 3, 4 if weights == 1 else 3) for weights in (1, 2)),
    *(("recall", {"n": 3, "keys": keys}, 2, 3) for keys in (2, 3)),
    *(("automaton", {"n": 8, "regex": regex}, 6, 8) for regex in ("(a|b)*abb", "(aa|b)*")),
    *(("language", {"n": 6, "of": of}, 4, 6) for of in ("dyck-2", "anbncn")),
    ("language", {"n": 5, "of": "formula"}, 3, 5),
]
ENUMERATED = {name for name, *_ in DEEPER}
EXHAUSTIVE = [*DEEPER, *((name, tiny_size(name), 3, 3) for name in TASKS if name not in ENUMERATED)]
"""Of a task that is not named above, all instances of up to three rows, or the first of them: nothing to add here."""
CASES = [
    pytest.param(
        *(name, parameters, size),
        id="-".join([name, *(f"{key}={value}" for key, value in parameters.items()), f"size={size}"]),
        marks=() if size <= quick else pytest.mark.slow,
    )
    for name, parameters, quick, slow in EXHAUSTIVE
    for size in range(make_task(name, parameters).smallest, slow + 1)
]


@lru_cache(maxsize=1)
def compiled(name, parameters):
    """The model of a task, which all sizes of its instances share: their tests stand together."""
    return compile_task(make_task(name, dict(parameters)))


def shuffled(instance, rng):
    """A graph's edges come in any order; other instances as they are."""
    return instance.shuffle(rng) if hasattr(instance, "shuffle") and instance.question is None else instance


@pytest.mark.parametrize(("name", "parameters", "size"), CASES)
def test_the_transformer_is_right_on_every_instance(name, parameters, size):
    model, rng = compiled(name, tuple(parameters.items())), np.random.default_rng(size)
    instances = [shuffled(instance, rng) for instance in islice(model.task.exhaustive(size), MOST)]
    assert 0 < len(instances) < (MOST if name in ENUMERATED else MOST + 1)
    judged = list(wrong_answers(model, instances))
    assert sum(batch.instances for batch in judged) == len(instances)
    assert [instance for batch in judged for instance in batch.wrong] == []


@pytest.mark.parametrize(("name", "parameters", "size"), [case for case in CASES if case.values[2] <= 3])
def test_the_program_is_right_on_every_instance(name, parameters, size):
    task, rng = make_task(name, parameters), np.random.default_rng(size)
    program = program_for(task)
    for instance in islice(task.exhaustive(size), MOST):
        instance = shuffled(instance, rng)
        assert np.array_equal(task.decode(interpret(program, task.encode(instance)), instance), task.solve(instance))


def test_reachability_between_two_of_four_vertices_is_right_in_every_graph():
    model = compile_task(make_task("reachability", {"n": 4}))
    graphs = [graph.asking(1, 2) for graph in all_graphs(4, directed=True)]
    assert len(graphs) == 2**12
    assert [graph for batch in wrong_answers(model, graphs) for graph in batch.wrong] == []


WHOLE = [
    pytest.param(name, {"n": 7, **way}, id="-".join([name, *way.values()]))
    for name, task in TASKS.items()
    if issubclass(task, GraphTask) and not task.directed and list(make_task(name).inputs) == ["u", "v"]
    for way in [{"way": way} for way in ways_of(make_task(name))] or [{}]
]
"""The tasks about a whole graph, in all their ways."""


@pytest.mark.parametrize(("name", "parameters"), WHOLE)
def test_every_graph_of_up_to_seven_vertices_is_right_under_some_names(name, parameters):
    """All 1,252 of networkx's atlas, which differ by more than names: each under names and in an order of its own."""
    model, rng = compile_task(make_task(name, parameters)), np.random.default_rng(0)
    graphs = [Graph(len(g), np.array(g.edges) + 1).shuffle(rng) for g in nx.graph_atlas_g() if len(g)]
    assert len(graphs) == 1252
    assert [graph for batch in wrong_answers(model, graphs) for graph in batch.wrong] == []
