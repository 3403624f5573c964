"""What people have in their hands is taken: texts, graphs of networkx, data frames, arrays of any library; the rest is
refused in one line."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch

from logdepth.artefacts import compile_program, compile_task
from logdepth.numerics.errors import UsageError
from logdepth.programs import Table, interpret
from logdepth.tasks import TASKS, Graph, make_task
from logdepth.verification.sizes import small_sizes

LAST = dict(small_sizes())
INTEGERS = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64, np.float32, np.float64]
TENSORS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float32, torch.float64, torch.bfloat16]

GUISES = {
    "list": list,
    "tuple": tuple,
    "floats": lambda values: [float(value) for value in values],
    "series": pd.Series,
    "series with an index": lambda values: pd.Series(values, index=range(10, 10 + len(values))),
    "nullable series": lambda values: pd.Series(values, dtype="Int64"),
    "objects": lambda values: np.array(values, dtype=object),
    "not contiguous": lambda values: np.repeat(values, 2)[::2],
    "read-only": lambda values: np.frombuffer(np.array(values, dtype=np.int64).tobytes(), dtype=np.int64),
    **{np.dtype(kind).name: lambda values, kind=kind: np.array(values, dtype=kind) for kind in INTEGERS},
    **{str(kind): lambda values, kind=kind: torch.tensor(values, dtype=kind) for kind in TENSORS},
    "gradients": lambda values: torch.tensor(values, dtype=torch.float32, requires_grad=True),
}
SEQUENCES = [name for name in TASKS if type(make_task(name, LAST[name]).sample(np.random.default_rng(0))) is np.ndarray]
GRAPHS = [name for name in TASKS if type(make_task(name, LAST[name]).sample(np.random.default_rng(0))) is Graph]


@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize("guise", GUISES)
def test_a_sequence_is_one_in_every_guise(name, guise):
    task = make_task(name, LAST[name])
    values = task.sample(np.random.default_rng(0))
    given = GUISES[guise](values.tolist())
    assert np.array_equal(task.solve(given), task.solve(values))
    encoded = task.encode(given)
    for column, numbers in task.encode(values).items():
        assert encoded[column].dtype == np.int64 and np.array_equal(encoded[column], numbers)
    column = "token" if "token" in task.inputs else task.column
    for named in ({column: given}, pd.DataFrame({column: values})):
        assert np.array_equal(task.solve(named), task.solve(values))


@pytest.mark.parametrize("name", ["k-hop", "sort"])
def test_a_model_answers_whatever_guise_a_sequence_comes_in(name):
    task = make_task(name, LAST[name])
    model = compile_task(task)
    values = task.sample(np.random.default_rng(1))
    (column,), (output,) = task.inputs, task.outputs
    for guise in GUISES.values():
        given = guise(values.tolist())
        assert np.array_equal(model.answer(given), task.solve(values))
        assert np.array_equal(model.run(given)[output], model.run({column: values})[output])
    assert np.array_equal(model.run(pd.DataFrame({column: values}))[output], task.solve(values))


def test_a_text_is_its_letters():
    task = make_task("k-hop", n=30, k=1, alphabet="abc")
    model = compile_task(task)
    expected = task.solve(task.letters.tokens("abcab", "here"))
    for given in ("abcab", list("abcab"), tuple("abcab"), np.array(list("abcab")), pd.Series(list("abcab"))):
        assert np.array_equal(task.solve(given), expected)
        assert np.array_equal(model.answer(given), expected)
        assert np.array_equal(model.run(given)["answer"], expected)
        assert np.array_equal(model.run({"token": given})["answer"], expected)
    assert np.array_equal(model.run(text="abcab")["answer"], expected)
    assert np.array_equal(model.answer(text="abcab"), expected)
    assert task.present(model.answer("abcab"), "abcab") == [None, None, None, "b", "c"]
    assert model.generate("abcab", 3)["token"].tolist() == [1, 2, 3, 1, 2, 3, 1, 2]


def test_a_program_of_letters_runs_on_a_text():
    table = Table("echo", rows=8)
    table.output("same", table.input("token", letters="xyz"))
    program = table.program()
    model = compile_program(program)
    assert model.run(text="zyx")["same"].tolist() == model.run("zyx")["same"].tolist() == [3, 2, 1]
    assert interpret(program, "zyx")["same"].tolist() == [3, 2, 1]
    assert interpret(program, pd.DataFrame({"token": [3, 2, 1]}))["same"].tolist() == [3, 2, 1]
    _, cache = model.run_with_cache(text="zyx")
    assert len(cache.embedding) == 4


def as_networkx(graph, kind):
    made = kind()
    made.add_nodes_from(f"v{vertex}" for vertex in range(1, graph.vertices + 1))
    weights = [1] * len(graph.edges) if graph.weights is None else graph.weights.tolist()
    for (u, v), weight in zip(graph.edges.tolist(), weights, strict=True):
        made.add_edge(f"v{u}", f"v{v}", weight=float(weight))
    return made


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_of_networkx_is_the_graph(name):
    task = make_task(name, LAST[name])
    for seed in range(4):
        graph = task.sample(np.random.default_rng(seed))
        directed = getattr(task, "directed", False)
        kinds = [nx.DiGraph, nx.MultiDiGraph] if directed else [nx.Graph, nx.MultiGraph]
        for kind in kinds:
            made = as_networkx(graph, kind)
            given = made if graph.question is None else (made, tuple(f"v{v}" for v in graph.question))
            known = task.instance_of(given)
            assert {frozenset(e) for e in known.edges.tolist()} == {frozenset(e) for e in graph.edges.tolist()}
            assert known.question == graph.question
            assert list(known.labels) == [f"v{v}" for v in range(1, graph.vertices + 1)]
            assert task.present(task.solve(given), given) == task.present(task.solve(known), known)


def test_edges_are_a_graph_in_every_guise():
    task = make_task("components", n=8, edges=10)
    model = compile_task(task)
    edges = [(4, 7), (7, 9), (2, 3)]
    frame = pd.DataFrame(edges, columns=["Source", "Target"])
    expected = [1, 1, 1, 4, 4]
    graph, lists = nx.Graph(edges), [list(edge) for edge in edges]
    for given in (edges, lists, np.array(edges), torch.tensor(edges), frame, graph, graph.edges):
        assert task.instance_of(given).labels == ("4", "7", "9", "2", "3")
        assert task.present(model.answer(given), given) == task.present(task.solve(given), given)
        assert model.answer(given).tolist() == task.solve(given).tolist()
    assert task.solve(edges).tolist()[:5] == expected


def test_the_lightest_of_parallel_edges_counts_as_in_networkx():
    graph = nx.MultiGraph()
    graph.add_edge("a", "b", weight=9)
    graph.add_edge("a", "b", weight=2)
    graph.add_edge("b", "c", weight=5)
    graph.add_edge("b", "b", weight=0)
    task = make_task("spanning-forest", n=6, edges=6, weights=20)
    chosen = task.present(compile_task(task).answer(graph), graph)
    assert sum(weight for _, _, weight in chosen) == 7 == nx.minimum_spanning_tree(graph).size(weight="weight")
    edges = [("a", "b", 9), ("b", "c", 5), ("a", "c", 2)]
    assert task.present(task.solve(edges), edges) == [["b", "c", 5], ["a", "c", 2]]
    frame = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "weight": [9.0, 5.0], "note": ["", ""]})
    assert task.present(task.solve(frame), frame) == [["a", "b", 9], ["b", "c", 5]]


def test_a_question_is_asked_about_the_users_vertices():
    task = make_task("reachability", n=8)
    model = compile_task(task)
    graph = nx.DiGraph([("rome", "paris"), ("paris", "oslo")])
    for ends, reached in ((("rome", "oslo"), True), (("oslo", "rome"), False)):
        assert task.present(model.answer((graph, ends)), (graph, ends)) is reached
        assert task.present(model.answer((list(graph.edges), ends)), (list(graph.edges), ends)) is reached


REFUSED = {
    "a graph for k-hop": ("k-hop", nx.path_graph(3), "as a dict or a data frame, not a Graph"),
    "a text for sort": ("sort", "abc", "takes integers"),
    "numbers for components": ("components", [1, 2, 3], r"takes edges \(u, v\) or \(u, v, weight\), not '1'"),
    "a text for components": ("components", "abc", "takes a graph of networkx, or edges"),
    "a number for components": ("components", 5, "takes a graph of networkx, or edges"),
    "nothing for components": ("components", None, "not a NoneType"),
    "nothing for k-hop": ("k-hop", None, "not a NoneType"),
    "a matrix": ("components", nx.to_numpy_array(nx.path_graph(5)), r"not a matrix.*from_numpy_array\(matrix\)"),
    "a matrix of three rows": ("components", nx.to_numpy_array(nx.path_graph(3)), "takes edges, not a matrix"),
    "a sparse matrix": ("components", nx.to_scipy_sparse_array(nx.path_graph(5)), "from_scipy_sparse_array"),
    "an empty graph": ("components", nx.Graph(), "holds no vertex"),
    "no edges": ("components", [], "holds no vertex"),
    "names that look alike": ("components", nx.Graph([(1, "1")]), "have the same name"),
    "lists as vertices": ("components", [([1], [2])], "takes vertices with names or numbers"),
    "a self-loop where it counts": ("node-degree", nx.Graph([(1, 1)]), "joins '1' to itself"),
    "no weights": ("spanning-forest", [(1, 2)], "needs a weight for every edge"),
    "half of the weights": ("spanning-forest", [(1, 2, 3), (2, 3)], "needs a weight for every edge"),
    "a weight of nan": ("spanning-forest", [(1, 2, float("nan"))], "takes whole weights"),
    "a data frame of other columns": ("components", pd.DataFrame({"x": [1], "y": [2]}), "columns source and target"),
    "no question": ("reachability", nx.DiGraph([(1, 2)]), r"give the pair \(graph, \(u, v\)\)"),
    "a question about a stranger": ("reachability", (nx.DiGraph([(1, 2)]), (1, 3)), "asks about 3, which is no vertex"),
    "three cycles": ("1-vs-2-cycle", nx.disjoint_union_all([nx.cycle_graph(3)] * 3), "takes one or two cycles"),
    "a path for cycles": ("1-vs-2-cycle", nx.path_graph(3), "not 2"),
    "a fraction": ("sort", [1.5], "column 'key' row 1 has '1.5'"),
    "a missing value": ("sort", pd.Series([1, None]), "row 2 has 'nan'"),
    "a missing whole value": ("sort", pd.Series([1, None], dtype="Int64"), "row 2 has"),
    "infinity": ("sort", np.array([np.inf]), "row 1 has 'inf'"),
    "beyond 64 bits": ("sort", [2**70], "row 1 has"),
    "beyond signed 64 bits": ("sort", np.array([2**63], dtype=np.uint64), "row 1 has '9223372036854775808'"),
    "complex numbers": ("sort", [1j], "takes integers"),
    "lists of lists": ("sort", [[1, 2]], "takes a sequence"),
    "lists of several lengths": ("sort", [[1], [1, 2]], "no array of them"),
    "no numbers": ("sort", [], "at least one number"),
    "a number out of range": ("sort", [-1], "row 1 has -1"),
    "another column": ("sort", {"keys": [1]}, "takes the columns"),
    "a foreign letter": ("k-hop", "ab!", "letter '!' is not in the alphabet"),
    "an empty text": ("k-hop", "", "the text is empty"),
    "letter 0": ("k-hop", [0, 1], "takes numbers from 1"),
    "words": ("k-hop", ["ab", "c"], "takes integers"),
    "a circle of links": ("list-ranking", [2, 1], "go round in a circle"),
    "links that meet": ("list-ranking", [3, 3, 0], "comes after both"),
    "a step out of the table": ("composition", [9], "numbers from 1 to 1"),
    "a tensor without values": ("sort", torch.empty(3, device="meta"), "no array of them"),
    "a row twice": ("sparse-averaging", ([1, 1], [[1, 1, 1]] * 2), "distinct rows"),
    "values alone": ("sparse-averaging", [1, 2, 3, 4], "takes the pair"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_instance_is_refused_in_one_line_by_every_door(case):
    name, given, message = REFUSED[case]
    sizes = {"k-hop": {"alphabet": "abcd"}, "sparse-averaging": {"q": 3, "n": 8}}
    task = make_task(name, sizes.get(name, {"n": 12}))
    for door in (task.solve, task.encode):
        with pytest.raises(UsageError, match=message) as refusal:
            door(given)
        assert "\n" not in str(refusal.value)


def test_parameters_are_keywords_and_errors_name_the_right_one():
    assert make_task("k-hop", n=30) == make_task("k_hop", {"n": "30"}) == make_task("k-hop", {}, n=30)
    for more, message in (({"N": 30}, "Did you mean 'n'"), ({"alphabets": "4"}, "Did you mean 'alphabet'")):
        with pytest.raises(UsageError, match=message):
            make_task("k-hop", **more)
    with pytest.raises(UsageError, match="'n' is given twice"):
        make_task("k-hop", {"n": 3}, n=4)
    for name in (None, 3, ["k-hop"]):
        with pytest.raises(UsageError, match="there is no task"):
            make_task(name)


def test_a_model_runs_on_columns_or_on_a_text():
    model = compile_task(make_task("sort", n=5, high=9))
    for arguments in ({}, {"columns": [1], "text": "a"}):
        with pytest.raises(UsageError, match="give one of the two"):
            model.run(**arguments)
    for arguments in ({}, {"instance": [1], "text": "a"}):
        with pytest.raises(UsageError, match="give one of the two"):
            model.answer(**arguments)
    with pytest.raises(UsageError, match="for a text"):
        model.run(text="abc")


def test_three_weighted_edges_in_an_array_are_no_matrix():
    edges = np.array([[1, 2, 7], [2, 3, 9], [1, 3, 8]])
    assert make_task("spanning-forest", n=5).solve(edges).tolist()[:3] == [1, 0, 1]


def test_an_instance_given_as_columns_is_told_its_door():
    with pytest.raises(UsageError, match=r"as a dict or a data frame, not a Graph\. .*model\.answer\(instance\)"):
        compile_task(make_task("components", n=4)).run(nx.path_graph(3))
