"""What each verb does, for people and as JSON."""

import numpy as np
import pytest
from safetensors.torch import load_file

from logdepth.artefacts import Model, read_model
from logdepth.cli.wording import option_called
from logdepth.protocols import PROTOCOLS
from logdepth.tasks import TASKS, make_task, shipped_file

SIZES = {"layers", "heads", "width", "blocks", "parameters", "precision_bits"}


# --- tasks ---


def test_tasks_lists_every_task_with_its_parameters(logdepth):
    listed = {task["name"]: task for task in logdepth("tasks", "--json").json["tasks"]}
    assert listed.keys() == TASKS.keys()
    for name, task in listed.items():
        defaults = {item["name"]: item["default"] for item in task["parameters"]}
        assert make_task(name, defaults) == make_task(name)
        assert task["families"] == list(TASKS[name].families)


def test_tasks_for_people_names_every_task(logdepth):
    text = logdepth("tasks").stdout
    assert all(name in text for name in TASKS)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_one_task_in_detail_shows_its_options_and_families(logdepth, name):
    text = logdepth("tasks", name).stdout
    assert all(f"--{item.name}" in text for item in TASKS[name].describe())
    assert all(family in text for family in TASKS[name].families)


# --- bounds ---


@pytest.mark.parametrize("name", sorted(TASKS))
def test_bounds_says_what_theory_our_construction_and_a_protocol_of_the_task_s_own_promise(logdepth, name):
    told = logdepth("theorems", name, "--n", "10", "--json").json
    text = " ".join(logdepth("theorems", name, "--n", "10").stdout.split())
    assert told["task"] == name
    assert told["parameters"] == make_task(name, {"n": 10}).parameters
    sizes, protocol = told["construction"]["sizes"], told["protocol"]
    assert sizes.keys() >= {"layers", "heads", "precision_bits"}  # others: `compile`
    assert all(claim["source"] and claim["sizes"] for claim in told["theory"])
    assert f"layers ≤ {sizes['layers']}" in text
    assert (protocol is not None) == (name in PROTOCOLS)
    if protocol is not None:
        assert protocol["model"] == "MPC" and protocol["exactness"] == "exact"
        assert f"MPC rounds ≤ {protocol['sizes']['rounds']}" in text
        assert f"{protocol['sizes']['memory_words']:,}" in text and protocol["source"].split()[0] in text


def test_bounds_marks_what_rests_on_a_conjecture(logdepth):
    told = logdepth("theorems", "components", "--json").json
    conjectures = {claim["conditional_on"] for claim in told["theory"] if claim["conditional_on"]}
    assert conjectures
    text = " ".join(logdepth("theorems", "components").stdout.split())
    assert all(conjecture.split()[0] in text for conjecture in conjectures)


# --- compile ---


def test_compile_tells_claimed_and_measured_size_and_what_was_verified(logdepth):
    told = logdepth("compile", "k-hop", "--n", "20", "--k", "3", "--samples", "50", "--json").json
    assert told["task"] == "k-hop"
    assert told["parameters"] == {"n": 20, "k": 3, "alphabet": "4"}
    assert told["claimed"].keys() >= SIZES
    assert told["measured"].keys() >= SIZES
    assert all(told["measured"][size] <= told["claimed"][size] for size in SIZES)
    assert told["verified"]["wrong"] == 0
    assert told["verified"]["instances"] >= 50
    assert told["verified"]["exhaustive_up_to"] >= 3
    assert told["seconds"] >= told["compile_seconds"] > 0
    assert told["folder"] is None


def test_a_parameter_may_stand_before_the_task_and_with_an_equals_sign(logdepth):
    told = logdepth("compile", "--k=3", "--n", "9", "k-hop", "--no-verify", "--json").json
    assert told["parameters"] == {"n": 9, "k": 3, "alphabet": "4"}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_compile_builds_in_the_format_that_is_asked_for(logdepth, dtype):
    told = logdepth("compile", "induction-heads", "--n", "9", "--dtype", dtype, "--no-verify", "--json").json
    assert told["dtype"] == dtype


def test_without_verification_nothing_is_said_to_be_verified(logdepth):
    told = logdepth("compile", "sort", "--n", "9", "--high", "9", "--no-verify", "--json").json
    assert told["verified"] is None
    assert told["measured"]["precision_bits"] is None
    assert "not verified" in logdepth("compile", "sort", "--n", "9", "--high", "9", "--no-verify").stdout


def test_untied_rounds_have_weights_of_their_own(logdepth):
    sizes = [
        logdepth("compile", "components", "--n", "8", "--no-verify", "--json", *words).json["measured"]
        for words in ((), ("--untied",))
    ]
    assert sizes[0]["layers"] == sizes[1]["layers"]
    assert sizes[0]["parameters"] < sizes[1]["parameters"]


def test_one_set_of_weights_for_all_lengths_says_where_it_runs(logdepth, refused, tmp_path):
    told = logdepth(
        "compile", "k-hop", "--k", 2, "--lengths", "any", "--samples", 2, "--out", tmp_path / "any", "--json"
    )
    lengths = {"from": 1, "to": 2364, "rows": 2364, "positions": ["1", "i", "C(i, 2)"]}
    assert (told.json["lengths"], told.json["parameters"]["n"], told.json["dtype"]) == (lengths, 2364, "float32")
    assert "runs at n = 1..2,364 in float32" in (tmp_path / "any" / "report.html").read_text()
    for text in ("a", "abcabcab"):
        (tmp_path / "text").write_text(text)
        assert logdepth("run", tmp_path / "any", tmp_path / "text", "--json").json["correct"] is True
    shorter = logdepth("compile", "k-hop", "--k", 2, "--lengths", "any", "--n", 9, "--no-verify", "--json").json
    assert shorter["measured"]["parameters"] == told.json["measured"]["parameters"]
    counted = logdepth("compile", "k-hop", "--k", 2, "--lengths", "counted", "--n", 9, "--samples", 5, "--json").json
    assert (counted["lengths"]["positions"], counted["verified"]["wrong"]) == (["1"], 0)
    assert counted["measured"]["layers"] == 1 + shorter["measured"]["layers"]
    assert logdepth("verify", tmp_path / "any", "--samples", 2, "--json").json["lengths"] == lengths
    pairs = logdepth("compile", "recall", "--pairs", 9, "--lengths", "any", "--no-verify", "--json").json
    assert pairs["lengths"]["to"] == pairs["parameters"]["n"] == 9
    for words, message in (
        (("k-hop", "--lengths", 5), "--lengths takes any or counted, not '5'"),
        (("sort", "--lengths", "counted"), "Give it formulas: --lengths any."),
        (("k-hop", "--lengths", "any", "--to", "mpc"), "--lengths is for transformers"),
    ):
        assert message in refused("compile", *words)


def test_another_way_is_shown_as_it_is_typed(logdepth):
    told = logdepth("compile", "k-hop", "--n", "9", "--k", "3", "--lengths", "any", "--no-verify").stdout
    assert "Another one: logdepth compile k-hop --n 9 --k 3 --alphabet 4 --way shallow --lengths any\n" in told


def test_a_way_that_all_lengths_do_not_have_is_no_error(logdepth):
    """The other way of triangle-count finds its vertices by functions of the row number that have no formula."""
    told = logdepth("compile", "triangle-count", "--way", "wide", "--n", 7, "--lengths", "any", "--no-verify", "--json")
    assert (told.json["ways"]["blank"]["measured"], told.json["ways"]["wide"]["chosen"]) == (None, True)


def test_compile_shows_people_a_table_and_where_the_page_is(logdepth, tmp_path):
    outcome = logdepth("compile", "k-hop", "--n", "9", "--k", "2", "--samples", "20", "--out", tmp_path / "model")
    assert outcome.status == 0
    assert "✓" in outcome.stdout
    assert "exact on" in outcome.stdout
    assert str(tmp_path / "model" / "report.html") in outcome.stdout


def test_the_written_folder_holds_the_verified_model_and_its_page(hops):
    assert {path.name for path in hops.iterdir()} == {"model.json", "model.safetensors", "report.html"}
    model = read_model(hops)
    assert model.task == make_task("k-hop", {"n": 30, "k": 2})
    assert model.verified["wrong"] == 0


def test_compiling_again_replaces_the_model(logdepth, tmp_path):
    for k, said in ((1, ""), (2, f"{tmp_path / 'm'} held a model of k-hop n=9, k=1, alphabet=4; it is replaced.\n")):
        outcome = logdepth("compile", "k-hop", "--n", "9", "--k", k, "--samples", "5", "--out", tmp_path / "m")
        assert (outcome.status, outcome.stderr) == (0, said)
    assert read_model(tmp_path / "m").task.k == 2


def test_a_letter_of_the_alphabet_may_be_a_bracket(logdepth, tmp_path):
    text = tmp_path / "text"
    text.write_text("[/][b][/]")
    words = ("k-hop", "--n", "9", "--k", "1", "--alphabet", "[/]b", "--samples", "5", "--out", tmp_path / "model")
    assert "alphabet=[/]b" in logdepth("compile", *words).stdout
    assert "[/][b][/]" in logdepth("run", tmp_path / "model", text).stdout


def spoil(model: Model) -> None:
    """Make a model wrong, in place."""
    for readout in model.transformer.readouts.values():
        readout.zero_()


def test_a_wrong_model_is_refused_with_status_1_and_not_written(logdepth, tmp_path, monkeypatch):
    from logdepth import artefacts as models

    def compile_wrongly(*args, **options):
        model = honest(*args, **options)
        spoil(model)
        return model

    honest = models.compile_task
    monkeypatch.setattr(models, "compile_task", compile_wrongly)
    words = ("compile", "k-hop", "--n", "9", "--samples", "20", "--out", tmp_path / "model")
    outcome = logdepth(*words, "--json")
    assert outcome.status == 1
    assert outcome.json["verified"]["wrong"] > 0
    assert outcome.json["folder"] is None
    assert "WRONG" in logdepth(*words).stdout
    assert list(tmp_path.iterdir()) == []


# --- verify ---


def test_verify_judges_as_many_instances_as_asked_for(logdepth, hops):
    told = logdepth("verify", hops, "--samples", "70", "--seed", "3", "--json").json
    few = logdepth("verify", hops, "--samples", "0", "--json").json
    assert told["verified"]["instances"] == few["verified"]["instances"] + 70
    assert told["verified"]["wrong"] == 0
    assert told["measured"].keys() >= SIZES
    assert told["claimed"].keys() >= SIZES
    assert told["seconds"] > 0


def test_exhaustive_verification_enumerates_larger_sizes(logdepth, tmp_path):
    assert logdepth("compile", "k-hop", "--n", "6", "--k", "2", "--no-verify", "--out", tmp_path / "model").status == 0
    sizes = [
        logdepth("verify", tmp_path / "model", "--samples", "0", "--json", *words).json["verified"]["exhaustive_up_to"]
        for words in ((), ("--exhaustive",))
    ]
    assert sizes == [4, 6]


def test_verify_shows_people_the_table(logdepth, hops):
    outcome = logdepth("verify", hops, "--samples", "10")
    assert outcome.status == 0
    assert "exact on" in outcome.stdout


def test_a_wrong_model_fails_verification_with_status_1(logdepth, hops, monkeypatch):
    from logdepth import artefacts as models

    def read_wrongly(folder):
        model = honest(folder)
        spoil(model)
        return model

    honest = models.read_model
    monkeypatch.setattr(models, "read_model", read_wrongly)
    outcome = logdepth("verify", hops, "--samples", "20", "--json")
    assert outcome.status == 1
    assert outcome.json["verified"]["wrong"] > 0
    text = hops.parent / "text"
    text.write_text("abababab")
    outcome = logdepth("run", hops, text)
    assert outcome.status == 1
    assert "NOT the exact answer" in outcome.stdout


# --- run ---


def test_run_answers_in_letters_and_compares_with_the_exact_answer(logdepth, hops, tmp_path):
    (tmp_path / "text").write_text("abcabdabcabd\n")
    told = logdepth("run", hops, tmp_path / "text", "--json").json
    task = make_task("k-hop", {"n": 30, "k": 2})
    instance = task.read(tmp_path / "text")
    assert told["answer"] == task.present(task.solve(instance), instance)
    assert told["correct"] is True
    assert told["task"] == "k-hop"
    text = logdepth("run", hops, tmp_path / "text").stdout
    assert "abcabdabcabd" in text
    assert "equal to the exact answer" in text


def test_run_answers_in_the_ids_of_the_graph(logdepth, components, tmp_path):
    (tmp_path / "families").write_text("Medici Strozzi\nAlbizzi\nMedici Pazzi\n")
    told = logdepth("run", components, tmp_path / "families", "--json").json
    assert told["answer"] == {"Medici": "Medici", "Strozzi": "Medici", "Albizzi": "Albizzi", "Pazzi": "Medici"}
    assert told["correct"] is True
    text = logdepth("run", components, tmp_path / "families").stdout
    assert "3 vertices: Medici Strozzi Pazzi\n1 vertex: Albizzi" in text


def test_simplify_drops_loops_and_repeated_edges(logdepth, components, tmp_path):
    (tmp_path / "graph").write_text("a b\nb a\nc c\n")
    told = logdepth("run", components, tmp_path / "graph", "--simplify", "--json").json
    assert told["answer"] == {"a": "a", "b": "a", "c": "c"}


def test_run_takes_a_shipped_input_by_its_name_and_says_so(logdepth, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert logdepth("compile", "cycle-check", "--n", "15", "--samples", "5", "--out", "model").status == 0
    outcome = logdepth("run", "model", "florentine_families.gml", "--json")
    assert outcome.json["input"] == str(shipped_file("florentine_families.gml"))
    assert outcome.json["answer"] is True
    assert outcome.stderr == "florentine_families.gml is not here; taking the shipped one.\n"


RUNNABLE = {
    "acausal-k-hop": ("abab", "--n 9"),
    "2-sum": ("1 2 3", "--n 9 --modulus 5"),
    "spanning-forest": ("a b 1\nb c 2\na c 3", "--n 9 --weights 9"),
    "edge-existence": ("? a b\na b\nb c", "--n 9"),
    "sort": ("3 1 2", "--n 9 --high 9"),
}


@pytest.mark.parametrize("name", RUNNABLE)
def test_every_kind_of_answer_can_be_shown(logdepth, tmp_path, name):
    content, options = RUNNABLE[name]
    (tmp_path / "input").write_text(content)
    words = (name, *options.split(), "--no-verify", "--out", tmp_path / "model")
    assert logdepth("compile", *words).status == 0
    assert "equal to the exact answer" in logdepth("run", tmp_path / "model", tmp_path / "input").stdout
    assert logdepth("run", tmp_path / "model", tmp_path / "input", "--json").json["correct"] is True


# --- export ---


def test_export_writes_a_file_that_onnxruntime_runs(logdepth, hops, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    path = tmp_path / "hops.onnx"
    assert logdepth("export", hops, "--format", "onnx", "--out", path, "--json").json["path"] == str(path)
    tokens = np.array([[1, 2, 1, 2, 1, 2]])
    (answer,) = onnxruntime.InferenceSession(path).run(["answer"], {"token": tokens})
    assert np.array_equal(answer[0], make_task("k-hop", {"k": 2}).solve(tokens[0]))


def test_export_says_what_it_wrote(logdepth, hops, tmp_path):
    pytest.importorskip("onnx")
    assert str(tmp_path / "file") in logdepth("export", hops, "--format", "onnx", "--out", tmp_path / "file").stdout


# --- the time that a verification takes ---


def test_verification_takes_the_time_it_is_given_and_says_what_it_did_not_reach(logdepth, hops, monkeypatch):
    from itertools import count

    from logdepth.verification import budget

    monkeypatch.setattr(budget, "perf_counter", count(0, 0.25).__next__)  # 1/4 s between two looks at the clock
    words = ("verify", hops, "--samples", "10000", "--seconds", "10")
    told = logdepth(*words, "--json").json["verified"]
    assert told["stopped"] == 10 and 0 < told["instances"] < told["planned"]
    assert told["precision_bits"] > 1  # counted on instances of its own, by a limit of work
    text = " ".join(logdepth(*words).stdout.split())
    assert "10 s allow for" in text and "--seconds 60 for more" in text


def test_a_verification_that_reached_nothing_is_no_verification(refused, hops, monkeypatch):
    from logdepth.verification import budget

    monkeypatch.setattr(budget.Budget, "begin", lambda budget, cost: setattr(budget, "stopped", True))
    assert "10 s do not suffice for one instance. Give more: --seconds 100." in refused(
        "verify", hops, "--seconds", "10"
    )


def test_long_work_without_a_terminal_tells_its_progress_in_few_lines(monkeypatch, capsys):
    from logdepth.cli import printing

    now = [0.0]
    monkeypatch.setattr(printing, "perf_counter", lambda: now[0])
    with printing.progress_bar("verifying") as progress:
        for done in range(1, 1001):
            now[0] += 1.0
            progress(done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "verifying: 4 of 1,000 after 4 s"
    assert [line.split()[1] for line in lines] == ["4", "8", "16", "32", "64", "128", "256", "512"]


# --- help, and names ---


@pytest.mark.parametrize("name", sorted(TASKS))
def test_the_help_of_a_verb_with_a_task_shows_the_task_s_options(logdepth, name):
    outcome = logdepth("compile", name, "--help")
    assert outcome.status == 0
    assert all(option_called(item.name) in outcome.stdout for item in TASKS[name].describe())


def test_the_task_may_stand_behind_help(logdepth):
    assert logdepth("compile", "--help", "kin").stdout == logdepth("compile", "kin", "--help").stdout


def test_the_help_of_dataset_shows_the_options_of_its_own_tasks(logdepth):
    assert "--most-hops" in logdepth("dataset", "k-hop", "--help").stdout


def test_one_thing_is_known_by_the_names_that_it_has_elsewhere(logdepth, tmp_path):
    told = logdepth("compile", "k-hop", "--n", "9", "--letters", "3", "--most-hops", "2", "--no-verify", "--json").json
    assert told["parameters"] == {"n": 9, "k": 2, "alphabet": "3"}
    words = (
        "dataset",
        "k-hop",
        "--n",
        "16",
        "--k",
        "4",
        "--alphabet",
        "3",
        "--sequences",
        "5",
        "--out",
        tmp_path / "d",
    )
    told = logdepth(*words, "--json").json
    assert (told["parameters"]["most_hops"], told["parameters"]["letters"]) == (4, 3)
    assert load_file(tmp_path / "d" / "data.safetensors")["inputs"].shape == (5, 16)


def test_an_option_that_changes_nothing_is_noted_and_does_no_harm(logdepth):
    outcome = logdepth("compile", "k-hop", "--n", "9", "--no-verify", "--samples", "3", "--json")
    assert (outcome.status, outcome.json["verified"]) == (0, None)
    assert outcome.stderr == "--samples changes nothing: with --no-verify nothing is checked.\n"


def test_the_model_comes_before_its_input(refused, hops, tmp_path):
    (tmp_path / "text").write_text("abab")
    for verb in ("run", "simulate"):
        assert f"Say: {hops} {tmp_path / 'text'}." in refused(verb, tmp_path / "text", hops)


def test_export_says_how_to_load_the_file(logdepth, hops, tmp_path):
    path = tmp_path / "hops.safetensors"
    outcome = logdepth("export", hops, "--format", "transformer-lens", "--out", path)
    assert f"logdepth.exports.load_transformer_lens({str(path)!r})" in outcome.stdout
    told = logdepth("export", hops, "--format", "onnx", "--out", tmp_path / "x.onnx", "--json").json
    assert told["load"] == f"onnxruntime.InferenceSession({str(tmp_path / 'x.onnx')!r})"
    said = logdepth("export", hops, "--format", "onnx", "--out", tmp_path / "x.onnx").stdout
    assert "run it: .run(None, {'token': …}), every column int64 of shape (tables, rows)" in said
