"""Sweeps: every combination is a run, one that fails does not stop the others, and who stops the sweep stops all."""

import json
import os
import signal

import pytest
import torch
from safetensors.torch import load_file

from logdepth.learn.plans.presets import plans_of
from logdepth.learn.samplers import make_sampler
from logdepth.learn.sweeps.sweep import INTERRUPTED, sweep
from logdepth.learn.sweeps.sweep_folder import SWEEP, begin_sweep, read_sweep
from logdepth.learn.training.metrics import last_step
from logdepth.learn.training.run_folder import CONFIG, WEIGHTS, step_of
from logdepth.learn.training.train import train
from logdepth.numerics.errors import UsageError


def test_every_combination_of_values_is_a_run():
    plans = plans_of("khop-paper", {"depth": "2,3", "lr": "1e-4,1e-3", "seed": "7"})
    assert list(plans) == ["depth2-lr1e-4", "depth2-lr1e-3", "depth3-lr1e-4", "depth3-lr1e-3"]
    assert {(plan.recipe.depth, plan.recipe.lr, plan.recipe.seed) for plan in plans.values()} == {
        (2, 1e-4, 7),
        (2, 1e-3, 7),
        (3, 1e-4, 7),
        (3, 1e-3, 7),
    }
    ranges = plans_of("khop-paper", {"most_hops": "4,8"})
    assert [plan.sampler.groups for plan in ranges.values()] == [range(5), range(9)]


def test_a_preset_may_be_a_sweep_and_one_value_makes_it_a_run():
    assert len(plans_of("khop-small", {})) == 3
    assert list(plans_of("khop-small", {"depth": "2"})) == [""]


def test_another_task_brings_its_own_settings_in_place_of_those_of_the_preset():
    (plan,) = plans_of("khop-small", {"task": "connectivity", "depth": "3"}).values()
    assert plan.sampler == make_sampler("connectivity")
    assert (plan.recipe.optimiser, plan.recipe.width, plan.recipe.batch) == ("muon", 64, 64)
    plans = plans_of("khop-length", {"task": "recall", "readout": "linear"})
    assert [plan.sampler for plan in plans.values()] == [make_sampler("recall")] * 2 * 2 * 3  # no longer by n
    (plan,) = plans_of("khop-paper", {"task": "questions", "readout": "linear"}).values()
    assert plan.vocabulary == plan.sampler.vocabulary
    with pytest.raises(UsageError, match="training connectivity has no setting 'most_hops'"):
        plans_of("khop-small", {"task": "connectivity", "most_hops": "3"})
    with pytest.raises(UsageError, match="there is no task 'k-hops' to train"):
        plans_of("khop-small", {"task": "k-hops"})


@pytest.mark.slow
def test_on_ray_a_failing_member_does_not_stop_the_others_and_ctrl_c_stops_all(small, tmp_path):
    """In processes of this machine: tests/cli/test_train_verb.py."""
    folder, forever = tmp_path / "sweep", {"steps": 10**6, "checkpoint_every": 10**6}
    plans = {"taken": small(seed=1, steps=41), "good": small(), "long": small(**forever), "more": small(n=9, **forever)}
    (folder / "taken").mkdir(parents=True)
    (folder / "taken" / "thesis.tex").touch()
    heard = []

    def watch(done, total, running):
        assert total == 41 + 40 + 2 * 10**6
        assert done >= sum(row.step for row in running.values())
        if (folder / "good" / "evaluation.json").exists() and last_step(folder / "long") and not heard:
            heard.append(os.kill(os.getpid(), signal.SIGINT))

    outcomes = sweep(plans, folder, "cpu", 3, "ray", watch)
    assert list(outcomes) == list(plans)
    assert (outcomes["good"].error, outcomes["good"].steps, last_step(folder / "good")) == (None, 40, 40)
    assert "holds something that is no run" in str(outcomes["taken"].error)
    assert outcomes["long"].error == outcomes["more"].error == INTERRUPTED
    assert step_of(folder / "long") == outcomes["long"].steps > 0


def test_the_folder_of_a_sweep_says_which_runs_it_has(small, tmp_path):
    plans = {"a": small(depth=2), "b": small(depth=3, seed=5)}
    begin_sweep(tmp_path, plans)
    held = json.loads((tmp_path / SWEEP).read_text())
    assert held["members"] == {"a": {"depth": 2, "seed": 0}, "b": {"depth": 3, "seed": 5}}
    assert held["settings"]["width"] == 16
    assert read_sweep(tmp_path) == plans
    begin_sweep(tmp_path, plans | {"c": small(n=7)})  # more of it
    assert list(read_sweep(tmp_path)) == ["a", "b", "c"]
    for damaged in ("{", "[]", "{}", json.dumps(held | {"version": 2}), json.dumps(held | {"members": 3})):
        (tmp_path / SWEEP).write_text(damaged)
        with pytest.raises(UsageError, match=r"sweep\.json is damaged, or not of this version of logdepth"):
            read_sweep(tmp_path)


def test_a_sweep_from_weights_says_so_and_goes_on_from_no_others(small, tmp_path, in_this_process):
    folder, still = tmp_path / "sweep", small(lr=0.0, weight_decay=0.0, steps=6)
    train(small(), tmp_path / "run", "cpu")
    with pytest.raises(UsageError, match=r"there is no file .*nowhere\.pt"):
        sweep({"a": still}, folder, "cpu", weights=tmp_path / "nowhere.pt")
    assert not folder.exists()
    assert sweep({"a": still}, folder, "cpu", weights=tmp_path / "run" / WEIGHTS)["a"].error is None
    before, after = (load_file(place / WEIGHTS) for place in (tmp_path / "run", folder / "a"))
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert json.loads((folder / "a" / CONFIG).read_text())["weights"]["sha256"]
    with pytest.raises(UsageError, match=r"began from .*run/model\.safetensors, and now it would from random weights"):
        sweep({"a": still}, folder, "cpu")
    with pytest.raises(UsageError, match="is a run, and a sweep is a folder of runs"):
        sweep({"a": still}, tmp_path / "run", "cpu")


def test_an_unknown_engine_is_refused(small, tmp_path):
    with pytest.raises(UsageError, match=r"there is no engine 'rye'\. Did you mean 'ray'"):
        sweep({"one": small()}, tmp_path, engine="rye")
