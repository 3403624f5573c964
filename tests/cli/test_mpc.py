"""`logdepth mpc`: any task on machines."""

import csv
import gzip
import json

import networkx
import numpy as np
import pytest

from logdepth.mpc import BudgetExceeded, Packets, Protocol, run_locally
from logdepth.numerics.errors import UsageError
from logdepth.protocols import PROTOCOLS
from logdepth.tasks import TASKS, make_task, shipped_file
from logdepth.tasks.graphs.large_graphs import random_graph_of

KEYS = {
    *("task", "parameters", "input", "engine", "protocol", "rounds", "machines", "memory_words", "max_sent_words"),
    *("max_received_words", "total_words", "claimed", "answer", "answer_correct", "run_seconds", "seconds", "notes"),
}


@pytest.fixture
def edges(tmp_path):
    path = tmp_path / "edges"
    path.write_text("# a comment\nb a\nc a 1\nd e\nx\n")
    return path


@pytest.mark.parametrize("task", TASKS)
def test_every_task_runs_within_its_claim(logdepth, task):
    outcome = logdepth("mpc", task, "--json")
    told = outcome.json
    assert outcome.status == 0
    assert told.keys() == KEYS
    assert (told["task"], told["engine"], told["answer_correct"]) == (task, "local", True)
    assert all(told[name] <= most for name, most in told["claimed"].items())
    assert max(told["max_sent_words"], told["max_received_words"]) <= told["memory_words"]
    assert told["machines"] > 1 and told["rounds"] > 1
    assert told["run_seconds"] <= told["seconds"]


def test_labels_come_back_in_the_user_s_ids(logdepth, edges):
    told = logdepth("mpc", "components", edges, "--json").json
    assert told["answer"] == {"b": "b", "a": "b", "c": "b", "d": "d", "e": "d", "x": "x"}
    assert told["parameters"] == {"vertices": 6, "edges": 3}
    assert told["input"] == str(edges)


def test_a_graph_of_any_size_runs_by_the_task_s_own_protocol(logdepth, tmp_path):
    """With ids of any kind, packed, and beyond what a model takes."""
    graph = random_graph_of(np.random.default_rng(0), 70_000, 60_000)
    ids = np.random.default_rng(1).permutation(10**6)[:70_001]
    with gzip.open(tmp_path / "roads.txt.gz", "wt") as stream:
        stream.write("# FromNodeId\tToNodeId\n")
        np.savetxt(stream, ids[graph.edges], fmt="%d", delimiter="\t")
    told = logdepth("mpc", "components", tmp_path / "roads.txt.gz", "--memory", 4096, "--json").json
    expected = networkx.Graph(ids[graph.edges].tolist())
    parts = {frozenset(map(str, part)) for part in networkx.connected_components(expected)}
    found = {}
    for vertex, label in told["answer"].items():
        found.setdefault(label, set()).add(vertex)
    assert set(map(frozenset, found.values())) == parts
    assert told["answer_correct"] and told["rounds"] <= told["claimed"]["rounds"]


def test_the_spanning_forest_is_the_lightest(logdepth, tmp_path):
    graph = networkx.gnm_random_graph(200, 900, seed=1)
    rng = np.random.default_rng(0)
    for _, _, data in graph.edges(data=True):
        data["weight"] = int(rng.integers(0, 5))  # with many ties
    path = tmp_path / "weights"
    path.write_text("".join(f"{u} {v} {data['weight']}\n" for u, v, data in graph.edges(data=True)))
    chosen = logdepth("mpc", "spanning-forest", path, "--json").json["answer"]
    forest = networkx.Graph((u, v) for u, v, _ in chosen)
    assert networkx.is_forest(forest)
    lightest = networkx.minimum_spanning_tree(graph).size(weight="weight")
    assert (len(chosen), sum(weight for _, _, weight in chosen)) == (forest.number_of_edges(), lightest)


def test_people_see_the_answer_and_a_table_of_claimed_and_measured(logdepth, edges):
    outcome = logdepth("mpc", "components", edges, "--memory", 100)
    assert outcome.status == 0
    for text in ("vertices=6, edges=3", "claimed", "measured", "≤ 100", "✓", "vertex: x", "equal to the exact answer"):
        assert text in outcome.stdout


def test_a_long_answer_is_not_printed(logdepth, tmp_path):
    (tmp_path / "path").write_text("".join(f"{v} {v + 1}\n" for v in range(700)))
    assert "an answer of 701 entries; --json prints them" in logdepth("mpc", "components", tmp_path / "path").stdout


def test_without_an_input_it_takes_the_shipped_one_or_draws_one(logdepth):
    assert logdepth("mpc", "components", "--json").json["input"].endswith("karate.gml")
    first, same, other = (
        logdepth("mpc", "list-ranking", "--n", 40, "--seed", seed, "--json").json for seed in (0, 0, 1)
    )
    assert first["input"] == "a random instance of size 40, 40 rows"
    assert first["answer"] == same["answer"] != other["answer"]


def test_its_program_gives_the_same_answer_in_more_rounds(logdepth, edges):
    own = logdepth("mpc", "components", edges, "--json").json
    program = logdepth("mpc", "components", edges, "--program", "--n", 10, "--json").json
    assert program["answer"] == own["answer"]
    assert program["protocol"] == "components"
    assert own["protocol"] == "star hooking"


def test_blocks_change_nothing_but_the_time(logdepth, edges):
    def told(*words):
        found = logdepth("mpc", "components", edges, *words, "--json").json
        return {name: value for name, value in found.items() if "seconds" not in name}

    assert told() == told("--blocks", 4)


def test_the_trace_holds_every_word_that_is_sent(logdepth, edges, tmp_path):
    told = logdepth("mpc", "components", edges, "--trace", tmp_path / "trace.csv", "--json").json
    with (tmp_path / "trace.csv").open() as stream:
        packets = list(csv.DictReader(stream))
    assert sum(int(packet["words"]) for packet in packets) == told["total_words"]
    assert max(int(packet["round"]) for packet in packets) <= told["rounds"]
    assert {"to pieces", "to twins"} <= {packet["kind"].split(": ")[-1] for packet in packets}


def test_a_trace_on_a_full_disk_is_one_line_that_names_it_and_leaves_nothing(refused, full_disk, tmp_path):
    (tmp_path / "trace.csv").write_text("old")
    said = refused("mpc", "components", shipped_file("les_miserables.gml"), "--trace", tmp_path / "new.csv")
    assert f"{tmp_path}/new.csv cannot be written (File too large). Make room, or choose another path." in said
    refused("mpc", "components", shipped_file("les_miserables.gml"), "--trace", tmp_path / "trace.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["trace.csv"]
    assert (tmp_path / "trace.csv").read_text() == "old"


def test_a_run_that_is_refused_leaves_a_trace_of_its_rounds_with_that_of_the_breach(tmp_path):
    """A budget's refusal says: see the senders with --trace."""
    from logdepth.cli.machines import tracing

    first = lambda memory, mail: (memory, {"one": Packets(np.array([2]), np.array([3]), {"x": np.array([1])})})  # noqa: E731
    crowd = lambda memory, mail: (memory, {"crowd": Packets(np.arange(9), np.zeros(9, int), {"x": np.arange(9)})})  # noqa: E731
    stop = lambda memory, mail: (memory, {})  # noqa: E731
    path = tmp_path / "trace.csv"
    with pytest.raises(BudgetExceeded), tracing(path) as watch:
        run_locally(Protocol("crowded", 9, 4, (first, crowd, stop)), {}, watch)
    lines = path.read_text().splitlines()
    assert lines[:3] == ["round,source,destination,kind,words", "1,3,4,one,1", "2,1,1,crowd,1"]
    assert len(lines) == 11
    path.unlink()
    with pytest.raises(UsageError, match="before the first round"), tracing(path):
        raise UsageError("before the first round.")
    assert not list(tmp_path.iterdir())


def test_files_to_write_are_checked_before_the_run(refused, logdepth, edges, tmp_path):
    held = edges.read_bytes()
    for first, second in [("--trace", "--report"), ("INPUT", "--trace"), ("INPUT", "--report")]:
        path = edges if first == "INPUT" else tmp_path / "out"
        words = ["--trace", path, "--report", path] if first == "--trace" else [second, path]
        assert f"{first} and {second} are the same file, {path}." in refused("mpc", "components", edges, *words)
    for option in ("--trace", "--report"):
        assert "Not a directory" in refused("mpc", "components", edges, option, edges / "below")
        assert "is a folder" in refused("mpc", "components", edges, option, tmp_path)
    assert edges.read_bytes() == held and list(tmp_path.iterdir()) == [edges]
    assert logdepth("mpc", "components", edges, "--trace", tmp_path / "made" / "trace.csv").status == 0
    assert (tmp_path / "made" / "trace.csv").exists()


def test_a_run_goes_on_from_its_folder(logdepth, edges, tmp_path):
    first, again = (logdepth("mpc", "components", edges, "--resume", tmp_path / "run", "--json").json for _ in range(2))
    assert first["answer"] == again["answer"]
    assert first["rounds"] == again["rounds"]
    assert (tmp_path / "run" / "checkpoint.json").is_file()


@pytest.mark.slow
def test_ray_gives_the_same(logdepth, edges):
    pytest.importorskip("ray")
    local = logdepth("mpc", "components", edges, "--json").json
    ray = logdepth("mpc", "components", edges, "--engine", "ray", "--workers", 2, "--json").json
    assert {name for name in KEYS if local[name] != ray[name]} <= {"engine", "run_seconds", "seconds"}
    assert ray["engine"] == "ray"


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_of_its_own_takes_any_size_and_says_which_options_are_not_heeded(logdepth, refused, tmp_path, name):
    (tmp_path / "cycle").write_text("".join(f"{v} {(v + 1) % 70} {v}\n" for v in range(70)))
    (tmp_path / "numbers").write_text(" ".join(str(v) for v in range(120)))
    path = tmp_path / ("numbers" if name == "3-sum" else "cycle")
    assert logdepth("mpc", name, path, "--json").json["answer_correct"]  # larger than a model by default
    for limit in TASKS[name].limits:
        outcome = logdepth("mpc", name, path, f"--{limit}", 5, "--json")
        assert outcome.json["answer_correct"] and f"--{limit} changes nothing: {name} has" in outcome.stderr
        small, large = (make_task(name, {limit: value}).read_any_size(path) for value in (3, 500))
        assert np.array_equal(make_task(name).solve(small), make_task(name).solve(large))
        assert f"--{limit} changes" not in refused("mpc", name, path, f"--{limit}", 5, "--program"), (
            "there it is heeded"
        )


KARATE, FLORENCE = shipped_file("karate.gml"), shipped_file("florentine_families.gml")
REFUSED = {
    "too little memory": (
        ["components", "--memory", "20"],
        "machines of 20 words cannot run star hooking on 34 vertices and 78 edges. Give them at least 46 words.",
    ),
    "no memory": (["components", "--memory", "0"], "'--memory'"),
    "unknown engine": (["components", "--engine", "rya"], "there is no engine 'rya'. Did you mean 'ray'?"),
    "workers without ray": (["components", "--workers", "2"], "--workers is for --engine ray"),
    "blocks with ray": (["components", "--engine", "ray", "--blocks", "2"], "--blocks is for --engine local"),
    "a trace with ray": (["components", "--engine", "ray", "--trace", "t"], "--trace is for --engine local"),
    "no task": ([], "Missing argument 'TASK|DIR|FILE.py [INPUT]'"),
    "only options": (["--n", "3"], "mpc takes a task, and maybe one input; got none"),
    "three words": (["components", "a", "b"], "got 'components', 'a', 'b'"),
    "unknown task": (["component"], "Did you mean 'components'?"),
    "misspelt option": (["components", "--memroy", "64"], "Did you mean '--memory'?"),
    "no such file": (["components", "nowhere"], "nowhere does not exist"),
    "no weights": (["spanning-forest", FLORENCE], "needs a weight for every edge"),
    "not one or two cycles": (["1-vs-2-cycle", KARATE], "takes a graph of one or two cycles"),
    "too large for its program": (
        ["components", KARATE, "--program", "--n", "20"],
        "takes at most 20 vertices and 190 edges; this graph has 34 and 78. Take a smaller one, or give --n 34",
    ),
}

IDLE = {
    "a seed of a file": (["components", KARATE, "--seed", "3"], "--seed changes nothing: the input is karate.gml"),
    "a seed of the shipped input": (["components", "--seed", "3"], "--seed changes nothing"),
    "nothing to drop": (["components", "--n", "9", "--simplify"], "--simplify changes nothing"),
}


@pytest.mark.parametrize("case", IDLE)
def test_an_option_that_changes_nothing_is_noted_and_does_no_harm(logdepth, case):
    words, message = IDLE[case]
    outcome = logdepth("mpc", *words, "--json")
    assert outcome.json["answer_correct"] and message in outcome.stderr


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_command_line_is_one_line(refused, tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    words, message = REFUSED[case]
    assert message in refused("mpc", *words)
    assert list(tmp_path.iterdir()) == []


WEIGHTS = {"negative": "-3", "a fraction": "0.5", "absent": "", "words": "heavy"}


@pytest.mark.parametrize("kind", WEIGHTS)
def test_weights_that_are_none_are_refused(refused, tmp_path, kind):
    (tmp_path / "graph").write_text(f"a b 1\nb c {WEIGHTS[kind]}\n")
    assert "line 2" in refused("mpc", "spanning-forest", tmp_path / "graph")


def test_a_weight_below_0_is_refused_with_what_would_do(refused, tmp_path):
    (tmp_path / "graph").write_text("a b -3\n")
    assert "has -3. Add the same number to all weights." in refused("mpc", "spanning-forest", tmp_path / "graph")


@pytest.mark.parametrize("task", ["components", "spanning-forest"])
@pytest.mark.parametrize("memory", [10**12, 10**30])
def test_machines_may_be_as_large_as_one_likes(logdepth, edges, task, memory):
    words = ("components", edges) if task == "components" else (task, "les_miserables.gml")
    outcome = logdepth("mpc", *words, "--memory", memory, "--json")
    assert outcome.status == 0 and outcome.json["machines"] == 2


def test_a_question_that_nobody_asked_is_refused(refused, tmp_path):
    (tmp_path / "graph").write_text("? a b\na b\n")
    assert "asks about no pair of vertices" in refused("mpc", "components", tmp_path / "graph")


def test_a_folder_of_another_run_is_refused(logdepth, refused, edges, tmp_path):
    assert logdepth("mpc", "components", edges, "--resume", tmp_path / "run").status == 0
    said = refused("mpc", "components", KARATE, "--resume", tmp_path / "run")
    assert f"{tmp_path / 'run'} holds another run: it has 5 machines, not 22" in said


def test_without_ray_it_says_what_to_install(refused, edges, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    assert "pip install 'logdepth[ray]'" in refused("mpc", "components", edges, "--engine", "ray")


def test_json_is_one_line_of_plain_values(logdepth, edges):
    outcome = logdepth("mpc", "spanning-forest", "les_miserables.gml", "--json")
    assert json.loads(outcome.stdout)["answer_correct"] is True


def test_a_report_shows_the_rounds_of_the_run(logdepth, edges, tmp_path):
    page = tmp_path / "rounds.html"
    told = logdepth("mpc", "components", edges, "--report", page, "--json").json
    html = page.read_text("utf-8")
    assert f"{told['total_words']:,}" in html and f"≤ {told['claimed']['rounds']:,}" in html and "on edges." in html
    logdepth("mpc", "components", edges, "--report", page, "--resume", tmp_path / "kept")
    logdepth(
        "mpc", "components", edges, "--report", page, "--resume", tmp_path / "kept"
    )  # all rounds were taken before
    assert '"cells":[null,null,' in page.read_text("utf-8")


def test_an_error_is_all_that_is_said(logdepth):
    """A note on an option that changes nothing waits until there is something to show."""
    words = ("mpc", "components", KARATE, "--seed", 3)
    assert logdepth(*words).stderr == "--seed changes nothing: the input is karate.gml, and not random.\n"
    refused = logdepth(*words, "--memory", 20)
    assert refused.status == 2 and refused.stderr.count("\n") == 1
    assert refused.stderr.startswith("logdepth: machines of 20 words cannot run star hooking")
    assert "changes nothing" not in logdepth("mpc", "components").stderr


@pytest.mark.parametrize("by", ["leaders", "growing-balls"])
def test_the_seed_of_the_leaders_and_how_often_balls_double_are_chosen(logdepth, edges, by):
    doublings = ("--doublings", 1) if by == "leaders" else ()
    outcome = logdepth("mpc", "components", edges, "--by", by, "--seed", 7, *doublings, "--json")
    assert outcome.status == 0 and outcome.json["answer_correct"]
    assert outcome.json["parameters"].items() >= {"seed": 7, **({"doublings": 1} if doublings else {})}.items()
    assert "changes nothing" not in outcome.stderr


@pytest.mark.parametrize("by", [(), ("--by", "growing-balls"), ("--program",)])
def test_doublings_of_a_protocol_without_any_are_refused(logdepth, edges, by):
    outcome = logdepth("mpc", "components", edges, *by, "--doublings", 2)
    assert outcome.status == 2
    assert outcome.stderr == (
        "logdepth: this protocol of components has no doublings to choose. Leave --doublings out.\n"
    )
