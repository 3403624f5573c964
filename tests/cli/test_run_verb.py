"""`run`: answers in files, input from a pipe, the page of one's own input, questions, and answers that explain."""

import csv
import io
import json
import os
import shlex
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from logdepth.tasks import TASKS, Graph, make_task
from logdepth.tasks.graphs.question_task import QuestionTask

OWN = """
from logdepth import Table
table = Table("reverse", rows=8)
token = table.input("token", letters="abc")
length = table.count()
table.output("token", table.pull(table.map(lambda i, n: n + 1 - i, table.index, length, high=8), token))
"""


@pytest.fixture
def stdin(monkeypatch):
    def give(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return give


@pytest.fixture(scope="module")
def reachability(tmp_path_factory) -> Path:
    from logdepth.cli import main

    folder = tmp_path_factory.mktemp("models") / "reachability"
    assert main(["compile", "reachability", "--n", "6", "--samples", "5", "--out", str(folder)]) == 0
    return folder


# --- answers in files ---


def rows_in(path: Path, mark: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text()), delimiter=mark))


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".json", ".txt", "", ".CSV"])
def test_the_answer_goes_into_a_file_by_its_suffix(logdepth, components, tmp_path, suffix):
    (tmp_path / "graph").write_text("a b\nc\nb d\n")
    out = tmp_path / f"answer{suffix}"
    told = logdepth("run", components, tmp_path / "graph", "--out", out, "--json").json
    if suffix.lower() in (".csv", ".tsv"):
        rows = rows_in(out, "\t" if suffix == ".tsv" else ",")
        assert rows[0] == ["vertex", "component"]
        assert dict(rows[1:]) == told["answer"]
    elif suffix == ".json":
        assert json.loads(out.read_text()) == told
    else:
        assert "3 vertices: a b d" in out.read_text()
        assert "\x1b" not in out.read_text()


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_task_s_answer_has_a_table(name):
    """As many rows as the answer has entries, and no cell of the table is itself a list."""
    from logdepth.cli.answers import separate, show
    from logdepth.cli.terminal import console_for

    size = {"n": 8, "modulus": 20} if name in ("2-sum", "3-sum") else {"n": 8}
    task, rng = make_task(name, size), np.random.default_rng(0)
    for family in task.families:
        instance = task.sample(rng, family)
        answer = task.solve(instance)
        table = task.tabulate(answer, instance)
        names, rows = table.names, table.rows
        presented = task.present(answer, instance)
        assert len(rows) == (len(presented) if isinstance(presented, list | dict) else 1)
        assert all(len(row) == len(names) and not any(isinstance(cell, list) for cell in row) for row in rows)
        assert next(csv.reader(io.StringIO(separate(table, ",")))) == list(names)
        console_for(file=io.StringIO()).print(show(task, instance, answer))


def test_a_name_with_a_comma_or_a_quote_stays_one_cell(logdepth, components, tmp_path):
    graph = nx.Graph([('New "York", NY', "a,b"), ("c;d", "e\tf")])
    nx.write_gml(graph, tmp_path / "graph.gml")
    logdepth("run", components, tmp_path / "graph.gml", "--out", tmp_path / "answer.csv")
    assert [row[0] for row in rows_in(tmp_path / "answer.csv")[1:]] == list(graph)


def test_an_own_program_s_answer_has_its_columns(logdepth, tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "text").write_text("abca")
    assert logdepth("run", tmp_path / "own.py", tmp_path / "text", "--out", tmp_path / "answer.csv").status == 0
    assert rows_in(tmp_path / "answer.csv") == [
        ["row", "token", "token (output)"],
        ["1", "a", "a"],
        ["2", "b", "c"],
        ["3", "c", "b"],
        ["4", "a", "a"],
    ]


def test_a_file_that_is_there_is_replaced_and_a_note_says_so(logdepth, components, tmp_path):
    (tmp_path / "graph").write_text("a b\n")
    (tmp_path / "answer.csv").write_text("mine")
    outcome = logdepth("run", components, tmp_path / "graph", "--out", tmp_path / "answer.csv")
    assert outcome.stderr == f"{tmp_path / 'answer.csv'} was there; it is replaced.\n"
    assert len(rows_in(tmp_path / "answer.csv")) == 3


def test_an_answer_is_written_whole_or_not_at_all_and_never_over_the_input(refused, components, tmp_path):
    graph = tmp_path / "graph.csv"
    graph.write_text("a,b\nb,c\n")
    assert "are the same file" in refused("run", components, graph, "--out", graph)
    assert "written as .csv, .tsv, .json or .txt" in refused("run", components, graph, "--out", tmp_path / "a.xlsx")
    assert "is a folder" in refused("run", components, graph, "--out", tmp_path)
    assert "cannot be written" in refused("run", components, graph, "--out", graph / "below")
    refused("run", components, tmp_path / "none", "--out", tmp_path / "answer.csv")
    assert list(tmp_path.iterdir()) == [graph] and graph.read_text() == "a,b\nb,c\n"


# --- standard input ---


def test_the_input_may_come_from_a_pipe(logdepth, components, hops, stdin):
    stdin(b"a b\nc\n")
    told = logdepth("run", components, "-", "--json").json
    assert told["answer"] == {"a": "a", "b": "a", "c": "c"}
    assert told["input"] == "standard input"
    stdin(b"abcabd")
    assert "standard input" in logdepth("run", hops, "-").stdout
    stdin(b"a b\nb c\n")
    assert logdepth("mpc", "components", "-", "--json").json["input"] == "standard input"
    stdin(b"a b\nb c\n")
    assert logdepth("simulate", components, "-", "--json").json["answer_correct"]


def test_the_input_may_come_from_what_a_shell_pipes_in(logdepth, components):
    """As by `logdepth run DIR <(echo a b)`."""
    end, start = os.pipe()
    with os.fdopen(end), os.fdopen(start, "w") as stream:
        stream.write("a b\nc\n")
        stream.close()
        told = logdepth("run", components, f"/dev/fd/{end}", "--json").json
    assert (told["answer"], told["input"]) == ({"a": "a", "b": "a", "c": "c"}, "the pipe")


def test_what_is_wrong_with_standard_input_is_said_of_standard_input(refused, components, stdin, monkeypatch):
    stdin(b"")
    assert refused("run", components, "-") == (
        "logdepth: standard input is empty. Give a file with at least one entry."
    )
    stdin(b"a b c d\n")
    assert "tmp" not in refused("run", components, "-")
    monkeypatch.setattr(sys, "stdin", None)
    assert "standard input is closed" in refused("run", components, "-")
    monkeypatch.setattr("logdepth.tasks.inputs.graph_files.MOST_BYTES", 2**20)
    stdin(b"a" * (2**20 + 1))
    assert "standard input is larger than 1 MiB" in refused("run", components, "-")


# --- the page ---


def test_the_report_is_on_the_input_that_was_given(logdepth, components, tmp_path):
    (tmp_path / "families.txt").write_text("Medici Strozzi\nAlbizzi\n")
    outcome = logdepth("run", components, tmp_path / "families.txt", "--report", tmp_path / "page.html")
    assert f"look at {tmp_path / 'page.html'}" in outcome.stdout
    page = (tmp_path / "page.html").read_text()
    assert "Strozzi" in page and "families.txt" in page


# --- questions ---


@pytest.mark.parametrize("suffix", ["edges", "gml", "graphml", "adjlist", "csv"])
def test_a_question_can_be_asked_of_every_format(logdepth, reachability, tmp_path, suffix):
    path = tmp_path / f"graph.{suffix}"
    graph = nx.DiGraph([("a", "b"), ("b", "c"), ("d", "c")])
    {
        "edges": nx.write_edgelist,
        "gml": nx.write_gml,
        "graphml": nx.write_graphml,
        "adjlist": nx.write_adjlist,
        "csv": lambda graph, path: path.write_text("\n".join(f"{u},{v}" for u, v in graph.edges)),
    }[suffix](graph, path)
    for u in graph:
        for v in graph:
            if u != v:
                told = logdepth("run", reachability, path, "--ask", u, v, "--json").json
                assert told["answer"] is nx.has_path(graph, u, v)


def test_a_question_of_the_command_line_takes_the_place_of_the_file_s(logdepth, reachability, tmp_path):
    (tmp_path / "graph").write_text("? a b\na b\n")
    assert logdepth("run", reachability, tmp_path / "graph", "--json").json["answer"] is True
    assert logdepth("run", reachability, tmp_path / "graph", "--ask", "b", "a", "--json").json["answer"] is False
    told = logdepth("mpc", "reachability", "--n", "4", tmp_path / "graph", "--ask", "b", "a", "--json").json
    assert told["answer"] is False and told["answer_correct"]
    assert logdepth("simulate", reachability, tmp_path / "graph", "--ask", "b", "a", "--json").json["answer_correct"]


def test_questions_that_cannot_be_asked(refused, reachability, components, hops, tmp_path):
    (tmp_path / "graph").write_text("ann bob\nbob eve\n")
    graph = tmp_path / "graph"
    assert "names 'anne'. Did you mean 'ann'?" in refused("run", reachability, graph, "--ask", "anne", "bob")
    assert "names 'bob' twice" in refused("run", reachability, graph, "--ask", "bob", "bob")
    assert "Name them by --ask, or begin an edge list with a line '? u v'" in refused("run", reachability, graph)
    assert "asks about no pair of vertices" in refused("run", components, graph, "--ask", "ann", "bob")
    assert "reads no graph" in refused("run", hops, graph, "--ask", "ann", "bob")
    assert "2 arguments" in refused("run", reachability, graph, "--ask", "ann")


def test_every_task_with_a_question_takes_one_in_python(tmp_path):
    (tmp_path / "graph").write_text("a b 3\nb c 2\n")
    asking = [name for name, task in TASKS.items() if issubclass(task, QuestionTask)]
    answers = {
        "reachability": {("a", "b"): True, ("a", "c"): True},
        "edge-existence": {("a", "b"): True, ("a", "c"): False},
        "connected-nodes": {("a", "a"): ["b"], ("b", "b"): ["a", "c"]},
        "disconnected-nodes": {("a", "a"): ["c"], ("b", "b"): []},
        "shortest-path": {("a", "b"): 1, ("a", "c"): 2},
        "max-flow": {("a", "b"): 3, ("a", "c"): 2},
    }
    assert asking == list(answers)
    for name in asking:
        task = make_task(name, {"n": 5})
        for ask, answer in answers[name].items():
            instance = task.read(tmp_path / "graph", ask=ask)
            assert isinstance(instance, Graph) and [instance.labels[v - 1] for v in instance.question] == list(ask)
            assert task.present(task.solve(instance), instance) == answer


# --- answers that explain ---


def test_components_are_shown_as_groups_the_largest_first(logdepth, components, tmp_path):
    (tmp_path / "graph").write_text("a\nb c\nd e\ne f\n")
    told = logdepth("run", components, tmp_path / "graph", "--json").json
    assert told["groups"] == [["d", "e", "f"], ["b", "c"], ["a"]]
    text = logdepth("run", components, tmp_path / "graph").stdout
    assert "3 components\n3 vertices: d e f\n2 vertices: b c\n1 vertex: a\n" in text


@pytest.mark.parametrize("name", ["2-sum", "3-sum"])
def test_every_sum_is_shown_with_numbers_of_the_list_that_make_it(name):
    task, rng = make_task(name, {"n": 12, "modulus": 60}), np.random.default_rng(1)
    count = int(name[0]) - 1
    for family in task.families * 4:
        instance = task.sample(rng, family)
        answer = task.solve(instance)
        details = task.details(answer, instance)
        assert details["numbers"] == instance.tolist()
        for number, partners, yes in zip(details["numbers"], details["partners"], answer, strict=True):
            assert (partners is not None) == yes
            if partners is not None:
                assert len(partners) == count and set(partners) <= set(instance.tolist())
                assert (number + sum(partners)) % task.modulus == 0


def test_the_weight_of_a_forest_is_that_of_networkx():
    task, rng = make_task("spanning-forest", {"n": 9, "weights": 9}), np.random.default_rng(2)
    for _ in range(20):
        instance = task.sample(rng)
        graph = nx.Graph()
        for (u, v), weight in zip(instance.edges.tolist(), instance.weights.tolist(), strict=True):
            graph.add_edge(u, v, weight=weight)
        least = nx.minimum_spanning_tree(graph).size(weight="weight")
        assert task.details(task.solve(instance), instance) == {"weight": int(least)}


# --- a task, compiled for its input ---

FLOW = (
    "G describes a graph among nodes 0, 1, and 2.\nThe edges in G are: (0, 1) (1, 2).\n"
    "The edge from node 0 to node 1 has capacity 70.\nThe edge from node 1 to node 2 has capacity 300.\n"
    "Q: What is the maximum capacity of the flow from node 0 to node 2?\nA: "
)
KIN = "The mother of Ann is Eva. The friend of Eva is Bob.\nQ: Who is Ann's mother's friend?\nA: "
PATH = (
    f"G describes a graph among nodes {', '.join(map(str, range(18)))}.\nThe edges in G are: "
    + " ".join(f"({v}, {v + 1})" for v in range(17))
    + ".\nQ: What is the length of the shortest path from node 0 to node 15?\nA: "
)


@pytest.mark.parametrize(
    ("task", "text", "said", "settled"),
    [
        ("max-flow", FLOW, "70.", {"n": 8, "weights": 300}),
        ("kin", KIN, "Bob.", {"k": 2}),
        ("shortest-path", PATH, "15.", {"n": 18}),
    ],
)
def test_a_task_is_compiled_as_large_as_its_input_needs(logdepth, tmp_path, task, text, said, settled):
    question = tmp_path / "question.txt"
    question.write_text(text)
    told = logdepth("run", task, question, "--json")
    assert told.status == 0 and told.json["in_words"] == said
    assert settled.items() <= told.json["parameters"].items()
    assert f"logdepth compile {task} --n" in told.stderr


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        (["degree"], "a b\n", "there is no model folder degree, and no task of this name. Did you mean 'node-degree'?"),
        (["max-flow"], "? 1 2\n" + "".join(f"{v} {v + 1} 1\n" for v in range(10)), "max-flow takes up to 10 vertices"),
        (["sort"], "1 x\n", "x"),
        (["k-hop"], "abÜ", "or take a model that was compiled with another --alphabet."),
    ],
)
def test_a_task_that_no_parameters_fit_gets_one_line(logdepth, tmp_path, words, text, said):
    (tmp_path / "input").write_text(text)
    told = logdepth("run", *words, tmp_path / "input", "--json")
    assert told.status == 2 and said in told.json["error"]


def test_a_task_takes_its_parameters_after_the_input(logdepth, tmp_path):
    (tmp_path / "graph").write_text("a b\nc\nb d\n")
    told = logdepth("run", "components", tmp_path / "graph", "--way", "shallow", "--n", "9", "--json")
    assert told.json["parameters"] == {"n": 9, "edges": 36, "way": "shallow"} and told.json["correct"]
    (tmp_path / "text").write_text("abcabc")
    assert (
        logdepth("run", "k-hop", tmp_path / "text", "--letters", "abc", "--json").json["parameters"]["alphabet"]
        == "abc"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--n", "3"], "components takes at most 3 vertices and 3 edges; this graph has 4 and 2."),
        (["--way", "shalow"], "Did you mean 'shallow'?"),
        (["--early"], "run components has no option --early. Did you mean '--early-stop'?"),
        (["--way"], "--way needs a value."),
        (["another"], "run takes one input, and 'another' is one more."),
    ],
)
def test_parameters_that_a_task_does_not_take(refused, tmp_path, words, said):
    (tmp_path / "graph").write_text("a b\nc\nb d\n")
    assert said in refused("run", "components", tmp_path / "graph", *words)


def test_a_model_takes_no_parameters(refused, components, tmp_path):
    (tmp_path / "graph").write_text("a b\nc\nb d\n")
    assert "run has no option --way." in refused("run", components, tmp_path / "graph", "--way", "shallow")
    assert "--n is for a file with RASP, or for a task" in refused("run", components, tmp_path / "graph", "--n", "4")


def test_a_folder_goes_before_the_task_of_its_name(logdepth, reachability, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("components").symlink_to(reachability)
    Path("graph").write_text("? a c\na b\nb c\n")
    assert logdepth("run", "components", "graph", "--json").json["task"] == "reachability"


# --- early stop ---


def test_an_early_stop_gives_the_same_answer_and_says_how_many_rounds_were_used(logdepth, components, tmp_path):
    (tmp_path / "graph").write_text("a b\nc\nb d\n")
    given = logdepth("run", components, tmp_path / "graph", "--json").json
    stopped = logdepth("run", components, tmp_path / "graph", "--json", "--early-stop").json
    assert stopped["rounds"] == {"used": 2, "of": 3}
    assert stopped["pairs"] == {name: pairs * 2 // 3 for name, pairs in given["pairs"].items()}
    measured = ("rounds", "seconds", "pairs")
    assert {k: v for k, v in stopped.items() if k not in measured} == {
        k: v for k, v in given.items() if k not in measured
    }
    assert "rounds used: 2 of 3" in logdepth("run", components, tmp_path / "graph", "--early-stop").stdout


def test_an_early_stop_looks_rows_up(logdepth, components, tmp_path):
    (tmp_path / "graph").write_text("a b\nc\nb d\n")
    words = ("run", components, tmp_path / "graph", "--early-stop", "--attention")
    scored, looked_up = (logdepth(*words, way, "--json").json for way in ("softmax", "lookup"))
    assert looked_up["answer"] == scored["answer"] and looked_up["correct"]
    assert looked_up["rounds"] == scored["rounds"]
    assert looked_up["pairs"]["touched"] < looked_up["pairs"]["all"] == scored["pairs"]["touched"]


def test_a_model_without_a_loop_cannot_stop_early(logdepth, tmp_path):
    (tmp_path / "text").write_text("abcabc")
    told = logdepth("run", "k-hop", tmp_path / "text", "--early-stop")
    assert told.status == 2 and told.stdout == ""
    assert "no blocks of this model run twice in a row" in told.stderr.splitlines()[-1]


# --- rows that are looked up ---


def test_run_looks_rows_up_on_request_and_counts_the_pairs(logdepth, hops, tmp_path):
    (tmp_path / "text").write_text("abcabcdabcab")
    by_softmax = logdepth("run", hops, tmp_path / "text", "--json").json
    looked_up = logdepth("run", hops, tmp_path / "text", "--attention", "lookup", "--json").json
    assert looked_up["answer"] == by_softmax["answer"]
    assert by_softmax["pairs"] == {"touched": 3 * 13 * 14 // 2, "all": 3 * 13 * 14 // 2}
    assert looked_up["pairs"]["touched"] < by_softmax["pairs"]["touched"]
    shown = logdepth("run", hops, tmp_path / "text", "--attention", "lookup").stdout
    assert f"{looked_up['pairs']['touched']} of 273 pairs of a query and a key were scored" in shown
    assert "pairs" not in logdepth("run", hops, tmp_path / "text").stdout


def test_verify_looks_rows_up_on_request_and_counts_the_pairs(logdepth, tmp_path):
    assert logdepth("compile", "k-hop", "--n", "9", "--k", "1", "--no-verify", "--out", tmp_path / "m").status == 0
    words = ("verify", tmp_path / "m", "--samples", "5", "--attention", "lookup")
    verified = logdepth(*words, "--json").json["verified"]
    assert verified["wrong"] == 0
    assert 0 < verified["pairs"]["touched"] < verified["pairs"]["all"]
    assert "pairs of a query and a key were scored" in " ".join(logdepth(*words).stdout.split())
    assert "pairs" not in logdepth("verify", tmp_path / "m", "--samples", "5", "--json").json["verified"]


def test_ways_to_attend_are_named(refused, hops, tmp_path):
    (tmp_path / "text").write_text("abc")
    assert "auto, softmax, lookup, not 'hash'. Take --attention auto" in refused(
        "run", hops, tmp_path / "text", "--attention", "hash"
    )
    assert "not 'hash'. Take --attention auto" in refused("verify", hops, "--attention", "hash")


def test_the_command_that_keeps_the_model_of_a_run_is_one(logdepth, stdin, tmp_path):
    stdin(b"abba")
    said = logdepth("run", "automaton", "-", "--regex", "(a|b)*abb", "--n", 8).stderr
    words = shlex.split(said.partition("logdepth compile ")[2])
    assert words[-2:] == ["--out", "DIR"]
    assert logdepth("compile", *words[:-1], tmp_path / "kept", "--samples", 3).status == 0
