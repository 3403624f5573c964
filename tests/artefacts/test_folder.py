"""A model comes back from its folder as it was, and every damaged folder is one clear line."""

import hashlib
import json
import os
import pickle
import re
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from logdepth.artefacts import check_free, compile_task, folder, read_model, write_model
from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, make_task

DESCRIPTION, TENSORS = folder.DESCRIPTION, folder.TENSORS


@pytest.fixture(scope="module")
def model():
    return compile_task(make_task("list-ranking", {"n": 9}))


def refused(directory, *words):
    """read_model gives one line, which names the place and holds the words."""
    with pytest.raises(UsageError) as error:
        read_model(directory)
    message = str(error.value)
    assert "\n" not in message and str(directory) in message
    for word in words:
        assert word in message


# --- there and back ---


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_model_comes_back_with_the_same_weights_names_and_answers(name, dtype, tmp_path):
    task = make_task(name, {"n": 6})
    model = compile_task(task, dtype)
    write_model(model, tmp_path / "model")
    again = read_model(tmp_path / "model")

    before, after = folder.tensors_of(model.transformer), folder.tensors_of(again.transformer)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) and before[key].dtype == after[key].dtype for key in before)
    assert folder.describe(again) == folder.describe(model)
    assert again.task == task and again.dtype == dtype and again.claimed == model.claimed
    rng = np.random.default_rng(0)
    for family in task.families:
        instance = task.sample(rng, family)
        assert np.array_equal(again.answer(instance), task.solve(instance))


def test_tied_blocks_are_stored_once(written, model):
    assert len(model.transformer.order) > len(model.transformer.blocks)
    stored = {name.split(".")[1] for name in load_file(written / TENSORS) if name.startswith("blocks.")}
    assert stored == {str(i) for i in range(len(model.transformer.blocks))}


def test_what_was_verified_comes_back(model, tmp_path):
    verified = {"instances": 10, "wrong": 0, "exhaustive_up_to": 3, "first_wrong": None, "seconds": 0.1}
    write_model(replace(model, verified=verified), tmp_path / "model")
    assert read_model(tmp_path / "model").verified == verified


def test_the_vocabulary_stands_in_the_description(tmp_path):
    write_model(compile_task(make_task("k-hop", {"n": 5, "k": 2, "alphabet": "acgt"})), tmp_path / "model")
    description = json.loads((tmp_path / "model" / DESCRIPTION).read_text())
    assert description["letters"] == "acgt" and description["inputs"] == {"token": 4}


# --- whole or not at all ---


def test_a_model_is_replaced_with_its_report(written, tmp_path):
    (written / folder.REPORT).write_text("the old one")
    other = compile_task(make_task("broadcast", {"n": 3}))
    write_model(other, written)
    assert read_model(written).task == other.task
    assert sorted(path.name for path in written.iterdir()) == [DESCRIPTION, TENSORS]
    assert list(tmp_path.iterdir()) == [written]


def test_an_empty_folder_is_free_and_missing_parents_are_made(model, tmp_path):
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "new" / "deep"):
        write_model(model, path)
        assert read_model(path).task == model.task


def test_nothing_but_a_model_is_replaced(model, written, tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("mine")
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "notes.txt").write_text("mine")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / DESCRIPTION).write_text('{"format": "of somebody else"}')
    (written / "notes.txt").write_text("mine")
    for path, word in (
        (file, "is a file"),
        (tmp_path / "things", "notes.txt"),
        (tmp_path / "foreign", DESCRIPTION),
        (written, "notes.txt"),
        (file / "model", "Not a directory"),
        (tmp_path / ("long" * 100), "name too long"),
    ):
        with pytest.raises(UsageError, match=re.escape(word)):
            write_model(model, path)
    assert file.read_text() == "mine" and (written / "notes.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "foreign", "model", "things"]
    assert read_model(written).task == model.task

    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(UsageError, match="the folder that you are in"):
        check_free(".")


def test_a_failure_leaves_the_old_model_and_nothing_else(model, written, tmp_path, monkeypatch):
    before = (written / TENSORS).read_bytes()
    write_bytes = Path.write_bytes

    def full(self, data):
        if self.name == DESCRIPTION:
            raise OSError(28, "No space left on device")
        return write_bytes(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(UsageError, match="No space left on device"):
            write_model(compile_task(make_task("broadcast", {"n": 3})), written)

    rename, failed = Path.rename, []

    def fail(self, target):
        if target == written and not failed:  # the new model's way in, not the old one's way back
            failed.append(self)
            raise OSError(5, "Input/output error")
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail)
        with pytest.raises(UsageError, match="Input/output error"):
            write_model(compile_task(make_task("broadcast", {"n": 3})), written)

    assert (written / TENSORS).read_bytes() == before and read_model(written).task == model.task
    assert list(tmp_path.iterdir()) == [written]


# --- damage ---


def test_what_is_missing_is_named(written, tmp_path):
    refused(tmp_path / "nowhere", "there is no model folder")
    refused(tmp_path / ("long" * 100), "name too long")
    refused(written / DESCRIPTION, "no model folder")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "no model folder", DESCRIPTION)
    (written / TENSORS).unlink()
    refused(written, TENSORS, "Copy the whole folder")


@pytest.mark.parametrize("name", [DESCRIPTION, TENSORS])
def test_every_flipped_byte_is_noticed(written, model, name):
    path = written / name
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.choice(len(whole), 150, replace=False):
        bad = bytearray(whole)
        bad[place] ^= 1 << rng.integers(8)
        path.write_bytes(bad)
        try:
            again = read_model(written)
        except UsageError as error:
            assert "\n" not in str(error)
        else:  # a blank between two words of the JSON has become another blank
            assert name == DESCRIPTION and chr(whole[place]).isspace()
            assert folder.describe(again) == folder.describe(model)


@pytest.mark.parametrize("name", [DESCRIPTION, TENSORS])
@pytest.mark.parametrize("kept", [0, 1, 8, 9, 100, -2])
def test_a_truncated_file_is_refused(written, name, kept):
    path = written / name
    path.write_bytes(path.read_bytes()[:kept])
    refused(written, name)


@pytest.mark.parametrize("text", [b"\0\0", b"\xff", b"[" * 100_000, b"null", b"[]", b"{}", b"not JSON"])
def test_a_description_that_is_none_is_refused(written, text):
    (written / DESCRIPTION).write_bytes(text)
    refused(written, DESCRIPTION)


class Trap:
    """Unpickling it would make a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_under_the_name_of_the_tensors_is_refused_and_not_executed(written, tmp_path, protocol):
    (written / TENSORS).write_bytes(pickle.dumps(Trap(tmp_path / "executed"), protocol=protocol))
    refused(written, TENSORS, *(["is a pickle"] if protocol >= 2 else []))  # older ones are plain text
    assert not (tmp_path / "executed").exists()


def test_a_model_written_by_torch_is_refused_and_not_executed(written, tmp_path):
    torch.save(Trap(tmp_path / "executed"), written / TENSORS)
    refused(written, TENSORS, "is a pickle")
    (written / TENSORS).rename(written / "model.pt")
    refused(written, "model.pt", "is a pickle")
    assert not (tmp_path / "executed").exists()


def test_a_newer_version_says_so(written, edit):
    edit(written, version=4, library="7.0.0", shape="of another kind")
    refused(written, "7.0.0", "format version 4", "reads format version 3", "Upgrade logdepth")


def test_a_task_of_format_version_1_is_read(written, edit, model):
    description = json.loads((written / DESCRIPTION).read_text())
    del description["program"]
    (written / DESCRIPTION).write_text(json.dumps(description))
    edit(written, version=1)
    again = read_model(written)
    assert again.origin == model.origin and np.array_equal(
        again.run({"next": [2, 0]})["rank"], model.run({"next": [2, 0]})["rank"]
    )
    edit(written, program=None)
    refused(written, "program is unknown in format version 1")


def test_a_changed_description_is_refused(written):
    description = json.loads((written / DESCRIPTION).read_text())
    (written / DESCRIPTION).write_text(json.dumps(description | {"claimed": {"layers": 1}}))
    refused(written, "its checksum is not the one")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"task": "no-task"}, ["there is no task 'no-task'"]),
        ({"parameters": {"n": 9, "colour": 3}}, ["no parameter 'colour'"]),
        ({"parameters": {"n": 0}}, ["n must be"]),
        ({"parameters": {"n": 10}}, ["columns"]),
        ({"parameters": {}}, ["'parameters'"]),
        ({"version": 0}, ["version is 0"]),
        ({"version": 3}, ["version 3 is for positions by formulas"]),
        ({"positions": []}, ["version 3 is for positions by formulas"]),
        ({"version": 3, "positions": [{"power": 1}]}, ["'positions' is F32"]),
        ({"version": 3, "positions": [{"power": 7}]}, ["positions[0].power is 7"]),
        ({"version": 3, "positions": [{"place": 0}]}, ["positions[0].place is 0"]),
        ({"program": {}}, ["either of a task or of a program"]),
        ({"program": 3}, ["program is 3"]),
        ({"version": "1"}, ["version is"]),
        ({"dtype": "bfloat16"}, ["bfloat16"]),
        ({"dtype": "float64"}, ["F32", "F64"]),
        ({"rows": -1}, ["rows is -1", "a whole number of at least 1"]),
        ({"rows": 2**50}, ["positions"]),
        ({"rows": True}, ["rows is true"]),
        ({"rows": 2**70}, ["rows is 1180591620717411303424", "at most 9007199254740992"]),
        ({"outputs": {"other": 8}}, ["readouts"]),
        ({"outputs": {"rank": -1}}, ["outputs.rank is -1"]),
        ({"outputs": {"rank": 2**63}}, ["outputs.rank is 9223372036854775808"]),
        ({"outputs": {"rank": 2**24}}, ["'rank'", "float32"]),
        ({"outputs": {"rank": 7}}, ["columns are not those of its task"]),
        ({"claimed": {"layers": "few"}}, ['claimed.layers is "few"', "a whole number"]),
        ({"claimed": {"heads": 1, "layers": [1]}}, ["claimed.layers is a list of 1"]),
        ({"claimed": {"layers": float("nan")}}, ["NaN"]),
        ({"claimed": ["layers"]}, ["claimed is a list of 1; it must be an object"]),
        ({"verified": {"instances": 3, "wrong": 4, "exhaustive_up_to": 0}}, ["more are wrong than there are"]),
        ({"verified": {"wrong": 0}}, ["verified.instances is missing"]),
        ({"verified": "yes"}, ['verified is "yes"']),
        ({"name": ""}, ["name is", "length"]),
        ({"inputs": {}}, ["embeddings.next"]),
        ({"order": [0, 9]}, ["order"]),
        ({"order": [0, "1"]}, ["order[1]"]),
        ({"order": [-1]}, ["order"]),
        ({"letters": "ab"}, ["'letters'"]),
        ({"residual": ["one"]}, ["width"]),
        ({"blocks": []}, ["order"]),
        ({"blocks": [{}], "order": [0]}, ["blocks[0]"]),
        ({"measured": {"layers": 1}}, ["'measured'"]),
        ({"causal": 1}, ["causal is 1"]),
        ({"colour": 3}, ["colour is unknown"]),
    ],
)
def test_a_contradiction_is_refused(written, edit, changes, words):
    edit(written, **changes)
    refused(written, *words)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_finite_numbers_are_refused(written, edit, value):
    tensors = load_file(written / TENSORS)
    tensors["positions"][1, 0] = value
    save_file(tensors, written / TENSORS)
    edit(written, tensors=hashlib.sha256((written / TENSORS).read_bytes()).hexdigest())
    refused(written, TENSORS, "'positions' holds what is no finite number")


def test_weights_that_overflow_are_no_answer(written, edit):
    tensors = load_file(written / TENSORS)
    tensors["positions"] += 3e38
    save_file(tensors, written / TENSORS)
    edit(written, tensors=hashlib.sha256((written / TENSORS).read_bytes()).hexdigest())
    with pytest.raises(UsageError, match="'rank' is no number"):
        read_model(written).run({"next": [0, 0]})


@pytest.mark.parametrize("name", [DESCRIPTION, TENSORS])
def test_what_is_no_file_is_refused_at_once(written, name):
    path = written / name

    def pipe():
        os.mkfifo(path)

    def socket_there():
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(os.path.relpath(path))  # its whole path may be too long for a socket

    for make, words in (
        (pipe, "is a named pipe"),
        (socket_there, "is a socket"),
        (path.mkdir, "is a folder"),
        (lambda: path.symlink_to("/dev/zero"), "is a device"),
        (lambda: path.symlink_to(path), "symbolic links"),
        (lambda: path.symlink_to(path.with_name("nothing")), "there is no file"),
    ):
        path.rmdir() if path.is_dir() else path.unlink()
        make()
        refused(written, str(path), words)


def test_a_file_that_is_larger_than_its_description_is_refused_unread(written):
    with (written / TENSORS).open("r+b") as stream:
        stream.truncate(2**40)  # of zeros that take no room; to read them would take hours
    refused(written, TENSORS, "1,099,511,627,776 bytes")


def test_every_key_of_the_description_is_needed(written):
    whole = json.loads((written / DESCRIPTION).read_text())
    for key in whole:
        (written / DESCRIPTION).write_text(json.dumps({k: v for k, v in whole.items() if k != key}))
        refused(written, *([f"{key} is missing"] if key not in {"format", "version"} else []))


def test_tensors_that_are_not_the_announced_ones_are_refused(written, edit):
    whole = load_file(written / TENSORS)
    original = {path: path.read_bytes() for path in written.iterdir()}

    def change(name, tensor):
        for path, data in original.items():
            path.write_bytes(data)
        tensors = {**whole, name: tensor}
        save_file({name: kept for name, kept in tensors.items() if kept is not None}, written / TENSORS)
        edit(written, tensors=hashlib.sha256((written / TENSORS).read_bytes()).hexdigest())

    for name in whole:
        change(name, None)
        refused(written, repr(name), "absent")
    for name, tensor in (
        ("extra", torch.zeros(1)),
        ("positions", whole["positions"][1:].clone()),
        ("positions", whole["positions"].double()),
        ("positions", whole["positions"].to(torch.int32)),
        ("blocks.0.attention.query", whole["blocks.0.attention.query"][..., 1:].clone()),
        ("readouts.rank", whole["readouts.rank"][None]),
    ):
        change(name, tensor)
        refused(written, repr(name))
