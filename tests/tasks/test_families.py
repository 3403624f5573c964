"""What the families promise."""

import networkx as nx
import numpy as np
import pytest

from logdepth.programs import cut_loops
from logdepth.solutions import program_for
from logdepth.tasks import Graph, make_task
from logdepth.tasks.graphs.graph_families import FAMILIES, IN_ORDER
from logdepth.tasks.graphs.reachability import steps_from

RNG = np.random.default_rng(3)


def test_no_equal_neighbours_has_none():
    task = make_task("k-hop")
    for _ in range(50):
        tokens = task.sample(RNG, "no-equal-neighbours")
        assert (tokens[1:] != tokens[:-1]).all()


def test_no_equal_neighbours_uses_all_letters_alike():
    tokens = make_task("k-hop", {"n": 40_000}).sample(RNG, "no-equal-neighbours", 40_000)
    assert np.abs(np.bincount(tokens)[1:] / 10_000 - 1).max() < 0.05  # 40,000 draws: five standard deviations are 0.05


def test_chains_are_long():
    task = make_task("k-hop", {"n": 400, "k": 100})
    for _ in range(20):
        assert task.solve(task.sample(RNG, "chain", 400))[-1] > 0


def test_rare_letters_leave_most_without_answer():
    task = make_task("k-hop", {"k": 1, "alphabet": "text"})
    assert (task.solve(task.sample(RNG, "rare", 96)) == 0).all()


@pytest.mark.parametrize("size", [16, 17, 64])
def test_acausal_chains_pass_through_every_letter(size):
    task = make_task("acausal-k-hop", {"k": 15})
    for _ in range(20):
        assert task.solve(task.sample(RNG, "chain", size))[-1] > 0


def test_two_sum_families_keep_their_word():
    task = make_task("2-sum")
    for _ in range(20):
        assert not task.solve(task.sample(RNG, "no-pair")).any()
        assert 1 <= task.solve(task.sample(RNG, "one-pair", 50)).sum() <= 50


@pytest.mark.parametrize("name", ["2-sum", "3-sum"])
def test_near_misses_are_near_and_miss(name):
    task, near, right = make_task(name), 0, 0
    for _ in range(20):
        numbers = task.sample(RNG, "near-miss", 40)
        sums = numbers[:, None] + numbers
        if name == "3-sum":
            sums = sums[:, :, None] + numbers
        near += np.isin(sums % task.modulus, [1, task.modulus - 1]).reshape(40, -1).any(axis=1).sum()
        right += task.solve(numbers).sum()
    assert near > 2 * right  # drawn alike: a number and its partner, but for the 1


def test_three_sum_families_keep_their_word():
    task = make_task("3-sum")
    for _ in range(20):
        assert not task.solve(task.sample(RNG, "no-triple")).any()
        assert task.solve(task.sample(RNG, "one-triple", 50)).any()


def graph(family, n, most=10**6):
    from logdepth.tasks.graphs.graph_families import draw_graph

    drawn = draw_graph(RNG, family, n, most)
    g = nx.Graph(drawn.edges.tolist())
    g.add_nodes_from(range(1, n + 1))
    return g


@pytest.mark.parametrize("n", [1, 2, 3, 5, 6, 7, 20, 33])
def test_graph_families_have_every_size_and_keep_their_shape(n):
    for _ in range(10):
        assert nx.is_forest(graph("paths", n)) and max(dict(graph("paths", n).degree).values()) <= 2
        assert max(dict(graph("cycles", n).degree).values()) <= 2
        assert nx.number_connected_components(graph("one-vs-two-cycles", n)) <= 2
        assert nx.is_tree(graph("trees", n))
        assert nx.is_forest(graph("stars", n)) and nx.diameter(max_component(graph("stars", n))) <= 2
        assert nx.is_connected(graph("grids", n)) and nx.is_bipartite(graph("grids", n))
        assert nx.number_connected_components(graph("cliques-bridge", n)) <= 2


def max_component(g):
    return g.subgraph(max(nx.connected_components(g), key=len))


@pytest.mark.parametrize("family", sorted(FAMILIES))
@pytest.mark.parametrize("most", [1, 10, 64 * 40])
def test_graph_families_respect_the_most_edges(family, most):
    for n in (1, 2, 9, 40):
        assert graph(family, n, most).number_of_edges() <= most


def test_random_graphs_are_as_dense_as_their_names_say():
    below, at, above = (
        np.mean([graph(family, 40).number_of_edges() for _ in range(60)])
        for family in ("random-below", "random-at", "random-above")
    )
    assert 1.5 * below < at < above / 1.5


def test_the_bridge_decides_the_cliques():
    sizes = {nx.number_connected_components(graph("cliques-bridge", 20)) for _ in range(40)}
    assert sizes == {1, 2}


def test_cliques_shrink_to_fit_and_leave_nothing_out():
    g = graph("cliques-bridge", 100, 500)
    assert g.number_of_edges() >= 400 and nx.number_connected_components(g) <= 2


def test_one_and_two_cycles_both_come():
    task = make_task("1-vs-2-cycle")
    assert {int(task.solve(task.sample(RNG, "random", 12))[0]) for _ in range(40)} == {1, 2}
    for family, cycles in {"one": 1, "two-halves": 2, "two-random": 2, "triangle-and-rest": 2}.items():
        assert task.solve(task.sample(RNG, family, 13))[0] == cycles


@pytest.mark.parametrize("name", ["edge-existence", "reachability"])
def test_both_kinds_of_questions_come(name):
    task = make_task(name, {"n": 30})
    answers = [int(task.solve(task.sample(RNG, "trees", 30))[0]) for _ in range(60)]
    assert 10 < sum(answers) < 50


def test_half_of_the_questions_of_reachability_are_about_a_vertex_as_far_as_any():
    task, far = make_task("reachability", {"n": 30}), 0
    for _ in range(60):
        graph = task.sample(RNG, "paths", 30)
        u, v = graph.question
        steps = steps_from(graph, u)
        far += v in steps and steps[v] == max(steps.values())
    assert far > 20


@pytest.mark.parametrize(
    ("vertices", "edges", "weights", "labels", "match"),
    [
        (0, [], None, (), "at least one vertex"),
        (2, [(1, 3)], None, (), "join the vertices 1..2"),
        (2, [(0, 1)], None, (), "join the vertices 1..2"),
        (2, [(1, 1)], None, (), "no self-loop; edge 1"),
        (2, [(1, 2), (2, 1)], None, (), "each edge once"),
        (2, [(1, 2)], None, ("a",), "distinct labels"),
        (2, [(1, 2)], None, ("a", "a"), "distinct labels"),
        (2, [(1, 2)], [1, 2], (), "as many weights"),
    ],
)
def test_a_graph_is_checked_where_it_is_born(vertices, edges, weights, labels, match):
    with pytest.raises(ValueError, match=match):
        Graph(vertices, np.array(edges), weights, labels)


def test_a_shuffled_graph_is_the_same_with_its_weights():
    edges = np.array([(1, 2), (2, 3), (3, 4), (4, 1), (1, 3), (4, 5)])
    original = Graph(6, edges, np.arange(6) ** 2)
    shuffled = [original.shuffle(RNG) for _ in range(20)]

    def weighted(graph):
        g = nx.empty_graph(range(1, 7))
        g.add_weighted_edges_from(np.column_stack([graph.edges, graph.weights]).tolist())
        return g

    assert all(nx.is_isomorphic(weighted(original), weighted(g), edge_match=lambda a, b: a == b) for g in shuffled)
    assert len({g.edges.tobytes() for g in shuffled}) > 10


@pytest.mark.parametrize("directed", [False, True])
def test_a_shuffle_turns_edges_unless_they_are_directed(directed):
    star = Graph(41, np.array([(1, leaf) for leaf in range(2, 42)]), directed=directed).shuffle(RNG)
    centre = np.bincount(star.edges.ravel()).argmax()
    assert (star.edges[:, 0] == centre).all() == directed
    assert (star.edges[:, 0] == centre).sum() > 5


def rounds_needed(graph):
    """Of star hooking, counted on the program."""
    task = make_task("components", n=max(2, graph.vertices))
    program, exact, columns = program_for(task), task.solve(graph), task.encode(graph)
    return next(t for t in range(20) if np.array_equal(task.decode(cut_loops(program, t).run(columns), graph), exact))


@pytest.mark.parametrize("family", IN_ORDER)
@pytest.mark.parametrize("n", [2, 3, 5, 8, 13, 16, 31, 32, 40])
def test_every_round_of_star_hooking_is_needed(family, n):
    """5 ⌊log2 n⌋ layers are tight at every n: these families reach the bound, however vertices are called."""
    for _ in range(3):
        assert rounds_needed(make_task("components", n=n).sample(RNG, family, n)) == n.bit_length() - 1


@pytest.mark.parametrize("n", [1, 2, 3, 8, 13, 32])
def test_ruler_paths_and_binomial_trees_keep_their_shape(n):
    path, tree = graph("ruler-path", n), graph("binomial-tree", n)
    assert nx.is_tree(path) and max(dict(path.degree).values()) <= 2
    assert nx.is_tree(tree) and max(dict(tree.degree).values()) <= max(1, (n - 1).bit_length())
    if n in (8, 32):
        assert nx.is_isomorphic(tree, nx.binomial_tree(n.bit_length() - 1))
