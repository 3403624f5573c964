"""`train` and `dataset` on the command line."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from safetensors.torch import load_file
from torch.distributed.run import parse_args

from logdepth.learn.sweeps import sweep as sweeping
from logdepth.learn.sweeps.sweep import INTERRUPTED, Outcome
from logdepth.learn.training.run_folder import step_of

DOCS = Path(__file__).parents[2] / "docs" / "training.md"


SMALL = "--n 10 --most-hops 2 --letters 3 --width 16 --depth 1 --heads 2 --batch 4 --steps 20 --warmup 5 --log-every 5"
TRAIN = ["train", "khop-paper", *SMALL.split(), "--vocabulary", "0", "--device", "cpu"]


def test_train_writes_a_run_that_can_be_evaluated(logdepth, tmp_path):
    folder = tmp_path / "run"
    result = logdepth(*TRAIN, "--out", folder, "--json").json
    assert result["folder"] == str(folder)
    assert result["runs"]["run"]["errors"].keys() == {"0", "1", "2"}
    assert result["runs"]["run"]["parameters"] == 16 * 8 + 16 * 10 + 12 * 16**2 + 13 * 16 + 2 * 16
    assert result["runs"]["run"]["state_words"] == 2 * 16 * 9
    evaluated = logdepth("evaluate", folder, "--json").json
    assert evaluated["errors"] == result["runs"]["run"]["errors"]
    again = logdepth("train", "--resume", folder, "--json").json
    assert again["runs"] == result["runs"]
    assert json.loads((folder / "evaluation.json").read_text())["errors"] == evaluated["errors"]


def test_another_task_needs_no_settings_of_the_presets_own_and_of_one_size_nothing_is_solved_up_to(logdepth, tmp_path):
    tiny = "train khop-small --task connectivity --n 8 --depth 1 --width 32 --steps 6 --warmup 2 --batch 4 --device cpu"
    shown = logdepth(*tiny.split(), "--out", tmp_path / "run")
    assert shown.status == 0
    assert "error by" in shown.stdout and "solved up to" not in shown.stdout


@pytest.mark.parametrize("text", ["step,loss\nx,y\n", "hello\n5\n", "step,loss\n5,0.1\n", b"\xff\0\n1,2\n"], ids=repr)
def test_metrics_that_are_none_are_refused_and_the_checkpoint_stays(logdepth, refused, tmp_path, text):
    folder = tmp_path / "run"
    before = logdepth(*TRAIN, "--out", folder, "--json").json["runs"]
    kept, metrics = (folder / "state.safetensors").read_bytes(), folder / "metrics.csv"
    rows = metrics.read_bytes()
    metrics.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = refused("train", "--resume", folder)
    assert said.startswith(f"logdepth: {metrics} is damaged: ")
    assert "Take it away" in said
    assert (folder / "state.safetensors").read_bytes() == kept
    metrics.write_bytes(rows)
    assert logdepth("train", "--resume", folder, "--json").json["runs"] == before


def test_the_default_folder_is_named_after_preset_and_changes(logdepth, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = logdepth(*TRAIN).stdout
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("khop-paper-n10-most_hops2-")
    assert f"runs/{folder.name}" in shown


def test_a_sweep_is_a_table_a_failing_member_is_told_and_resume_goes_on(logdepth, tmp_path, in_this_process):
    thesis = tmp_path / "sweep" / "seed1" / "thesis.tex"
    thesis.parent.mkdir(parents=True)
    thesis.touch()
    outcome = logdepth(*TRAIN, "--seed", "0,1", "--out", tmp_path / "sweep", "--json")
    assert outcome.status == 2
    assert list(outcome.json["runs"]) == ["seed0"]
    assert "holds something that is no run" in outcome.json["failed"]["seed1"]
    thesis.unlink()
    again = logdepth("train", "--resume", tmp_path / "sweep", "--device", "cpu", "--json")
    assert again.status == 0
    assert list(again.json["runs"]) == ["seed0", "seed1"]
    assert again.json["runs"]["seed0"] == outcome.json["runs"]["seed0"]


FOREVER = [*("1000000" if word == "20" else word for word in TRAIN), "--checkpoint-every", "1000000"]
MEMBERS = ("seed1", "seed2")


def test_a_sweep_that_is_stopped_tells_how_to_go_on_and_which_members_failed(logdepth, tmp_path, monkeypatch):
    ends = {"seed0": None, "seed1": "the loss is nan", "seed2": INTERRUPTED}
    outcomes = {name: Outcome(tmp_path, 9, error, ("it says",)) for name, error in ends.items()}
    monkeypatch.setattr(sweeping, "sweep", lambda *_: outcomes)
    outcome = logdepth(*TRAIN, "--seed", "0,1,2", "--workers", "1", "--out", tmp_path)
    assert (outcome.status, outcome.stdout) == (130, "")
    assert outcome.stderr == (
        "seed0: it says\nseed1: it says\nseed2: it says\nseed1 failed: the loss is nan\n"
        f"stopped: 1 of 3 networks are trained. Go on: logdepth train --resume {tmp_path}"
        " --device cpu --workers 1\nlogdepth: interrupted.\n"
    )


@pytest.mark.slow
def test_a_signal_to_a_sweep_alone_stops_its_members(logdepth, tmp_path):
    """As a scheduler sends it; Ctrl-C in a terminal reaches the members too."""

    def stop():
        while not all((tmp_path / name / "metrics.csv").exists() for name in MEMBERS):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop, daemon=True).start()
    assert logdepth(*FOREVER, "--seed", "1,2", "--out", tmp_path).status == 130
    assert all(step_of(tmp_path / name) > 0 for name in MEMBERS)


@pytest.mark.slow
def test_members_of_a_sweep_that_is_killed_write_a_checkpoint_and_stop(tmp_path):
    command = [sys.executable, "-m", "logdepth", *FOREVER, "--seed", "1,2", "--out", str(tmp_path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not all((tmp_path / name / "metrics.csv").exists() for name in MEMBERS):
        time.sleep(0.05)
    process.kill()
    _, stderr = process.communicate()  # until the last process that holds it has ended
    assert all(step_of(tmp_path / name) > 0 for name in MEMBERS)
    assert "Traceback" not in stderr


def test_an_interrupted_run_says_how_to_go_on(logdepth, tmp_path):
    """Of Ctrl-C in a process of its own: tests/cli/test_interrupt.py."""
    folder = tmp_path / "run"

    def stop():
        while not (folder / "metrics.csv").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=stop, daemon=True).start()
    outcome = logdepth(*FOREVER, "--out", folder)
    assert outcome.status == 130
    assert outcome.stderr.endswith(f"Go on: logdepth train --resume {folder} --device cpu\nlogdepth: interrupted.\n")
    assert load_file(folder / "state.safetensors")


def test_without_a_preset_train_lists_presets_and_settings(logdepth):
    shown = logdepth("train").stdout
    for word in ("khop-paper", "khop-small", "--matrix-lr", "--most-hops"):
        assert word in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["khop-papr"], "there is no preset 'khop-papr'. Did you mean 'khop-paper'?"),
        (["khop-paper", "--dept", "3"], "train has no option --dept. Did you mean '--depth'?"),
        (["khop-paper", "--worker", "3"], "train has no option --worker. Did you mean '--workers'?"),
        (["khop-paper", "--task", "k-hops"], "there is no task 'k-hops' to train. Did you mean 'k-hop'?"),
        (["khop-paper", "--lr", "quick"], "lr must be a number from 0.0 to 100.0; got 'quick'"),
        (["khop-paper", "--lr"], "--lr needs a value"),
        (["khop-paper", "--most-hops", "-1"], "must be a whole number from 0 to 65536; got '-1'. Change --most-hops."),
        (["khop-paper", "khop-small"], "train takes one preset; got 'khop-paper' and 'khop-small'"),
        (["--resume", "nowhere"], "nowhere is no run: it has no config.json"),
        (["khop-paper", "--resume", "nowhere"], "--resume takes a run or a sweep as it began"),
        (["--resume", "nowhere", "--weights", "x.pt"], "--resume takes a run or a sweep as it began"),
        (["khop-small", "--steps", "200"], "warmup must be below steps 200; got 300. Change warmup, too."),
        (["khop-paper", "--weights", "nowhere.pt", "--out", "x", *SMALL.split()], "there is no file "),
        (["khop-paper", "--weights", "nowhere.pt", "--depth", "1,2", "--out", "x"], "there is no file "),
    ],
)
def test_what_train_refuses(refused, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    assert message in refused("train", *words)


def test_torchrun_hands_over_every_option_behind_two_dashes(logdepth):
    """As docs/training.md has it: --n would be an abbreviation of torchrun's own."""
    line = next(line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("torchrun "))
    assert "--n 200" in line
    ours = parse_args(line.split()[1:]).training_script_args
    assert [word for word in ours if word != "--"] == ["train", "khop-paper", "--n", "200"]
    assert logdepth("--", "train").stdout == logdepth("train").stdout


def test_a_sweep_under_torchrun_is_refused(refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORLD_SIZE", "2")
    said = refused("train", "khop-small")
    assert "torchrun started 2 processes to train one network, and this is a sweep of 3. Leave torchrun out" in said
    assert not list(tmp_path.iterdir())


def test_dataset_writes_what_it_says(logdepth, tmp_path):
    told = logdepth("dataset", "k-hop", "--n", 20, "--sequences", 30, "--out", tmp_path / "data", "--json").json
    assert (told["task"], told["sequences"], told["tokens"]) == ("k-hop", 30, 23)
    assert told["parameters"]["n"] == 21  # the sampler's own, after the published one: a sequence and its target
    assert load_file(tmp_path / "data" / "data.safetensors")["inputs"].shape == (30, 20)
    assert "questions" in logdepth("dataset").stdout
    said = logdepth("dataset", "k-hop", "--sequences", 3, "--format", "jsonl", "--out", tmp_path / "lines").stdout
    assert f"datasets.load_dataset({str(tmp_path / 'lines')!r})" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["k-hopp", "--out", "x"], "there is no sampler 'k-hopp'. Did you mean 'k-hop'?"),
        (["k-hop"], "a dataset needs a folder. Give one: --out DIR."),
        (["k-hop", "--letters", "1", "--out", "x"], "letters must be a whole number from 2 to 1024; got '1'"),
    ],
)
def test_what_dataset_refuses(refused, words, message):
    assert message in refused("dataset", *words)
