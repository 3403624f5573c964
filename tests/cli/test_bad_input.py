"""Input that cannot be used: one clear line on stderr, status 2, nothing on stdout, nothing half-written."""

import json
import pickle
import shutil

import pytest

from logdepth.tasks import MOST_BYTES

# --- the command line itself ---

LINES = {
    "unknown verb": (["complie"], "there is no verb"),
    "no task": (["compile"], "compile takes one task; got none"),
    "only options": (["compile", "--n", "3"], "takes one task; got none"),
    "two tasks": (["compile", "sort", "k-hop"], "takes one task; got 'sort' and 'k-hop'"),
    "unknown task": (["compile", "khop"], "there is no task 'khop'. Did you mean 'k-hop'?"),
    "unknown task in theorems": (["theorems", "conectivity"], "Did you mean 'connectivity'?"),
    "unknown task in tasks": (["tasks", "srot"], "Did you mean 'sort'?"),
    "unknown parameter": (["compile", "k-hop", "--hops", "3"], "compile k-hop has no option --hops. Known: --"),
    "parameter of another task": (["compile", "sort", "--k", "3"], "compile sort has no option --k"),
    "misspelt parameter": (["theorems", "2-sum", "--modulo", "9"], "Did you mean '--modulus'?"),
    "misspelt option": (["compile", "k-hop", "--dtpye", "float64"], "Did you mean '--dtype'?"),
    "misspelt option without a value": (["compile", "k-hop", "--jsn"], "no option --jsn. Did you mean '--json'?"),
    "misspelt option before another": (
        ["theorems", "k-hop", "--jsn", "--n", "3"],
        "no option --jsn. Did you mean '--json'?",
    ),
    "task in capitals": (["theorems", "K-HOP"], "Did you mean 'k-hop'?"),
    "short option": (["compile", "k-hop", "-n", "9"], "has no option -n. Did you mean '--n'?"),
    "no value": (["compile", "k-hop", "--n"], "--n needs a value"),
    "no value before an option": (["compile", "k-hop", "--n", "--k", "3"], "--n needs a value"),
    "value twice": (["compile", "k-hop", "--n", "3", "--n=4"], "--n is given twice"),
    "value out of range": (["compile", "k-hop", "--n", "0"], "n must be a whole number from 1 to"),
    "value no number": (["compile", "k-hop", "--k", "two"], "k must be a whole number"),
    "negative value": (["compile", "k-hop", "--k", "-2"], "k must be a whole number from 0 to 1048576; got '-2'"),
    "bad alphabet": (["compile", "k-hop", "--alphabet", "aba"], "letters of an alphabet are distinct"),
    "unknown dtype": (["compile", "k-hop", "--dtype", "float16"], "unknown dtype 'float16'"),
    "unknown dtype in theorems": (["theorems", "k-hop", "--dtype", "bf16"], "unknown dtype 'bf16'"),
    "bad samples": (["compile", "k-hop", "--samples", "many"], "'--samples'"),
    "a seed beyond 64 bits": (["compile", "k-hop", "--seed", str(2**63)], "'--seed'"),
    "negative samples": (["compile", "k-hop", "--samples", "-1"], "'--samples'"),
    "no input": (["run", "model"], "Missing argument 'INPUT'"),
    "no format": (["export", "model", "--out", "x"], "Missing option '--format'"),
    "unknown option of verify": (["verify", "model", "--sample", "3"], "--sample"),
    "no model folder": (["verify", "nowhere"], "there is no model folder nowhere"),
    "capitals": (["compile", "k-hop", "--K", "3"], "Did you mean '--k'?"),
    "a task without a verb": (["k-hop", "--n", "9"], "a verb comes first. Say: logdepth compile k-hop"),
    "a misspelt verb": (["comple", "k-hop"], "there is no verb 'comple'. Did you mean 'compile'?"),
    "a verb that was merged": (
        ["table", "--checkpoints", "x"],
        "no verb 'table' any more. Say: logdepth evaluate DIR --study.",
    ),
    "an option that was renamed": (
        ["evaluate", "x", "--protocol", "published"],
        "--protocol has another name: --dropout on",
    ),
    "one option by two names": (
        ["compile", "k-hop", "--letters", "3", "--alphabet", "4"],
        "are the same. Give it once.",
    ),
    "an option in place of a value": (["compile", "k-hop", "--out", "--untied"], "--out needs a value; --untied is an"),
    "numbers beyond the format": (
        ["compile", "prefix-sum", "--n", "1000", "--high", "100000", "--dtype", "float32"],
        "float32",
    ),
}

PATHS = [
    *(["compile", "k-hop", "--out"], ["compile"], ["compile", "--router"], ["demo", "--out"], ["export", "m", "--out"]),
    *(["mpc", "components"], ["mpc", "components", "--resume"], ["mpc", "components", "--trace"]),
    *(["run", "m"], ["run"], ["verify"], ["verify", "m"], ["simulate"], ["simulate", "m", "--report"]),
    *(["train", "--resume"], ["train", "khop-small", "--out"], ["train", "khop-small", "--weights"]),
    *(["dataset", "k-hop", "--out"], ["evaluate"], ["inspect"], ["inspect", "m", "--out"]),
    ["evaluate", "m", "--out"],
]


@pytest.mark.parametrize("words", PATHS, ids=" ".join)
def test_an_empty_path_is_not_the_current_folder(refused, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    last = words[-1] if words[-1].startswith("--") else None
    where = "among the words" if last is None else f"after {last}"
    assert f"an empty word stands {where}. " in refused(*words, "")
    if last is not None:
        assert f"an empty word stands {where}. " in refused(*words[:-1], f"{last}=")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("case", LINES)
@pytest.mark.parametrize("json_too", [False, True], ids=["for people", "json"])
def test_a_wrong_command_line_is_one_line(refused, tmp_path, monkeypatch, case, json_too):
    monkeypatch.chdir(tmp_path)
    words, message = LINES[case]
    assert message in refused(*words, *(["--json"] if json_too else []))
    assert list(tmp_path.iterdir()) == []


def test_the_console_command_prints_one_line_and_no_traceback(start, tmp_path):
    process = start("mpc", "khop", "--report", "page.html", cwd=tmp_path)  # a verb that loads no torch
    stdout, stderr = process.communicate(timeout=60)
    lines = [line for line in stderr.splitlines() if not line.startswith("import time:")]
    assert (process.returncode, stdout) == (2, "")
    assert lines == ["logdepth: there is no task 'khop'. Did you mean 'k-hop'?"]
    assert list(tmp_path.iterdir()) == []


# --- files of input ---


def test_an_input_without_its_model_is_not_taken_for_a_checkpoint(refused, tmp_path):
    (tmp_path / "own.txt").write_text("abc")
    said = refused("explore", tmp_path / "own.txt", "--out", tmp_path / "page.html")
    assert "own.txt is no model. Give the folder of a model first" in said
    assert not (tmp_path / "page.html").exists()


def test_a_missing_input_file(refused, hops, tmp_path):
    assert "none.txt does not exist" in refused("run", hops, tmp_path / "none.txt")


INPUTS = {
    "empty": (b"", "is empty"),
    "binary": (b"abc\0abc", "is binary"),
    "not UTF-8": (b"ab\xff", "is not UTF-8"),
    "letter outside": (b"abcde", "letter 'e' is not in the alphabet 'abcd'"),
    "too long": (b"ab" * 20, "takes at most 30 tokens"),
    "a remedy for who has a model": (b"ab" * 20, "Shorten it, or take a model that was compiled with --n 40."),
}


@pytest.mark.parametrize("case", INPUTS)
def test_a_text_that_cannot_be_used(refused, hops, tmp_path, case):
    content, message = INPUTS[case]
    (tmp_path / "input").write_bytes(content)
    assert message in refused("run", hops, tmp_path / "input")
    assert message in refused("run", hops, tmp_path / "input", "--json")


def test_a_huge_file(refused, hops, tmp_path):
    with (tmp_path / "input").open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    assert "is larger than 64 MiB" in refused("run", hops, tmp_path / "input")


GRAPHS = {
    "an empty cell": ("a,b\na,\n", "line 2, has an empty cell"),
    "another delimiter": ("a|b\nb|c\n", "no line of"),
    "too many vertices": ("v0 v1\n" + "\n".join(f"v{i}" for i in range(11)), "takes at most 10 vertices"),
    "a remedy for who has a model": (
        "v0 v1\n" + "\n".join(f"v{i}" for i in range(11)),
        "Take a smaller one, or take a model that was compiled with --n 11 --edges 45.",
    ),
    "no edge list": ("a b c d\n", "an edge list has lines 'u v'"),
    "an adjacency list": ("a b c\nb d\nc a b d\n", "say --format adjlist"),
    "a question": ("? a b\na b\n", "asks about no pair of vertices"),
}


@pytest.mark.parametrize("case", GRAPHS)
def test_a_graph_that_cannot_be_used(refused, components, tmp_path, case):
    content, message = GRAPHS[case]
    (tmp_path / "graph").write_text(content)
    assert message in refused("run", components, tmp_path / "graph")


def test_the_remedy_against_a_loop_is_an_option_that_exists(refused, logdepth, tmp_path):
    (tmp_path / "graph").write_text("a b\nb b\n")
    assert "--simplify" in refused("mpc", "cycle-check", tmp_path / "graph")
    assert logdepth("mpc", "cycle-check", tmp_path / "graph", "--simplify").status == 0


@pytest.mark.parametrize("verb", ["run", "simulate", "mpc"])
def test_notes_are_lines_on_stderr_and_a_key_of_json(logdepth, components, tmp_path, verb):
    (tmp_path / "graph").write_text("a b\nb b\nb a\n")
    place = "components" if verb == "mpc" else components
    notes = [f"{tmp_path}/graph: 1 self-loop dropped.", f"{tmp_path}/graph: 1 repeated edge dropped."]
    outcome = logdepth(verb, place, tmp_path / "graph", "--json")
    assert outcome.json["notes"] == notes and outcome.status == 0
    assert logdepth(verb, place, tmp_path / "graph").stderr == "".join(f"{said}\n" for said in notes)


@pytest.mark.parametrize("verb", ["run", "simulate", "mpc"])
def test_format_and_delimiter_decide_how_a_file_is_read(refused, logdepth, components, tmp_path, verb):
    place = "components" if verb == "mpc" else components
    (tmp_path / "graph").write_text("a|b\nb|c\n")
    assert "Say the delimiter" in refused(verb, place, tmp_path / "graph")
    assert logdepth(verb, place, tmp_path / "graph", "--delimiter", "|").status == 0
    assert logdepth(verb, place, tmp_path / "graph", "--format", "edge-list").status == 0
    assert "Did you mean 'graphml'?" in refused(verb, place, tmp_path / "graph", "--format", "graphm")
    assert "not a GML file" in refused(verb, place, tmp_path / "graph", "--format", "gml")


def test_isolated_vertices_are_fine(logdepth, components, tmp_path):
    (tmp_path / "graph").write_text("a b\nc\n")
    assert logdepth("run", components, tmp_path / "graph", "--json").json["answer"] == {"a": "a", "b": "a", "c": "c"}


def test_simplify_is_for_graphs(refused, hops, tmp_path):
    (tmp_path / "text").write_text("abab")
    assert "--simplify" in refused("run", hops, tmp_path / "text", "--simplify")


# --- model folders ---


@pytest.fixture
def folder(hops, tmp_path):
    """A copy of a model's folder, to be damaged."""
    return shutil.copytree(hops, tmp_path / "model")


def every_reader_refuses(refused, folder, message):
    (folder.parent / "text").write_text("abab")
    assert message in refused("verify", folder)
    assert message in refused("run", folder, folder.parent / "text")
    assert message in refused("export", folder, "--format", "onnx", "--out", folder.parent / "out.onnx")
    assert not (folder.parent / "out.onnx").exists()


def test_a_folder_that_is_no_model(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    every_reader_refuses(refused, tmp_path / "empty", "model.json")


def test_damaged_weights(refused, folder):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    every_reader_refuses(refused, folder, "model.safetensors")


def test_missing_weights(refused, folder):
    (folder / "model.safetensors").unlink()
    every_reader_refuses(refused, folder, "model.safetensors")


def test_a_damaged_description(refused, folder):
    (folder / "model.json").write_text('{"format": ')
    every_reader_refuses(refused, folder, "model.json")


def test_a_newer_version(refused, folder):
    description = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(description | {"version": 99}))
    every_reader_refuses(refused, folder, "99")


class Boom:
    """Unpickling it would be noticed."""

    def __reduce__(self):
        return exec, ("raise SystemExit('code of a file was executed')",)


@pytest.mark.parametrize("name", ["model.safetensors", "model.pt"])
def test_a_pickle_is_never_loaded(refused, folder, name):
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(pickle.dumps(Boom()))
    every_reader_refuses(refused, folder, "pickle")


# --- places to write to ---


def test_a_folder_of_other_things_is_not_replaced(refused, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("...")
    refused("compile", "k-hop", "--n", "9", "--out", tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter.tex").read_text() == "..."


def test_a_file_is_not_replaced_by_a_model(refused, tmp_path):
    (tmp_path / "file").write_text("...")
    refused("compile", "k-hop", "--n", "9", "--out", tmp_path / "file")
    refused("compile", "k-hop", "--n", "9", "--samples", "5", "--out", tmp_path / "file" / "model")
    assert (tmp_path / "file").read_text() == "..."


def test_an_unknown_export_format(refused, hops, tmp_path):
    assert "Did you mean 'onnx'?" in refused("export", hops, "--format", "onxx", "--out", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_an_export_into_a_folder_that_is_there(refused, hops, tmp_path):
    pytest.importorskip("onnx")
    refused("export", hops, "--format", "onnx", "--out", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "error",
    [MemoryError("Unable to allocate 8 TiB"), RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes")],
)
def test_too_little_memory_is_one_line(refused, tmp_path, monkeypatch, error):
    def fail(*args, **options):
        raise error

    monkeypatch.setattr("logdepth.pages.make_page", fail)
    said = refused("compile", "k-hop", "--n", "9", "--samples", "5", "--out", tmp_path / "model")
    assert said == f"logdepth: there is not enough memory ({error}). Choose smaller sizes."
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_drawn_leaves_nothing_behind(tmp_path, monkeypatch, capsys):
    from logdepth.cli import main

    def fail(*args, **options):
        raise RuntimeError("no ink")

    monkeypatch.setattr("logdepth.pages.make_page", fail)
    assert main(["compile", "k-hop", "--n", "9", "--samples", "5", "--out", str(tmp_path / "model")]) == 70
    assert "RuntimeError: no ink" in capsys.readouterr().err, "an error of our own shows its traceback"
    assert list(tmp_path.iterdir()) == []
