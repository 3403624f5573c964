"""A program of the user's own is a model like any other: compiled, run, written, read and exported."""

import inspect
import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from logdepth import (
    Table,
    UsageError,
    compile_program,
    compile_protocol,
    compile_task,
    interpret,
    make_task,
    read_model,
    verify,
    verify_program,
    verify_protocol,
    write_model,
)
from logdepth.artefacts import folder
from logdepth.exports import EXPORTS, export

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_program.py"


def total(rows, each=1, **bound):
    table = Table("total", rows, causal=True)
    value = table.map(lambda x: x * each, table.input("value", high=1), high=each, name="value")
    table.output("total", table.sum(value, name="total", **bound))
    return table.program()


@pytest.fixture(scope="module")
def model():
    return compile_program(total(9))


def test_a_programs_model_runs_on_its_columns_and_promises_no_size(model):
    assert model.run({"value": [1, 0, 1, 1]})["total"].tolist() == [1, 1, 2, 3]
    assert model.name == "total" and model.measured.layers == 1
    assert model.claimed == model.measured.as_json() | {"precision_bits": 24}


def test_a_programs_model_has_a_task_that_draws_tables_and_knows_their_answers(model):
    task = model.task
    table = task.sample(np.random.default_rng(0))
    assert np.array_equal(model.answer(table), task.solve(table))
    assert task.present(task.solve({"value": [1, 0, 1]}), {"value": [1, 0, 1]}) == {"total": [1, 1, 2]}
    assert task.parameters == {"rows": 9} and task.inputs == {"value": 1} and task.outputs == {"total": 9}


@pytest.mark.parametrize("value", [3, np.array(1), [[]], [[1, 0], [0, 1]]], ids=str)
def test_what_is_no_single_table_has_no_answer(model, value):
    with pytest.raises(UsageError, match=r"total takes one table at a time, in columns \(N,\); column 'value' has"):
        model.answer({"value": value})
    with pytest.raises(UsageError, match="one table at a time"):
        model.task.encode({"value": value})


def test_a_model_whose_program_is_lost_says_so(model):
    with pytest.raises(UsageError, match=r"'total' was compiled from a program.*does not hold it"):
        replace(model, origin="total").task  # noqa: B018


def test_a_model_is_called_as_its_task_is():
    task = make_task("broadcast", {"n": 3})
    model = compile_task(task)
    assert model.name == "broadcast" and model.origin is task is model.task


def test_a_program_is_compiled_in_the_first_format_that_carries_it():
    assert compile_program(total(9)).dtype == "float32"
    assert compile_program(total(5000)).dtype == "float64"
    assert compile_program(total(5000, high=500)).dtype == "float32"


def test_a_format_that_does_not_carry_a_program_is_refused_with_what_does():
    with pytest.raises(UsageError, match=r"in float32.*dtype='float64' does\.$"):
        compile_program(total(5000), "float32")
    with pytest.raises(UsageError, match=r"in float64.*Declare fewer rows or smaller ranges\.$"):
        compile_program(total(9, each=2**49))
    with pytest.raises(UsageError, match="unknown dtype 'float16'"):
        compile_program(total(9), "float16")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_programs_model_comes_back_with_the_same_name_and_answers(dtype, tmp_path):
    program = total(9)
    model = compile_program(program, dtype)
    write_model(model, tmp_path / "model")
    again = read_model(tmp_path / "model")
    assert (again.name, again.dtype, again.claimed) == ("total", dtype, model.claimed)
    assert again.origin.as_json() == program.as_json()
    assert folder.describe(again) == folder.describe(model)
    columns = {"value": np.array([1, 1, 0, 1])}
    assert np.array_equal(again.run(columns)["total"], interpret(program, columns)["total"])


def test_the_description_of_a_programs_model_names_no_task(written):
    description = json.loads((written / folder.DESCRIPTION).read_text())
    assert (description["version"], description["name"], description["task"]) == (2, "total", None)
    assert description["program"] == total(9).as_json()
    assert (description["parameters"], description["letters"], description["claimed"]) == (
        {},
        None,
        compile_program(total(9)).claimed,
    )


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"parameters": {"n": 9}}, "'parameters'"),
        ({"letters": "ab"}, "'letters'"),
        ({"program": None, "task": "prefix-sum", "parameters": {"n": 9, "high": 1}}, "'name'"),
        ({"program": None, "task": "prefix-sum", "name": "prefix-sum", "parameters": {"n": 9, "high": 1}}, "columns"),
        ({"program": None, "task": "no such task"}, "there is no task"),
        ({"name": None}, "name is null"),
        ({"name": "another"}, "'name'"),
        ({"program": None}, "either of a task or of a program"),
        ({"program": {}}, "no program that can be read"),
        ({"program": total(8).as_json()}, "rows and columns are not those of its program"),
        ({"program": total(10).as_json()}, "rows and columns are not those of its program"),
        ({"program": total(9, high=5).as_json()}, "rows and columns are not those of its program"),
        (
            {"program": {key: part for key, part in total(9).as_json().items() if key != "causal"}},
            "rows and columns are not those of its program",
        ),
    ],
)
def test_a_folder_that_contradicts_itself_is_refused(written, edit, changes, word):
    edit(written, **changes)
    with pytest.raises(UsageError, match=word):
        read_model(written)


def test_a_program_of_format_version_1_is_read_without_its_program(written, edit, model):
    description = json.loads((written / folder.DESCRIPTION).read_text())
    del description["program"]
    (written / folder.DESCRIPTION).write_text(json.dumps(description))
    edit(written, version=1)
    again = read_model(written)
    assert again.origin == "total" and again.run({"value": [1, 0, 1]})["total"].tolist() == [1, 1, 2]
    write_model(again, written)  # and it is written as it is
    assert json.loads((written / folder.DESCRIPTION).read_text())["version"] == 1
    assert read_model(written).origin == "total"


def test_a_program_that_would_not_be_read_again_is_not_written(model, tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "MOST_BYTES", 500)
    with pytest.raises(UsageError, match=r"'total' has [\d,]+ bytes, and at most 500 are read again"):
        write_model(model, tmp_path / "model")
    assert not (tmp_path / "model").exists()


HOSTILE = [None, True, -1, 2**53, 2**70, 1e300, "", "eval", "__import__('os').system('touch executed')", [], {}, [[]]]


def test_whatever_stands_in_place_of_a_part_of_a_program_nothing_is_executed(written, edit, tmp_path, monkeypatch):
    """It is refused in one line, or it is another program, which runs or refuses its table."""
    monkeypatch.chdir(tmp_path)
    whole = json.loads((written / folder.DESCRIPTION).read_text())["program"]
    refused = 0
    for path in paths_in(whole):
        for value in HOSTILE:
            edit(written, program=replaced_in(whole, path, value))
            try:
                model = read_model(written)
                model.task.solve({"value": [1, 0, 1]})
            except UsageError as error:
                assert "\n" not in str(error)
                refused += 1
    assert refused > 50 and sorted(entry.name for entry in tmp_path.iterdir()) == ["model"]


def paths_in(document, path=()):
    """Every place in a JSON document."""
    yield path
    if isinstance(document, dict | list):
        for key in document if isinstance(document, dict) else range(len(document)):
            yield from paths_in(document[key], (*path, key))


def replaced_in(document, path, value):
    if not path:
        return value
    copy = document.copy()
    copy[path[0]] = replaced_in(document[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize("format_", EXPORTS)
def test_a_programs_model_is_exported_from_its_folder(written, tmp_path, format_):
    export(read_model(written), format_, tmp_path / "file")
    assert (tmp_path / "file").stat().st_size > 0


def test_an_exported_program_gives_the_same_answers(written, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    export(read_model(written), "onnx", tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    assert session.run(["total"], {"value": np.array([[1, 0, 1, 1]])})[0].tolist() == [[1, 1, 2, 3]]
    assert json.loads(session.get_modelmeta().custom_metadata_map["logdepth"])["name"] == "total"


def test_the_example_is_short_and_runs(tmp_path, monkeypatch, capsys):
    assert len(EXAMPLE.read_text().splitlines()) <= 45
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    printed = capsys.readouterr().out
    assert "862 tables, 0 wrong\n" in printed and "be        1 before, then: or\n" in printed
    assert read_model("said-before").name == "said before"


def test_what_the_example_writes_runs_without_this_library(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    load = runpy.run_path(str(EXAMPLE.with_name("load_model.py")))["run"]
    assert load("said-before", {"word": [1, 2, 1, 1]}) == {"before": [0, 0, 1, 2], "next": [0, 0, 2, 1]}


# --- what the functions take ---


def test_a_table_stands_for_its_program():
    table = Table("echo", rows=4)
    table.output("same", table.input("x", 2))
    model = compile_program(table)
    assert interpret(table, [1, 2])["same"].tolist() == model.run([1, 2])["same"].tolist() == [1, 2]
    assert verify_program(table, model, samples=3).verified and model.program.name == "echo"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda made: compile_task("k-hop"), r"compile_task takes a Task, not 'k-hop' \(str\)\. Make one: make_task"),
        (lambda made: compile_task(made.program), r"compile_task takes a Task, .*\(Program\)"),
        (lambda made: compile_program("echo"), "compile_program takes a Program, not 'echo'"),
        (lambda made: compile_program(Table), r"compile_program takes a Program, .*\(a class\)"),
        (lambda made: interpret(made, [1]), r"interpret takes a Program, .*\(Model\)"),
        (lambda made: verify(made.program), r"verify takes a Model, .*\(Program\)"),
        (lambda made: verify_program(made, made.program), r"verify_program takes a Program, .*\(Model\)"),
        (lambda made: verify_program(made.program, made.program), r"verify_program takes a Model, .*\(Program\)"),
        (lambda made: write_model("place", made), "write_model takes a Model, not 'place'"),
        (lambda made: compile_protocol(made.program), r"compile_protocol takes a RawProtocol, .*\(Program\)"),
        (lambda made: verify_protocol(made, made), r"verify_protocol takes a RawProtocol, .*\(Model\)"),
    ],
)
def test_what_is_of_another_kind_is_refused_with_what_would_do(call, message, model):
    with pytest.raises(UsageError, match=message):
        call(model)


def test_help_of_a_table_shows_what_its_user_gives():
    assert list(inspect.signature(Table).parameters) == ["name", "rows", "causal"]
