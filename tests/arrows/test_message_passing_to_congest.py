"""Message passing on a graph whose edges carry few bits: the same logits, ⌈w p / B⌉ rounds a layer."""

from dataclasses import replace
from math import ceil

import networkx as nx
import numpy as np
import pytest
import torch
from torch import nn

from logdepth.arrows.message_passing_to_congest.theorem import MESSAGE_PASSING_TO_CONGEST
from logdepth.messages import MessageTooLong, run_on_graph
from logdepth.networks import MessageLayer, MessagePassing, MessagePassingShape, OnGraph
from logdepth.numerics.errors import UsageError


def network(depth=3, width=8, vertices=60, **options):
    shape = MessagePassingShape(vertices, depth, width, classes=4, labels=3)
    return MessagePassing(shape, torch.Generator().manual_seed(0), **options)


def on(graph, net):
    return OnGraph(net, len(graph), np.array(graph.edges, dtype=np.int64).reshape(-1, 2) + 1)


def labels(vertices, seed=0):
    return {"label": np.random.default_rng(seed).integers(0, 3, vertices)}


GRAPH = nx.gnp_random_graph(60, 0.08, seed=0)
SMALL = nx.gnp_random_graph(15, 0.3, seed=0)


@pytest.mark.parametrize("bits", [0, 7, 255, 256, 300])
def test_a_layer_is_as_many_rounds_as_its_message_has_pieces(bits):
    graph = SMALL if bits else GRAPH
    source = on(graph, network())
    made = MESSAGE_PASSING_TO_CONGEST(source, bits=bits)
    ran = made.run(labels(len(graph)))
    assert np.array_equal(ran.outputs["logits"], source.run(labels(len(graph)))["logits"])
    capacity = bits or 6  # ⌈log2 60⌉
    assert ran.taken == {"rounds": 3 * ceil(256 / capacity), "bits": min(capacity, 256)}
    assert made.claim.sizes == {"rounds": 3 * ceil(256 / capacity), "bits": capacity}


def test_every_edge_carries_every_layer_once_in_each_direction():
    run = MESSAGE_PASSING_TO_CONGEST(on(SMALL, network()), bits=100).play(labels(15))
    assert run.bits.shape == (9, 2 * SMALL.number_of_edges())
    assert (run.bits.T == [100, 100, 56] * 3).all()


def test_what_a_vertex_says_depends_on_as_many_steps_as_there_are_layers():
    path = nx.path_graph(9)
    made = MESSAGE_PASSING_TO_CONGEST(on(path, network(vertices=9)), bits=64)
    one = {"label": np.zeros(9, dtype=np.int64)}
    other = {"label": np.array([1, *[0] * 8])}
    same = (made.run(one).outputs["logits"] == made.run(other).outputs["logits"]).all(axis=1)
    assert same.tolist() == [False] * 4 + [True] * 5


@pytest.mark.parametrize(
    "graph", [nx.empty_graph(1), nx.empty_graph(4), nx.star_graph(8)], ids=["one", "empty", "star"]
)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_the_smallest_graphs_and_depths(graph, depth):
    source = on(graph, network(depth=depth))
    made = MESSAGE_PASSING_TO_CONGEST(source)
    ran = made.run(labels(len(graph)))
    assert np.array_equal(ran.outputs["logits"], source.run(labels(len(graph)))["logits"])
    assert ran.taken["rounds"] == made.claim.sizes["rounds"]


class Narrow(MessageLayer):
    """Sends two numbers, which depend on the degree, and takes the largest that it hears."""

    def __init__(self, width):
        super().__init__()
        self.out, self.back = nn.Linear(width, 2), nn.Linear(2, width)

    def message(self, states, degrees):
        return self.out(states) / (1 + degrees)

    def update(self, states, messages, edges):
        heard = torch.where(edges[..., None] > 0, messages[..., None, :, :], -9.0).amax(-2)
        return states + self.back(heard)


def test_a_layer_of_ones_own_is_charged_for_what_it_sends():
    source = on(SMALL, network(layer=Narrow).double())
    made = MESSAGE_PASSING_TO_CONGEST(source, bits=50)
    ran = made.run(labels(15))
    assert made.claim.sizes == ran.taken == {"rounds": 3 * 3, "bits": 50}  # 2 numbers of 64 bits
    assert np.array_equal(ran.outputs["logits"], source.run(labels(15))["logits"])


def test_a_narrower_edge_refuses_the_message():
    protocol = MESSAGE_PASSING_TO_CONGEST(on(GRAPH, network()), bits=64).artefact
    with pytest.raises(MessageTooLong, match=r"vertex 1 sends 64 bits to vertex \d+ in round 1; an edge carries 63"):
        run_on_graph(replace(protocol, bits=63), [0] * 60)


class Growing(Narrow):
    made = 0

    def __init__(self, width):
        super().__init__(width)
        Growing.made += 1
        self.out = nn.Linear(width, Growing.made)


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (lambda: OnGraph(network(), 61, np.zeros((0, 2))), "takes up to 60 vertices; got 61"),
        (lambda: OnGraph(network(), 3, np.array([[1, 4]])), "edges join vertices 1 to 3; got 1 to 4"),
        (lambda: OnGraph(network(), 3, np.array([[1, 2], [2, 1]])), "each pair once"),
        (lambda: MESSAGE_PASSING_TO_CONGEST(on(GRAPH, network(layer=Growing))), r"these send \[1, 2, 3\]"),
    ],
    ids=["vertices", "beyond", "twice", "sizes"],
)
def test_what_cannot_be_a_protocol_is_refused(attempt, said):
    with pytest.raises(UsageError, match=said):
        attempt()
