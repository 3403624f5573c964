"""A plain dataset on disk: what it says is enough to train without this library."""

import gc
import json

import pytest
import torch
import yaml
from safetensors.torch import load_file

from logdepth.learn.samplers import SAMPLERS, Batch, KHop, make_sampler
from logdepth.learn.samplers.dataset import AT_ONCE, CARD, DATA, DESCRIPTION, FORMATS, LINES, write_dataset
from logdepth.numerics.errors import UsageError


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_dataset_holds_the_batches_of_its_seed(name, tmp_path):
    sampler = make_sampler(name)
    write_dataset(sampler, tmp_path / "data", AT_ONCE + 5, seed=3)
    held = load_file(tmp_path / "data" / DATA)
    assert {part: tensor.dtype for part, tensor in held.items()} == {
        **dict.fromkeys(("inputs", "targets", "group"), torch.int32),
        "answered": torch.bool,
    }
    for step, rows in ((0, slice(0, AT_ONCE)), (1, slice(AT_ONCE, AT_ONCE + 5))):
        batch = sampler.batch(AT_ONCE, 3, step)
        for part, tensor in held.items():
            assert torch.equal(tensor[rows], getattr(batch, part)[: rows.stop - rows.start])
    told = json.loads((tmp_path / "data" / DESCRIPTION).read_text())
    assert make_sampler(told["task"], told["parameters"]) == sampler
    assert told["tokens"] == list(sampler.tokens)
    assert set(held["targets"].unique().tolist()) <= {told["not_asked"], *range(len(told["tokens"]))}


def test_a_longer_dataset_begins_with_the_same_sequences(tmp_path):
    for count in (7, 1500):
        write_dataset(KHop(), tmp_path / str(count), count)
    short, long = (load_file(tmp_path / str(count) / DATA)["inputs"] for count in (7, 1500))
    assert len(short) == 7 and torch.equal(short, long[:7])


def test_one_batch_is_held_at_a_time(tmp_path):
    def held(done, total):
        assert sum(type(value) is Batch for value in gc.get_objects()) <= 1

    gc.collect()  # other tests' batches
    write_dataset(KHop(n=10, most_hops=2), tmp_path / "data", 5 * AT_ONCE, progress=held)


def test_an_interrupted_dataset_leaves_nothing(tmp_path):
    def interrupted(done, total):
        assert done < total, "stop"

    with pytest.raises(AssertionError, match="stop"):
        write_dataset(KHop(), tmp_path / "data", 2 * AT_ONCE, progress=interrupted)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_may_be_there_and_a_file_in_the_way_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    write_dataset(KHop(), tmp_path / "empty", 1)
    assert len(load_file(tmp_path / "empty" / DATA)["group"]) == 1
    with pytest.raises(UsageError, match=r"data\.safetensors/under cannot be written"):
        write_dataset(KHop(), tmp_path / "empty" / DATA / "under", 1)


def test_what_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UsageError, match="is there already"):
        write_dataset(KHop(), tmp_path, 5)


@pytest.mark.parametrize("name", SAMPLERS)
def test_lines_of_json_hold_what_the_tensors_hold(name, tmp_path):
    sampler = make_sampler(name)
    for format_ in FORMATS:
        write_dataset(sampler, tmp_path / format_, 1003, seed=3, format=format_)
    held = load_file(tmp_path / "safetensors" / DATA)
    lines = [json.loads(line) for line in (tmp_path / "jsonl" / LINES).read_text().splitlines()]
    for part, tensor in held.items():
        assert [line[part] for line in lines] == tensor.tolist()
    told = [json.loads((tmp_path / format_ / DESCRIPTION).read_text()) for format_ in FORMATS]
    assert [each.pop("file") for each in told] == [DATA, LINES]
    assert told[0] == told[1]


def test_hugging_face_datasets_reads_the_lines(tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets")
    write_dataset(KHop(n=10, most_hops=2), tmp_path / "data", 30, format="jsonl")
    read = datasets.load_dataset(str(tmp_path / "data"), split="train", cache_dir=str(tmp_path / "cache"))
    batch = KHop(n=10, most_hops=2).batch(AT_ONCE, 0, 0)
    assert len(read) == 30
    assert read["inputs"][:] == batch.inputs[:30].tolist() and read["group"][:] == batch.group[:30].tolist()


def test_the_card_names_the_file_that_holds_the_lines(tmp_path):
    write_dataset(KHop(n=10, most_hops=2), tmp_path / "data", 3, format="jsonl")
    head = (tmp_path / "data" / CARD).read_text().split("---")[1]
    (config,) = yaml.safe_load(head)["configs"]
    assert [tmp_path / "data" / each["path"] for each in config["data_files"]] == [tmp_path / "data" / LINES]
    write_dataset(KHop(n=10, most_hops=2), tmp_path / "tensors", 3)
    assert not (tmp_path / "tensors" / CARD).exists()


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no dataset format 'json'"):
        write_dataset(KHop(), tmp_path / "data", 1, format="json")
    assert list(tmp_path.iterdir()) == []
