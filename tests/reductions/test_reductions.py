"""Reductions: exact answers of the target decide the source at the stated cost, and wrong answers are found out."""

import re
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from logdepth import UsageError, make_task
from logdepth.reductions import REDUCTIONS, Solver, find_reduction, reductions_to, register_reduction
from logdepth.refuters import Computing, check
from logdepth.tasks import Graph
from logdepth.verification import LawBroken
from logdepth.verification.laws import check_reduction

ALL = pytest.mark.parametrize("reduction", REDUCTIONS.values(), ids=REDUCTIONS)
K_HOP = REDUCTIONS["1-vs-2-cycle-to-k-hop"]


def cycles(*lengths, seed=0):
    """Disjoint cycles of these lengths, named, ordered and turned at random."""
    edges, first = [], 1
    for length in lengths:
        edges += [(first + i, first + (i + 1) % length) for i in range(length)]
        first += length
    return Graph(sum(lengths), np.array(edges)).shuffle(np.random.default_rng(seed))


class Exact:
    """A model that is right: the answers that it is given for the columns of its instances."""

    def __init__(self, task, instances):
        self.answers = {self.key(task.encode(each)): task.solve(each) for each in instances}
        self.task = task

    @staticmethod
    def key(columns):
        return tuple(values.tobytes() for values in columns.values())

    def run(self, columns):
        rows = len(next(iter(columns.values())))
        answer = np.resize(self.answers[self.key(columns)], rows)
        return dict.fromkeys(self.task.outputs, answer)


class Same:
    """A model that gives one number everywhere."""

    def __init__(self, task, number):
        self.task, self.number = task, number

    def run(self, columns):
        rows = len(next(iter(columns.values())))
        return {name: np.full(rows, self.number) for name in self.task.outputs}


@ALL
def test_exact_answers_of_the_target_decide_the_source(reduction):
    assert check_reduction(reduction) == 2 * 70 + 3 * 2 * len(reduction.promise.families)


@ALL
def test_the_judge_is_networkx(reduction):
    """Not the solvers of our tasks: the number of connected components of the source."""
    for lengths in [(10,), (5, 5), *([(3, 7)] if "two-random" in reduction.promise.families else [])]:
        graph = cycles(*lengths, seed=len(lengths))
        said = reduction.decide_by_exact_answers(graph)
        assert said.tolist() == [nx.number_connected_components(nx.Graph(graph.edges.tolist()))] * 20


@ALL
@pytest.mark.parametrize("cycles", [1, 2])
def test_the_law_notices_a_wrong_map(reduction, cycles):
    with pytest.raises(LawBroken, match=rf"the reduction {reduction.name}: .* in place of \[{3 - cycles}"):
        check_reduction(replace(reduction, back=lambda answers, graph: np.full(12, cycles)), [])


def test_the_law_notices_a_wrong_cost():
    cost = replace(K_HOP.cost, rows=lambda n: 9 * n * n // 2)
    with pytest.raises(LawBroken, match=r"'rows': 163} in place of .*'rows': 162}"):
        check_reduction(replace(K_HOP, cost=cost), [])


@ALL
def test_formulas_in_words_are_those_that_are_checked(reduction):
    for n in (6, 8, 20):
        formula = reduction.cost.formula.replace("n²", "n*n")
        formula = re.sub(r"(?<=[\dn)])\s*(?=[n(])", "*", formula)
        assert eval(formula, {"n": n}) == reduction.cost.rows(n)


@ALL
def test_an_instance_that_breaks_the_promise_is_refused(reduction):
    uneven = cycles(3, 5)
    if reduction.promise.holds(uneven):
        assert reduction.ask(uneven)
    else:
        with pytest.raises(UsageError, match="takes one cycle of n vertices or two of n/2"):
            reduction.ask(uneven)


@ALL
def test_a_right_model_decides_rightly_and_a_constant_one_is_found_out(reduction):
    source, task = make_task("1-vs-2-cycle", n=6), reduction.target_for(6)
    graphs = [cycles(6), cycles(3, 3)]
    right = Exact(task, [asked for graph in graphs for asked in reduction.ask(graph)])
    examined = Solver(reduction, Computing(task, right)).examine(source, graphs)
    assert (examined.instances, examined.right, examined.first_failure) == (2, 2, None)
    constant = Computing(task, Same(task, 1))
    examined = Solver(reduction, constant).examine(source, graphs)
    assert examined.right == 1
    failure = examined.first_failure
    assert not np.array_equal(failure.decided, failure.exact)
    check(failure.counterexample, constant)
    assert failure.counterexample.task == task
    assert len(failure.counterexample.wrong(constant)) == len(failure.counterexample.instances)
    assert failure.counterexample.wrong(Computing(task, right)) == []


def test_k_hop_writes_an_edge_as_the_paper_does():
    graph = cycles(6)
    text = K_HOP.target_for(6).letters.spell(K_HOP.ask(graph)[0])
    assert len(text) == 9 * 36 // 2 + 1
    u, v = ("abcdef"[vertex - 1] for vertex in graph.edges[0])
    assert text.startswith(f"⋆{u}†{v}{u}†{v}⋆_")
    assert text == text[:54] * 3 + "a"


def test_padding_on_the_left_changes_nothing():
    task, graph = K_HOP.target_for(8), cycles(4, 4)
    (tokens,) = K_HOP.ask(graph)
    padded = np.concatenate([np.full(50, 8 + 3), tokens])
    assert replace(task, n=len(padded)).solve(padded)[-1] == task.solve(tokens)[-1] == 1


def test_glued_copies_hold_the_graph_three_times_and_are_hardly_deeper():
    reduction = REDUCTIONS["1-vs-2-cycle-to-glued-copies"]
    for graph in (cycles(12), cycles(6, 6)):
        given, glued = (nx.Graph(each.edges.tolist()) for each in (graph, reduction.ask(graph)[0]))
        assert (len(glued), glued.number_of_edges()) == (36, 60)
        deepest = [max(nx.diameter(g.subgraph(part)) for part in nx.connected_components(g)) for g in (given, glued)]
        assert nx.number_connected_components(glued) == nx.number_connected_components(given)
        assert deepest[1] <= deepest[0] + 2


@pytest.mark.parametrize(
    ("name", "parameters", "most"),
    [
        ("k-hop", {"n": 700, "k": 12, "alphabet": "15"}, 12),
        ("k-hop", {"n": 648, "k": 12, "alphabet": "15"}, "12 vertices need n ≥ 649, and this k-hop has 648"),
        ("k-hop", {"n": 700, "k": 12, "alphabet": "14"}, "12 vertices need alphabet ≥ 15, and this k-hop has 14"),
        ("k-hop", {"n": 700, "k": 7, "alphabet": "14"}, "6 vertices need k = 6, and this k-hop has 7"),
        ("connectivity", {"n": 21}, 20),
        ("connectivity", {"n": 64, "edges": 19}, 18),
        ("connectivity", {"n": 5}, "6 vertices need n ≥ 6, and this connectivity has 5"),
        ("cycle-check", {"n": 64, "edges": 19}, 20),
        ("composition", {"n": 100, "k": 10}, 20),
        ("composition", {"n": 39, "k": 10}, "20 vertices need n ≥ 40, and this composition has 39"),
        ("spanning-forest", {"n": 8, "weights": 9}, 8),
    ],
)
def test_the_most_vertices_that_a_target_takes(name, parameters, most):
    reduction, task = find_reduction("1-vs-2-cycle", name), make_task(name, parameters)
    if isinstance(most, str):
        with pytest.raises(UsageError, match=most):
            reduction.most_vertices(task)
    else:
        assert reduction.most_vertices(task) == most


def test_what_does_not_fit_is_refused():
    with pytest.raises(UsageError, match=r"even number of at least 6 vertices; got 7. Give another n"):
        K_HOP.target_for(7)
    with pytest.raises(UsageError, match="takes a model of k-hop, not of sort"):
        Solver(K_HOP, Computing(make_task("sort"), Same(make_task("sort"), 0)))
    with pytest.raises(UsageError, match="no reduction starts from 'k-hop'"):
        find_reduction("k-hop", "connectivity")
    with pytest.raises(UsageError, match="Did you mean 'components'"):
        find_reduction("1-vs-2-cycle", "component")
    with pytest.raises(UsageError, match="there is a reduction '1-vs-2-cycle-to-k-hop' already"):
        register_reduction(replace(K_HOP))


def test_reductions_are_found_by_their_target():
    names = [reduction.name for reduction in reductions_to(make_task("connectivity"))]
    assert names == ["1-vs-2-cycle-to-connectivity", "1-vs-2-cycle-to-glued-copies"]
    assert reductions_to(make_task("sort")) == []


@ALL
def test_conditional_stays_conditional(reduction):
    assert reduction.conditional.startswith("If the 1-vs-2-cycle conjecture holds, ")
    assert "No number follows" in reduction.conditional
    assert reduction.name == f"{reduction.source.name}-to-{reduction.name.split('-to-', 1)[1]}"
