"""CONGEST keeps to its model: neighbours only, and every bit of every edge, direction and round."""

import re

import networkx as nx
import numpy as np
import pytest

from logdepth.messages import Bits, CongestProtocol, Form, MessageTooLong, StepFailed, numbers, run_on_graph
from logdepth.numerics.errors import UsageError

WORD = Form((numbers("word", (), 6),))


def flood(graph: nx.Graph, rounds: int, bits: int = 6) -> CongestProtocol:
    """Every vertex keeps the least number that it has heard of, and sends it on."""

    def step(known):
        least = min([known.kept, *(int(WORD.unpack(message)["word"]) for message in known.mail.values())])
        on = known.round <= rounds
        return least, {other: WORD.pack({"word": np.array(least)}) for other in known.neighbours if on}

    return CongestProtocol("flood", len(graph), np.array(graph.edges).reshape(-1, 2), rounds, bits, step)


@pytest.mark.parametrize("seed", range(5))
def test_flooding_reaches_as_far_as_there_are_rounds(seed):
    graph = nx.relabel_nodes(nx.gnp_random_graph(14, 0.15, seed=seed), lambda v: v + 1)
    for rounds in range(5):
        run = run_on_graph(flood(graph, rounds), range(1, 15))
        near = [min(nx.single_source_shortest_path_length(graph, v, rounds)) for v in range(1, 15)]
        assert list(run.kept) == near
        assert run.bits.shape == (rounds, 2 * graph.number_of_edges()) and run.rounds == rounds
        assert run.total == 6 * 2 * rounds * graph.number_of_edges() and run.most_bits == 6 * (run.total > 0)


def test_the_record_says_who_sent_how_many_bits_in_which_round():
    path = nx.Graph([(1, 2), (3, 2)])

    def step(known):
        sends = known.round <= 2 and known.vertex != 2
        return known.kept, {2: Bits([1] * known.vertex)} if sends else {}

    run = run_on_graph(CongestProtocol("x", 3, np.array(path.edges), 2, 3, step), [0, 0, 0])
    assert run.protocol.arcs.tolist() == [[1, 2], [2, 1], [2, 3], [3, 2]]
    assert run.bits.tolist() == [[1, 0, 0, 3], [1, 0, 0, 3]]
    assert run.as_json()["by_round"] == [4, 4] and run.as_json()["by_arc"] == [2, 0, 0, 6]


def test_a_message_above_the_budget_names_edge_round_bits_and_limit():
    with pytest.raises(MessageTooLong) as caught:
        run_on_graph(flood(nx.Graph([(1, 2)]), 3, bits=5), [1, 2])
    assert str(caught.value) == (
        "protocol 'flood': vertex 1 sends 6 bits to vertex 2 in round 1; an edge carries 5. Raise bits."
    )
    assert (caught.value.sender, caught.value.receiver, caught.value.bits, caught.value.limit) == (1, 2, 6, 5)


def on_path(step, rounds=1):
    return run_on_graph(CongestProtocol("x", 3, np.array([[1, 2], [2, 3]]), rounds, 4, step), [0, 0, 0])


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (lambda known: (0, {3: Bits([1])}), "vertex 1 in round 1 sends to 3, which is no neighbour of it."),
        (lambda known: (0, {2: [1]}), "must give what it keeps, and neighbour -> Bits; it gives (0, {2: [1]})."),
        (lambda known: (0, {o: Bits([1]) for o in known.neighbours}), "vertex 1 in round 2 sends after the last round"),
        (lambda known: 1 / 0, "vertex 1 in round 1 raises ZeroDivisionError: division by zero."),
    ],
    ids=["stranger", "no bits", "after the end", "raises"],
)
def test_a_vertex_that_fails_is_named(step, said):
    with pytest.raises(StepFailed, match=re.escape(said)):
        on_path(step)


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([[1, 4]], "edges join vertices 1 to 3; got 1 to 4."),
        ([[0, 1]], "edges join vertices 1 to 3; got 0 to 1."),
        ([[1, 1]], "edges join different vertices, each pair once."),
        ([[1, 2], [2, 1]], "edges join different vertices, each pair once."),
        ([[1.5, 2]], "edges are pairs of vertices, (m, 2); got float64 (1, 2)."),
        ([1, 2], "edges are pairs of vertices, (m, 2); got int64 (2,)."),
    ],
    ids=["beyond", "zero", "loop", "twice", "float", "flat"],
)
def test_edges_are_a_simple_graph(edges, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        CongestProtocol("x", 3, np.array(edges), 1, 1, lambda known: (0, {}))


def test_parts_are_as_many_as_vertices():
    with pytest.raises(UsageError, match="has 2 vertices; got 3 parts"):
        run_on_graph(flood(nx.Graph([(1, 2)]), 1), [1, 2, 3])
