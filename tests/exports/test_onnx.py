"""onnxruntime gives the answers that our own evaluation gives."""

import json
import sys
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest

from logdepth import Table
from logdepth.artefacts import compile_program, compile_task, describe
from logdepth.exports import onnx as onnx_export
from logdepth.exports.onnx import write_onnx
from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, make_task

LARGER = ["2-sum", "components", "k-hop", "sort", "sparse-averaging"]
"""Heads of every kind, at the size that is the default; every task is there at n = 6."""


def session(model, path):
    write_onnx(model, path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(session, columns):
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, dict(columns)), strict=True))


def assert_equal_answers(task, model, session, instance):
    columns = task.encode(instance)
    got = {name: values[0] for name, values in run(session, {n: c[None] for n, c in columns.items()}).items()}
    expected = model.transformer.run(columns)
    assert got.keys() == expected.keys() and all(np.array_equal(got[name], expected[name]) for name in expected)
    assert np.array_equal(task.decode(got, instance), task.solve(instance))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(TASKS))
def test_onnxruntime_gives_the_same_answers(name, dtype, tmp_path):
    task = make_task(name, {"n": 8})
    model = compile_task(task, dtype)
    runtime = session(model, tmp_path / "model.onnx")
    assert {column.name for column in runtime.get_inputs()} == task.inputs.keys()
    rng = np.random.default_rng(0)
    for family in task.families:
        assert_equal_answers(task, model, runtime, task.sample(rng, family))


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGER)
def test_onnxruntime_gives_the_same_answers_at_the_size_that_is_the_default(name, tmp_path):
    task = make_task(name)
    model = compile_task(task)
    runtime = session(model, tmp_path / "model.onnx")
    rng = np.random.default_rng(0)
    for family in task.families[:4]:
        assert_equal_answers(task, model, runtime, task.sample(rng, family, task.largest))


@pytest.mark.parametrize("tied", [True, False])
def test_batch_and_rows_are_free(tied, tmp_path):
    model = compile_task(make_task("list-ranking", {"n": 9}), tied=tied)
    runtime = session(model, tmp_path / "model.onnx")
    rng = np.random.default_rng(0)
    for batch, rows in ((1, 1), (3, 1), (1, 9), (4, 5)):
        columns = {"next": rng.integers(0, rows + 1, (batch, rows))}
        assert np.array_equal(run(runtime, columns)["rank"], model.transformer.run(columns)["rank"])
    with pytest.raises(Exception, match="broadcast"):  # a row more than there are positions: onnxruntime refuses
        run(runtime, {"next": np.zeros((1, 10), dtype=np.int64)})


@pytest.mark.parametrize("factor", [-1, 2])
def test_answers_beyond_their_range_are_cut_off_as_in_our_evaluation(factor, tmp_path):
    model = compile_task(make_task("sort", {"n": 6, "high": 9}))
    readouts = {name: factor * vector for name, vector in model.transformer.readouts.items()}
    broken = replace(model, transformer=replace(model.transformer, readouts=readouts))
    columns = {"key": np.array([[9, 3, 0, 5, 8, 1]])}
    got = run(session(broken, tmp_path / "model.onnx"), columns)["answer"]
    assert np.array_equal(got, broken.transformer.run(columns)["answer"])
    assert np.array_equal(got, np.clip(factor * np.sort(columns["key"]), 0, 9))


def test_tied_blocks_share_their_weights(tmp_path):
    model = compile_task(make_task("list-ranking", {"n": 9}))
    write_onnx(model, tmp_path / "model.onnx")
    proto = onnx.load(tmp_path / "model.onnx")
    assert len(model.transformer.order) > len(model.transformer.blocks)
    held = [onnx.numpy_helper.to_array(weight) for weight in proto.graph.initializer]
    assert sum(array.size for array in held if array.dtype == np.float32 and array.ndim) == model.measured.parameters


def test_the_file_says_what_model_it_is(tmp_path):
    model = compile_task(make_task("k-hop", {"n": 5, "k": 2, "alphabet": "acgt"}))
    write_onnx(model, tmp_path / "model.onnx")
    said = {each.key: json.loads(each.value) for each in onnx.load(tmp_path / "model.onnx").metadata_props}
    assert said["logdepth"] == json.loads(json.dumps(describe(model)))


def test_without_onnx_the_extra_is_named(tmp_path, monkeypatch):
    model = compile_task(make_task("broadcast", {"n": 3}))
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UsageError, match=r"pip install 'logdepth\[onnx\]'"):
        write_onnx(model, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_a_model_too_large_for_the_format_is_refused(tmp_path, monkeypatch):
    model = compile_task(make_task("broadcast", {"n": 3}))
    monkeypatch.setattr(onnx_export, "MOST_BYTES", 100)
    with pytest.raises(UsageError, match="less than 2 GiB"):
        write_onnx(model, tmp_path / "model.onnx")


NAMES = (
    "x",
    "",
    "two words",
    "北京",
    "a/b",
    "Gather/0",
    "weights/positions",
    "pattern/0",
    "x/output",
    "input",
    "Cast/9",
)


@pytest.mark.parametrize("inside", NAMES)
@pytest.mark.parametrize("outside", NAMES)
def test_columns_of_any_name_are_found_by_the_metadata(inside, outside, tmp_path):
    table = Table("names", rows=5)
    number, other = table.input(inside, high=3), table.input("x/output'", high=3)
    read = table.last(key=number, query=other, values=number)
    table.output(outside, table.map(lambda a: a + 1, read, high=4))
    table.output("twice", table.map(lambda a: a * 2, number, high=6))
    model = compile_program(table.program())
    runtime = session(model, tmp_path / "model.onnx")
    names = json.loads(runtime.get_modelmeta().custom_metadata_map["columns"])
    columns = {inside: np.array([[1, 2, 3, 0]]), "x/output'": np.array([[3, 2, 1, 0]])}
    got = run(runtime, {names["inputs"][name]: values for name, values in columns.items()})
    for name, values in model.run(columns).items():
        assert np.array_equal(got[names["outputs"][name]], values)
    assert [names["outputs"][name] for name in (outside, "twice")] == list(got)
    assert names["inputs"][inside] == inside or not inside, "an input keeps its name, if it has one"
    assert names["outputs"][outside] == outside or outside in ("", inside, "x/output'")


def test_a_name_that_is_no_text_is_refused_where_it_is_born():
    table = Table("names", rows=5)
    with pytest.raises(UsageError, match="text that UTF-8 can write"):
        table.output("\ud800", table.input("x", high=3))
