"""`evaluate` and `inspect`: the laboratory's verbs on small models."""

import json
import os
import pickle
import re

import pytest
import torch
import yaml

from logdepth.learn.evaluation.evaluate import SOLVED
from logdepth.learn.evaluation.rates import sequences_for
from logdepth.networks import Gpt2, Gpt2Shape


class Trap:
    """Unpickling makes a folder."""

    def __reduce__(self):
        return os.mkdir, ("sprung",)


@pytest.fixture
def run(tmp_path):
    """A folder with a GPT-2 that has learned nothing, as the published study writes them."""
    folder = tmp_path / "run"
    folder.mkdir()
    network = Gpt2(Gpt2Shape(vocabulary=10, positions=12, depth=2, heads=2, width=12), torch.Generator().manual_seed(0))
    torch.save({f"backbone.{key}": value for key, value in network.state_dict().items()}, folder / "model_100.pt")
    task = {"char_tokens": 3, "max_hops": 3, "min_hops": 0, "seq_len": 12}
    settings = {"model": {"depth": 2, "headcount": 2}, "training": {"task_kwargs": task}}
    (folder / "config.yaml").write_text(yaml.safe_dump(settings))
    return folder


# --- evaluate ---


@pytest.mark.parametrize(("dropout", "protocol", "sequences"), [("off", "corrected", 300), ("on", "published", 100)])
def test_evaluate_tells_protocol_sequences_errors_and_intervals(logdepth, run, dropout, protocol, sequences):
    result = logdepth("evaluate", run, "--dropout", dropout, "--json").json
    assert (result["protocol"], result["sequences"], result["depth"], result["heads"]) == (protocol, sequences, 2, 2)
    assert result["errors"].keys() == result["intervals"].keys() == {"0", "1", "2", "3"}
    for k, error in result["errors"].items():
        low, high = result["intervals"][k]
        assert 0 <= low <= error <= high <= 1
        assert error > 0.4  # it has learned nothing
    assert result["threshold"]["k"] == 0


def test_a_device_that_is_there_changes_nothing_and_one_that_is_not_is_refused(logdepth, refused, run, hops, tmp_path):
    """On a GPU the sequences are the same ones, drawn on the CPU."""
    words = [run, "--sequences", 7, "--json"]
    results = [logdepth("evaluate", *words, *device).json for device in ([], ["--device", "cpu"], ["--device", "auto"])]
    for result in results:
        result.pop("seconds")
    assert results[0] == results[1] == results[2]
    for device in {"cuda:99", "nonsense", *([] if torch.cuda.is_available() else ["cuda"])}:
        for verb in (
            *(["evaluate", run], ["evaluate", hops], ["inspect", run, "--out", tmp_path / "out"]),
            ["evaluate", tmp_path, "--study", "--out", tmp_path / "out"],
        ):
            said = refused(*verb, "--device", device)
            assert said == f"logdepth: there is no device {device!r} here. Leave --device out, or take cpu."
    assert not (tmp_path / "out").exists()


def test_evaluate_of_the_same_seed_is_the_same(logdepth, run):
    first, again, other = (
        logdepth("evaluate", run / "model_100.pt", "--sequences", 7, "--seed", seed, "--dropout", "on", "--json")
        for seed in (3, 3, 4)
    )
    assert first.json["errors"] == again.json["errors"] != other.json["errors"]


def test_evaluate_shows_a_line_for_each_k(logdepth, run):
    shown = logdepth("evaluate", run, "--sequences", 5).stdout
    assert "run gpt2, 2 layers, 2 heads, width 12" in shown
    assert "without dropout, 5 sequences for each k" in shown
    assert "error 2% or more at k = 1 (by the ends of the intervals 0 and 0" in " ".join(shown.split())
    assert [line.split()[0] for line in shown.splitlines() if line.count("…") == 2] == ["0", "1", "2", "3"]


def test_too_few_sequences_to_show_a_small_error_are_told(logdepth, run):
    """With 188 sequences without an error the interval still ends above 2%."""
    assert sequences_for(SOLVED) == 189
    told = "fewer than 189 sequences never show that an error is below 2%"
    for sequences, expected in ((188, True), (189, False)):
        shown = " ".join(logdepth("evaluate", run, "--sequences", sequences).stdout.split())
        assert (told in shown) == expected


def test_a_compiled_model_has_no_errors(logdepth, hops):
    result = logdepth("evaluate", hops, "--sequences", 40, "--json").json
    assert result["errors"] == {"2": 0}
    assert (result["depth"], result["heads"]) == (3, 1)


def test_networks_without_heads_are_evaluated_and_put_into_the_table_but_not_inspected(logdepth, refused, tmp_path):
    settings = {
        "n": 12,
        "most_hops": 2,
        "width": 8,
        "steps": 2,
        "warmup": 1,
        "depth": 1,
        "vocabulary": 0,
        "network": "gru",
    }
    words = [word for name, value in settings.items() for word in (f"--{name}", value)]
    run = tmp_path / "runs" / "gru"
    assert logdepth("train", "khop-paper", *words, "--readout", "linear", "--out", run).status == 0
    result = logdepth("evaluate", run, "--sequences", 3, "--json").json
    assert result["architecture"] == "gru"
    assert "heads" not in result
    assert "gru: gru, 1 layer, width 8" in logdepth("evaluate", run.parent, "--study", "--out", tmp_path / "t").stdout
    assert "gru has no attention heads to look into" in refused("inspect", run)


def test_evaluate_refuses_what_it_cannot_use(refused, run, components, tmp_path):
    assert "there is no checkpoint" in refused("evaluate", tmp_path / "none")
    assert "dropout is on or off, not 'yes'" in refused("evaluate", run, "--dropout", "yes")
    assert "is a model of components" in refused("evaluate", components)
    assert "--sequences" in refused("evaluate", run, "--sequences", 0)
    (run / "model_100.pt").write_bytes((run / "model_100.pt").read_bytes()[:500])
    assert "holds no weights that can be read" in refused("evaluate", run, "--json")
    (run / "model_100.pt").unlink()
    assert "run has no weights" in refused("evaluate", run)
    (run / "config.yaml").unlink()
    assert "has no config.yaml" in refused("evaluate", run)


# --- a study ---


def test_a_study_puts_every_checkpoint_beside_its_published_errors_and_writes_all_forms(logdepth, run, tmp_path):
    (tmp_path / "errors.json").write_text('{"((2, 2, -1), 1)": 0.9}')
    words = ["evaluate", tmp_path, "--study", "--sequences", 3, "--out", tmp_path / "out" / "table"]
    shown = logdepth(*words)
    assert shown.status == 0
    assert "run: gpt2, 2 layers, 2 heads, width 12" in shown.stdout
    assert [shown.stdout.count(word) for word in ("published, 100 seq.", "corrected, 3 seq.")] == [1, 1]
    result = logdepth(*words, "--json").json
    [checkpoint] = result["checkpoints"]
    assert checkpoint["protocols"].keys() == {"published", "corrected"}
    assert checkpoint["published_errors"] == {"1": 0.9}
    assert result["failed"] == []
    held = {path.name for path in (tmp_path / "out" / "table").iterdir()}
    assert held == {"table.txt", "table.csv", "table.json", "table.png", "table.svg"}


def test_a_failing_checkpoint_is_named_and_the_rest_goes_on(logdepth, run, tmp_path):
    for name in ("before", "zero"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model_3.pt").write_bytes(b"PK\3\4 cut off")
        (tmp_path / name / "config.yaml").write_bytes((run / "config.yaml").read_bytes())
    words = ["evaluate", tmp_path, "--study", "--sequences", 2, "--out", tmp_path / "table"]
    outcome = logdepth(*words, "--json")
    assert outcome.status == 2
    assert [entry["name"] for entry in outcome.json["checkpoints"]] == ["run"]
    assert [entry["checkpoint"] for entry in outcome.json["failed"]] == [
        str(tmp_path / "before"),
        str(tmp_path / "zero"),
    ]
    assert outcome.stderr.count("holds no weights that can be read") == 2
    assert (tmp_path / "table" / "table.png").exists()


def test_a_study_refuses_folders_without_anything(refused, tmp_path):
    assert "there is no folder of checkpoints" in refused("evaluate", tmp_path / "none", "--study")
    assert "holds a checkpoint" in refused("evaluate", tmp_path, "--study")
    (tmp_path / "file").touch()
    assert "file is a file" in refused("evaluate", tmp_path, "--study", "--out", tmp_path / "file")


def test_a_study_refuses_a_folder_of_nothing_but_failures(logdepth, tmp_path):
    (tmp_path / "config.yaml").write_text("headcount: 2")
    outcome = logdepth("evaluate", tmp_path, "--study", "--out", tmp_path / "table")
    assert outcome.status == 2
    assert "has no weights" in outcome.stderr
    assert "none of the 1 checkpoints" in outcome.stderr
    assert not (tmp_path / "table").exists()


# --- inspect ---


def test_inspect_tells_which_head_does_which_hop_and_writes_a_report(logdepth, hops, tmp_path):
    result = logdepth("inspect", hops, "--sequences", 8, "--out", tmp_path / "look", "--json").json
    assert (result["k"], result["error"]) == (2, 0)
    assert [head["reads"] for head in result["heads"]] == ["previous", "find^1", "find^1"]
    assert [head["share"] for head in result["heads"][1:]] == [1, 1]
    written = {"report.html", "inspection.csv", "inspection.json", "alignment.png", "patterns.png"}
    assert {path.name for path in (tmp_path / "look").iterdir()} == written
    held = json.loads((tmp_path / "look" / "inspection.json").read_text())
    assert held == {key: value for key, value in result.items() if key not in ("folder", "seconds")}


def test_inspect_shows_a_line_for_each_head_of_a_trained_model(logdepth, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = logdepth("inspect", run, "--k", 1, "--sequences", 3).stdout
    assert "asked k = 1 on 3 sequences: error" in shown
    assert re.findall(r"^ (\d\.\d) ", shown, re.MULTILINE) == ["1.1", "1.2", "2.1", "2.2"]
    assert (tmp_path / "run-inspected" / "report.html").exists()
    assert (tmp_path / "run-inspected" / "by-k.png").read_bytes().startswith(b"\x89PNG")
    rows = (tmp_path / "run-inspected" / "inspection.csv").read_text().splitlines()
    assert len(rows) == 1 + 4 * 4 * 6  # heads, k, targets


def test_a_checkpoint_with_code_in_it_is_refused_and_not_run(refused, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (run / "model_100.pt").write_bytes(pickle.dumps(Trap()))
    for verb in ("evaluate", "inspect"):
        assert "holds no weights that can be read" in refused(verb, run)
    assert not (tmp_path / "sprung").exists()


def test_inspect_refuses_what_it_cannot_use(refused, run, components, tmp_path):
    assert "there is no checkpoint" in refused("inspect", tmp_path / "none")
    assert "asked k from 0 to 3; got 4" in refused("inspect", run, "--k", 4, "--out", tmp_path / "out")
    assert "is a model of components" in refused("inspect", components)
    assert "is a file" in refused("inspect", run, "--out", run / "config.yaml")
    assert not (tmp_path / "out").exists()
