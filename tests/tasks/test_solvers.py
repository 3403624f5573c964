"""Each exact answer against a second judge that follows the definition word by word."""

import re
from fractions import Fraction
from math import comb, factorial

import networkx as nx
import numpy as np
import pytest

from logdepth.tasks import TASKS, make_task
from logdepth.tasks.sequences.k_hop import find


def k_hop(task, tokens):
    x = [None, *tokens.tolist()]

    def hop(i):
        for _ in range(getattr(task, "k", 1)):
            i = max((j for j in range(2, i + 1) if x[j - 1] == x[i]), default=0)
            if i == 0:
                return 0
        return x[i]

    return [hop(i) for i in range(1, len(x))]


def acausal_k_hop(task, tokens):
    def hop(x):
        i = 1
        for _ in range(task.k):
            i = max((j for j in range(2, len(x)) if x[j - 1] == x[i]), default=0)
            if i == 0:
                return 0
        return x[i]

    return [hop([None, *tokens.tolist()[:end]]) for end in range(1, len(tokens) + 1)]


def networkx_graph(graph):
    """The graph with (weight, row) as weight."""
    weights = [0] * len(graph.edges) if graph.weights is None else graph.weights.tolist()
    g = nx.empty_graph(range(1, graph.vertices + 1))
    for row, ((u, v), weight) in enumerate(zip(graph.edges.tolist(), weights, strict=True)):
        g.add_edge(u, v, weight=(weight, row))
    return g


def everywhere(answer):
    return lambda task, graph: [answer(networkx_graph(graph))] * len(next(iter(task.columns(graph).values())))


def list_ranking(task, following):
    def rank(row):
        return 1 + rank(following[row - 1]) if following[row - 1] else 0

    return [rank(row) for row in range(1, len(following) + 1)]


def composition(task, image):
    def chase(row, k):
        return row if k == 0 else chase(image[row - 1], k - 1)

    return [chase(row, task.k) for row in range(1, len(image) + 1)]


def reachability(task, graph):
    g = nx.DiGraph(graph.edges.tolist())
    g.add_nodes_from(range(1, graph.vertices + 1))
    return [int(nx.has_path(g, *graph.question))]


def distance(task, graph):
    g = networkx_graph(graph)
    return [nx.shortest_path_length(g, *graph.question) if nx.has_path(g, *graph.question) else 0]


def flow(task, graph):
    g = networkx_graph(graph)
    nx.set_edge_attributes(g, {(u, v): weight for u, v, (weight, _) in g.edges(data="weight")}, "capacity")
    return [nx.maximum_flow_value(g, *graph.question)]


def neighbours(task, graph):
    g, asked = networkx_graph(graph), graph.question[0]
    return [int(vertex in g[asked]) for vertex in sorted(g)]


def strangers(task, graph):
    g, asked = networkx_graph(graph), graph.question[0]
    return [int(vertex in nx.non_neighbors(g, asked)) for vertex in sorted(g)]


def kin(task, instance):
    """By the arcs of a multigraph that are called as the steps of the question."""
    g = nx.MultiDiGraph((subject, found, {"called": relation}) for subject, relation, found in instance.facts.tolist())
    g.add_nodes_from(range(len(instance.names) + 1))
    at = {instance.start}
    for relation in instance.chain:
        at = {v for u in at for _, v, called in g.out_edges(u, data="called") if called == relation}
    return sorted(at) or [0]


def components(task, graph):
    parts = list(nx.connected_components(networkx_graph(graph)))
    return [min(part) for vertex in range(1, graph.vertices + 1) for part in parts if vertex in part]


def spanning_forest(task, graph):
    """The cycle rule: an edge is left out if and only if edges before it by (weight, row) join its ends."""
    g = networkx_graph(graph)

    def taken(u, v):
        lighter = nx.Graph((a, b) for a, b, rank in g.edges(data="weight") if rank < g.edges[u, v]["weight"])
        return not (u in lighter and v in lighter and nx.has_path(lighter, u, v))

    return [int(taken(u, v)) for u, v in graph.edges.tolist()]


def recall(task, tokens):
    *given, asked = tokens.tolist()
    return [next((given[at + 1] for at in range(len(given) - 2, -1, -2) if given[at] == asked), 0)]


def prefixes(task, tokens):
    text = task.letters.spell(tokens)
    return [text[:end] for end in range(1, len(text) + 1)]


def balanced(text):
    """Whether nothing is left once pairs of neighbours are struck out."""
    while "()" in text or "[]" in text:
        text = text.replace("()", "").replace("[]", "")
    return not text


JUDGES = {
    "induction-heads": k_hop,
    "k-hop": k_hop,
    "acausal-k-hop": acausal_k_hop,
    "recall": recall,
    "2-sum": lambda task, x: [int(any((a + b) % task.modulus == 0 for b in x)) for a in x],
    "3-sum": lambda task, x: [int(any((a + b + c) % task.modulus == 0 for b in x for c in x)) for a in x],
    "sparse-averaging": lambda task, i: [
        float(Fraction(int(sum(i.values[row - 1] for row in rows)), task.q)) for rows in i.positions
    ],
    "broadcast": lambda task, x: [x[0] for _ in x],
    "prefix-sum": lambda task, x: [sum(x[: i + 1]) for i in range(len(x))],
    "sort": lambda task, x: np.sort(x),
    "list-ranking": list_ranking,
    "composition": composition,
    "1-vs-2-cycle": everywhere(nx.number_connected_components),
    "connectivity": everywhere(nx.is_connected),
    "components": components,
    "spanning-forest": spanning_forest,
    "cycle-check": everywhere(lambda g: not nx.is_forest(g)),
    "diameter": everywhere(
        lambda g: max(nx.diameter(g.subgraph(part)) for part in nx.connected_components(g)),
    ),
    "reachability": reachability,
    "node-count": everywhere(nx.number_of_nodes),
    "edge-count": everywhere(nx.number_of_edges),
    "node-degree": lambda task, graph: [degree for _, degree in sorted(networkx_graph(graph).degree)],
    "automaton": lambda task, x: [int(bool(re.fullmatch(task.regex, text))) for text in prefixes(task, x)],
    "language": lambda task, x: [int(balanced(text)) for text in prefixes(task, x)],
    "edge-existence": lambda task, graph: [int(networkx_graph(graph).has_edge(*graph.question))],
    "connected-nodes": neighbours,
    "disconnected-nodes": strangers,
    "triangle-count": everywhere(lambda g: sum(nx.triangles(g).values()) // 3),
    "shortest-path": distance,
    "max-flow": flow,
    "kin": kin,
}


def test_the_tasks_of_the_library_are_judged():
    assert JUDGES.keys() <= TASKS.keys() and len(JUDGES) >= 31


@pytest.mark.parametrize("name", sorted(JUDGES))
def test_the_exact_answer_follows_the_definition(name):
    rng = np.random.default_rng(1)
    task = make_task(
        name,
        {"n": min(14, TASKS[name].describe()[0].high)}
        | ({"modulus": 11} if name in ("2-sum", "3-sum") else {})
        | ({"k": 3} if "k-hop" in name else {}),
    )
    for family in task.families:
        for _ in range(25):
            instance = task.sample(rng, family)
            assert np.array_equal(task.solve(instance), JUDGES[name](task, instance)), (family, instance)


@pytest.mark.parametrize("name", ["k-hop", "acausal-k-hop"])
@pytest.mark.parametrize("k", range(7))
def test_hops_on_all_short_sequences(name, k):
    task = make_task(name, {"n": 5, "k": k, "alphabet": "3"})
    for size in range(1, 6):
        for tokens in task.exhaustive(size):
            assert np.array_equal(task.solve(tokens), JUDGES[name](task, tokens)), tokens


def test_forest_weight_is_the_least():
    task = make_task("spanning-forest", {"n": 40})
    rng = np.random.default_rng(2)
    for family in task.families:
        graph = task.sample(rng, family)
        g = nx.Graph()
        g.add_weighted_edges_from(np.column_stack([graph.edges, graph.weights]).tolist())
        assert graph.weights[task.solve(graph) == 1].sum() == nx.minimum_spanning_tree(g).size(weight="weight")


def test_find_stands_still_on_equal_neighbours():
    assert find(np.array([1, 1, 2, 1, 1])).tolist() == [0, 2, 0, 3, 5]


def test_k_hop_on_a_sequence_worked_by_hand():
    task = make_task("k-hop", {"k": 2, "alphabet": "abc"})  # a b a c b a: find = 0 0 2 0 3 4, find^2(6) = find(4) = 0
    tokens = task.letters.tokens("abacba", "here")
    assert find(tokens).tolist() == [0, 0, 2, 0, 3, 4]
    assert task.present(task.solve(tokens), tokens) == [None, None, None, None, "b", None]


def test_acausal_k_hop_on_a_sequence_worked_by_hand():
    # a b a c b d: a is last seen at 3, so hop to 4; c is last seen there, so hop to 5, then to 6; then nothing.
    for k, letter in enumerate(["a", "c", "b", "d", None]):
        task = make_task("acausal-k-hop", {"k": k, "alphabet": "abcd"})
        tokens = task.letters.tokens("abacbd", "here")
        assert task.present(task.solve(tokens), tokens) == letter


def count(name, size, **parameters):
    return sum(1 for _ in make_task(name, {"n": 8} | parameters).exhaustive(size))


def test_exhaustive_is_exhaustive():
    assert count("k-hop", 4, alphabet="3") == 3**4
    assert count("2-sum", 3, modulus=5) == 5**3
    assert count("recall", 2, keys=3, values=2) == 6**2 * 3
    assert count("3-sum", 3, modulus=5) == 5**3
    assert count("reachability", 3) == 6 * 2**6
    assert count("diameter", 4) == 2**6
    assert count("composition", 4) == 4**4
    assert count("sparse-averaging", 3, q=2, high=1) == 2**3 * comb(3, 2) ** 3
    assert count("components", 4) == 2**6
    assert count("edge-existence", 3) == 6 * 2**3
    assert count("spanning-forest", 3, weights=2) == 4**3
    assert count("max-flow", 3, weights=2) == 6 * 4**3
    assert count("connected-nodes", 3) == count("disconnected-nodes", 3) == 3 * 2**3
    assert count("shortest-path", 3) == 6 * 2**3
    assert count("kin", 2, relations=2, k=3) == 3**4 * 2 * 2**3
    # lists on 4 rows, by the number of lists: 4! orders cut at 3 places, lists unordered (Lah numbers)
    assert count("list-ranking", 4) == sum(comb(3, k - 1) * factorial(4) // factorial(k) for k in range(1, 5))
    assert count("1-vs-2-cycle", 5) == factorial(4) // 2
    assert count("1-vs-2-cycle", 6) == factorial(5) // 2 + comb(6, 3) // 2
    assert count("1-vs-2-cycle", 7) == factorial(6) // 2 + comb(7, 3) * 3  # a triangle and one of three 4-cycles


def test_exhaustive_gives_each_graph_of_cycles_once():
    task = make_task("1-vs-2-cycle", {"n": 7})
    graphs = [frozenset(map(frozenset, graph.edges.tolist())) for graph in task.exhaustive(7)]
    assert len(set(graphs)) == len(graphs)
