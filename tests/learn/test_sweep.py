"""Sweeps: every combination is a run, and one that fails does not stop the others."""

import pytest

from logdepth.learn.metrics import last_step
from logdepth.learn.presets import plans_of
from logdepth.learn.sweep import sweep
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


@pytest.mark.slow
def test_on_ray_a_failing_member_does_not_stop_the_others(small, tmp_path):
    """In processes of this machine: tests/cli/test_train_verb.py."""
    plans = {"taken": small(seed=1, steps=41), "good": small()}
    (tmp_path / "sweep" / "taken").mkdir(parents=True)
    (tmp_path / "sweep" / "taken" / "thesis.tex").touch()
    steps = []
    outcomes = sweep(plans, tmp_path / "sweep", "cpu", 2, "ray", lambda done, total: steps.append((done, total)))
    assert list(outcomes) == list(plans)
    assert outcomes["good"].error is None
    assert "holds something that is no run" in outcomes["taken"].error
    assert last_step(tmp_path / "sweep" / "good") == outcomes["good"].steps == 40
    assert steps[-1] == (40, 81)


def test_an_unknown_engine_is_refused(small, tmp_path):
    with pytest.raises(UsageError, match=r"there is no engine 'rye'\. Did you mean 'ray'"):
        sweep({"one": small()}, tmp_path, engine="rye")
