"""Message passing: a vertex computes from its own state and what its neighbours send, and nothing else."""

import networkx as nx
import pytest
import torch

from logdepth.networks import MessageLayer, MessagePassing, MessagePassingShape
from logdepth.numerics.errors import UsageError

SHAPE = MessagePassingShape(vertices=30, depth=3, width=8, classes=2, labels=5)


class NormalisedLayer(MessageLayer):
    """A layer of one's own, as of a GCN: messages divided by the root of the sender's degree."""

    def __init__(self, width):
        super().__init__()
        self.weights = torch.nn.Linear(width, width)

    def message(self, states, degrees):
        return self.weights(states) / degrees.clamp(min=1) ** 0.5

    def update(self, states, messages, edges):
        return states + edges @ messages / edges.sum(-1, keepdim=True).clamp(min=1) ** 0.5


def network(*layer, **sizes):
    shape = MessagePassingShape(**{**vars(SHAPE), **sizes})
    return MessagePassing(shape, torch.Generator().manual_seed(1), *layer).eval()


def adjacency(graph):
    return torch.tensor(nx.to_numpy_array(graph, nodelist=sorted(graph)))


@pytest.mark.parametrize("layer", [(), (NormalisedLayer,)], ids=["ours", "own"])
def test_a_vertex_alone_computes_what_the_whole_graph_computes(layer):
    graph = nx.gnp_random_graph(20, 0.2, seed=3)
    model = network(*layer)
    labels = torch.arange(20) % 5
    with torch.no_grad():
        states = model.states(adjacency(graph), labels)
        for number, layer in enumerate(model.layers):
            for vertex in graph:
                around = sorted(graph[vertex])
                degrees = torch.tensor([[float(graph.degree[other])] for other in around]).reshape(-1, 1)
                mail = layer.message(states[number][around], degrees)
                alone = layer.update(states[number][[vertex]], mail, torch.ones(1, len(around)))
                assert torch.allclose(alone[0], states[number + 1][vertex], atol=1e-6)
        assert torch.equal(model(adjacency(graph), labels), model.read(states[-1]))


def test_graphs_of_a_batch_do_not_mix_and_labels_and_ids_matter():
    first, second = adjacency(nx.path_graph(9)), adjacency(nx.cycle_graph(9))
    model = network()
    with torch.no_grad():
        both = model(torch.stack([first, second]))
        assert torch.allclose(both[0], model(first), atol=1e-6) and torch.allclose(both[1], model(second), atol=1e-6)
        assert not torch.allclose(model(second)[0], model(second)[1], atol=1e-3)
        assert not torch.allclose(model(second, torch.full((9,), 2)), model(second), atol=1e-3)


def test_a_network_without_layers_does_not_see_edges():
    model = network(depth=0)
    assert torch.equal(model(adjacency(nx.path_graph(9))), model(adjacency(nx.complete_graph(9))))


def test_weights_depend_on_the_seed_alone():
    torch.manual_seed(1)
    one = network().state_dict()
    torch.manual_seed(2)
    again = network().state_dict()
    assert all(torch.equal(one[name], again[name]) for name in one)


def test_bad_sizes_and_too_many_vertices_are_refused():
    with pytest.raises(UsageError, match="width of a message-passing network is a whole number from 1; got 0"):
        network(width=0)
    with pytest.raises(UsageError, match="takes up to 30 vertices; got 31"):
        network()(torch.zeros(31, 31))
