"""The LOCAL refuter: what a vertex cannot see it does not know, at any width; and it says so when it can see it."""

import networkx as nx
import numpy as np
import pytest
import torch

from logdepth import make_task
from logdepth.networks import MessagePassing, MessagePassingShape
from logdepth.numerics.errors import UsageError
from logdepth.refuters import (
    REFUTERS,
    Counterexample,
    GraphNetwork,
    NotRefuted,
    NotTaken,
    Rejected,
    TokenNetwork,
    check,
    encoding_of,
    graph_network,
    refute,
)
from logdepth.verification.mutations import accepted_mutations

REFUTER = REFUTERS["message-passing"]


def network(task, depth, width=8, seed=0):
    shape = MessagePassingShape(
        vertices=task.n, depth=depth, width=width, classes=max(task.outputs.values()) + 1, labels=9
    )
    return MessagePassing(shape, torch.Generator().manual_seed(seed))


def as_networkx(graph):
    made = nx.Graph(graph.edges.tolist())
    made.add_nodes_from(range(1, graph.vertices + 1))
    return made


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_one_cycle_and_two_cycles_give_the_vertex_the_same_state_bit_for_bit(depth):
    task = make_task("1-vs-2-cycle", {"n": 4 * depth + 4})
    suspect = graph_network(task, network(task, depth))
    found = REFUTER(suspect)
    assert isinstance(found, Counterexample) and found.indistinguishable and found.refutes_model
    one, two = map(as_networkx, found.instances)
    assert nx.is_connected(one) and sorted(map(len, nx.connected_components(two))) == [2 * depth + 2] * 2
    assert {degree for graph in (one, two) for _, degree in graph.degree} == {2}
    vertex = found.bottleneck.vertex
    near = [nx.ego_graph(graph, vertex, radius=depth) for graph in (one, two)]
    assert nx.utils.edges_equal(near[0].edges, near[1].edges) and len(near[0]) == 2 * depth + 1
    assert len(found.carried[0].numbers) == 8 and found.carried[0].bits == 32
    assert found.given[0] == found.given[1] and sorted(found.exact) == [1, 2]


@pytest.mark.parametrize("depth", [0, 1, 4])
@pytest.mark.parametrize(("name", "room"), [("connectivity", 4), ("components", 4), ("cycle-check", 2)])
def test_the_least_size_at_which_a_depth_is_refuted_is_as_claimed(name, room, depth):
    least = max(4 * depth + 4, 6) if room == 4 else 2 * depth + 3
    refuted, not_yet = (make_task(name, {"n": n}) for n in (least, least - 1))
    assert isinstance(REFUTER(graph_network(refuted, network(refuted, depth))), Counterexample)
    spared = REFUTER(graph_network(not_yet, network(not_yet, depth)))
    assert isinstance(spared, NotRefuted) and "sees so far" in spared.why


@pytest.mark.parametrize(("n", "k"), [(6, 1), (60, 4), (9, 2), (40, 25)])
def test_a_token_does_not_know_the_answer_of_hops_that_lead_farther_than_its_layers(n, k):
    task = make_task("k-hop", {"n": n, "k": k, "alphabet": "3"})
    found = REFUTER(graph_network(task, network(task, 4)))
    assert found.indistinguishable and found.exact[0] != found.exact[1]
    one, two = found.instances
    assert np.array_equal(one[-5:], two[-5:])


def test_a_text_within_reach_or_of_one_letter_is_not_refuted():
    for parameters in ({"n": 5, "alphabet": "3"}, {"n": 30, "alphabet": "1"}):
        task = make_task("induction-heads", parameters)
        assert isinstance(REFUTER(graph_network(task, network(task, 4))), NotRefuted)


def test_a_network_that_sees_farther_than_its_layers_is_not_taken():
    task = make_task("connectivity", {"n": 12})
    inside = network(task, 2)

    def with_readout(adjacency, labels):
        return inside.read(inside.states(adjacency, labels)[-1].mean(1, keepdim=True).expand(-1, labels.shape[1], -1))

    def of_all_edges(adjacency, labels):
        return inside(adjacency @ adjacency, labels)

    for sees_all in (with_readout, of_all_edges):
        with pytest.raises(NotTaken, match="it sees farther, as by a readout of the whole graph"):
            REFUTER(GraphNetwork(task, sees_all, 2, "mine"))


def test_a_network_of_ones_own_is_refuted_by_its_logits():
    task = make_task("connectivity", {"n": 12})
    inside = network(task, 2)
    found = refute(GraphNetwork(task, lambda adjacency, labels: inside(adjacency, labels), 2, "mine"))
    assert found.model == "mine" and found.indistinguishable and len(found.carried[0].numbers) == 2


def test_the_checker_notices_another_network_and_another_vertex():
    task = make_task("connectivity", {"n": 12})
    found = REFUTER(graph_network(task, network(task, 2)))
    with pytest.raises(Rejected):
        check(found, graph_network(task, network(task, 2, seed=1)))
    deeper = graph_network(task, network(task, 3))
    with pytest.raises(Rejected):
        check(found, deeper)


@pytest.mark.parametrize(
    ("name", "n", "depth"), [("connectivity", 12, 2), ("1-vs-2-cycle", 6, 0), ("cycle-check", 9, 3)]
)
def test_a_change_of_any_one_value_of_a_certificate_is_noticed(name, n, depth):
    suspect = graph_network(task := make_task(name, {"n": n}), network(task, depth))
    assert list(accepted_mutations(REFUTER(suspect), suspect, 80)) == []


def noisy(adjacency, labels):
    return torch.randn(1, labels.shape[1], 2)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (noisy, "gives other logits when it is asked the same again"),
        (lambda adjacency, labels: torch.zeros(1, 2), r"mine gives \(1, 2\) for \d+ vertices"),
        (lambda adjacency, labels: adjacency * torch.nan, "a logit that is no number"),
        (lambda adjacency, labels: adjacency @ labels, "mine fails on a graph of"),
        (lambda adjacency, labels: None, "mine gives NoneType"),
    ],
    ids=["noisy", "one-answer", "nan", "fails", "none"],
)
def test_bad_networks_are_refused_in_one_line(model, message):
    with pytest.raises(UsageError, match=message):
        GraphNetwork(make_task("connectivity", {"n": 12}), model, 2, "mine")


def test_other_models_and_tasks_are_not_taken():
    hops = make_task("induction-heads", {"n": 9})
    of_tokens = TokenNetwork(hops, lambda ids: torch.zeros(*ids.shape, 9), encoding_of(hops), "mine")
    with pytest.raises(NotTaken, match="it takes networks that pass messages"):
        REFUTER.take(of_tokens)
    degrees = make_task("node-count", {"n": 9})
    with pytest.raises(NotTaken, match="not about node-count"):
        REFUTER.take(graph_network(degrees, network(degrees, 2)))


@pytest.mark.parametrize("name", ["reachability", "spanning-forest", "composition", "sort"])
def test_a_task_with_more_than_edges_or_letters_is_refused(name):
    """Such a network would be given less than the question."""
    with pytest.raises(UsageError, match=f"the edges of a graph, or the letters of a text, and {name} is asked"):
        GraphNetwork(make_task(name, {"n": 6}), lambda adjacency, labels: torch.zeros(*labels.shape, 9), 2, "mine")
