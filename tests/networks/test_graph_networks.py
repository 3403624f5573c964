"""GCN, GIN and MPNN: plain formulas, message passing that the theorems take, and answers at "?"."""

from functools import partial

import networkx as nx
import numpy as np
import pytest
import torch

from logdepth.arrows.message_passing_to_congest.theorem import MESSAGE_PASSING_TO_CONGEST
from logdepth.networks import (
    GRAPH_LAYERS,
    AskedGraphs,
    EdgeTokens,
    Gpt2Shape,
    MessagePassing,
    MessagePassingShape,
    OnEdgeTokens,
    OnGraph,
)
from logdepth.numerics.errors import UsageError
from logdepth.refuters import REFUTERS, Counterexample, graph_network
from logdepth.tasks import make_task

LAYOUT = EdgeTokens(answers=4, vertices=9)
SHAPE = Gpt2Shape(LAYOUT.ends[-1], LAYOUT.length, depth=3, heads=1, width=6, classes=4, dropout=0.0)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def asked_graphs(rows=40, asks=2, seed=0):
    rng = np.random.default_rng(seed)
    vertices = rng.integers(2, 10, rows)
    adjacency = np.zeros((rows, 9, 9), dtype=np.float32)
    for matrix, size in zip(adjacency, vertices, strict=True):
        graph = nx.gnp_random_graph(int(size), rng.random(), seed=int(rng.integers(2**31)))
        matrix[:size, :size] = nx.to_numpy_array(graph)
    pairs = np.array([rng.permutation(size)[:2] for size in vertices])
    first, second = (pairs[:, i] if asks > i else np.full(rows, -1) for i in range(2))
    return AskedGraphs(*map(torch.as_tensor, (adjacency, vertices, first, second, first)))


def by_hand(kind, layer, state, around, degree):
    """The new state of a vertex with this state, of neighbours (state, degree); without residual and norm."""
    if kind == "gcn":
        total = state / (degree + 1) + sum(s / ((degree + 1) * (d + 1)) ** 0.5 for s, d in around)
        return layer.weights(total).relu()
    if kind == "gin":
        return layer.mlp((1 + layer.own) * state + sum(s for s, _ in around))
    sent = sum(((layer.mine(state) + layer.theirs(s)).relu() for s, _ in around), torch.zeros_like(state))
    return layer.mlp(torch.cat([state, sent]))


@pytest.mark.parametrize("residual", [False, True], ids=["plain", "residual"])
@pytest.mark.parametrize("kind", GRAPH_LAYERS)
def test_a_layer_is_its_formula_vertex_by_vertex(kind, residual):
    torch.manual_seed(0)
    layer = GRAPH_LAYERS[kind](5, residual)
    graph = nx.gnp_random_graph(8, 0.3, seed=2)
    states = torch.randn(8, 5)
    with torch.no_grad():
        found = layer(states, torch.tensor(nx.to_numpy_array(graph), dtype=torch.float32))
        normed = layer.norm(states)
        for v in graph:
            around = [(normed[u], graph.degree[u]) for u in graph[v]]
            expected = by_hand(kind, layer, normed[v], around, graph.degree[v]) + residual * states[v]
            assert torch.allclose(found[v], expected, atol=1e-5)


@pytest.mark.parametrize("asks", [0, 1, 2])
def test_reading_tokens_is_the_inverse_of_writing_them(asks):
    graphs = asked_graphs(asks=asks)
    ids = LAYOUT.write(graphs, torch.rand(40, LAYOUT.pairs, generator=generator()))
    back = LAYOUT.read(ids)
    for part in ("adjacency", "vertices", "first", "second"):
        assert torch.equal(vars(back)[part], vars(graphs)[part]), part
    edges = graphs.adjacency.sum((1, 2)).long() // 2
    assert torch.equal(back.asked, 1 + edges + asks)
    names = [*"0123", *LAYOUT.names]
    assert len(names) == LAYOUT.ends[-1]
    for row, size, v in zip(ids.tolist(), graphs.vertices.tolist(), graphs.first.tolist(), strict=True):
        words = [names[i] for i in row]
        assert words[0] == f"{size} vertices" and (f"from {v}" in words) == (v >= 0) and words.count("?") == 1


def test_edges_come_in_the_order_that_is_asked_for():
    graphs = asked_graphs()
    order = torch.rand(40, LAYOUT.pairs, generator=generator())
    one, other = LAYOUT.write(graphs, order), LAYOUT.write(graphs, 1 - order)
    row = int(graphs.adjacency.sum((1, 2)).argmax())
    many = int(graphs.adjacency[row].sum()) // 2
    assert many > 2
    assert one[row, 1 : many + 1].tolist() == other[row, 1 : many + 1].tolist()[::-1]


@pytest.mark.parametrize("asks", [0, 1])
@pytest.mark.parametrize("kind", GRAPH_LAYERS)
def test_the_answer_is_what_the_congest_protocol_gives_at_the_vertex_asked_about(kind, asks):
    """The network on tokens, and its core as messages of a few bits along the edges of the graph."""
    network = OnEdgeTokens(SHAPE, kind, LAYOUT, generator=generator()).eval()
    graphs = asked_graphs(rows=4, asks=asks, seed=1)
    ids = LAYOUT.write(graphs, torch.rand(4, LAYOUT.pairs, generator=generator()))
    with torch.no_grad():
        logits = network(ids)
    for row in range(4):
        size, place = int(graphs.vertices[row]), int(LAYOUT.read(ids).asked[row])
        edges = graphs.adjacency[row].triu().nonzero().numpy() + 1
        source = OnGraph(network.core, size, edges)
        made = MESSAGE_PASSING_TO_CONGEST(source, bits=40)
        columns = {"label": graphs.marks[row, :size].numpy()}
        ran = made.run(columns)
        assert np.array_equal(ran.outputs["logits"], source.run(columns)["logits"])
        assert ran.taken["rounds"] == 3 * -(-6 * 32 // 40)
        if asks:
            assert np.allclose(logits[row, place], ran.outputs["logits"][int(graphs.first[row])], atol=1e-5)
        assert not logits[row, :place].any() and not logits[row, place + 1 :].any()


@pytest.mark.parametrize("kind", GRAPH_LAYERS)
def test_the_theorem_on_message_passing_convicts_it(kind):
    task = make_task("connectivity", {"n": 16})
    shape = MessagePassingShape(vertices=16, depth=3, width=8, classes=2)
    network = MessagePassing(shape, generator(), partial(GRAPH_LAYERS[kind], residual=True))
    found = REFUTERS["message-passing"](graph_network(task, network))
    assert isinstance(found, Counterexample) and found.indistinguishable


@pytest.mark.parametrize("kind", GRAPH_LAYERS)
def test_without_names_only_the_shape_of_the_graph_counts_and_absent_vertices_never_do(kind):
    plain, named = (OnEdgeTokens(SHAPE, kind, LAYOUT, named, generator=generator()).eval() for named in (False, True))
    graphs, order = asked_graphs(asks=0), torch.rand(40, LAYOUT.pairs, generator=generator())
    turn = torch.stack([torch.cat([torch.arange(int(n)).flip(0), torch.arange(int(n), 9)]) for n in graphs.vertices])
    rows = torch.arange(40)[:, None, None]
    turned = AskedGraphs(graphs.adjacency[rows, turn[:, :, None], turn[:, None]], *list(vars(graphs).values())[1:])
    with torch.no_grad():
        one, other = (plain(LAYOUT.write(each, order)) for each in (graphs, turned))
        assert torch.allclose(one, other, atol=1e-4)
        assert not torch.allclose(*(named(LAYOUT.write(each, order)) for each in (graphs, turned)), atol=1e-3)
        before = named(LAYOUT.write(graphs, order))
        named.core.ids.weight[-1] = 9.0  # of vertex 9, which graphs of fewer vertices do not have
        after = named(LAYOUT.write(graphs, order))
    fewer = graphs.vertices < 9
    assert torch.equal(before[fewer], after[fewer]) and not torch.equal(before, after)
    assert sum(p.numel() for p in named.parameters()) - sum(p.numel() for p in plain.parameters()) == 10 * 6


def test_messages_are_counted_and_an_unknown_kind_is_refused():
    assert OnEdgeTokens(SHAPE, "gin", LAYOUT).size(9).words_on_edge == 2 * 3 * 6
    with pytest.raises(UsageError, match=r"there is no graph network 'gcm'\. Did you mean 'gcn'"):
        OnEdgeTokens(SHAPE, "gcm", LAYOUT)
