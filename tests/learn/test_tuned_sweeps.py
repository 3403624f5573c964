"""Tuned sweeps: one seed chooses the rates, on sequences that the evaluation does not see. Presets have variants."""

import json

import pytest
from tiny_plans import TINY

from logdepth.learn.evaluation.comparison import best_rates, entries_of, read_run
from logdepth.learn.evaluation.evaluate import FEWER, PROCEDURES, VALIDATION, evaluate, evaluation_of_run
from logdepth.learn.plans.presets import PRESETS, plan_of, plans_of
from logdepth.learn.sweeps.sweep_folder import SWEEP, begin_sweep, further_seeds_of, read_sweep
from logdepth.learn.sweeps.tuning import further_plans
from logdepth.learn.trained.models import read_answering
from logdepth.learn.training.train import train
from logdepth.networks import GRAPH_LAYERS
from logdepth.numerics.errors import UsageError


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A folder with runs at three rates, of which 0 learns nothing, and their plans."""
    folder = tmp_path_factory.mktemp("sweep")
    plans = {f"lr{lr}": plan_of(TINY | {"lr": lr}) for lr in (0.0, 1e-2, 2e-2)}
    for name, plan in plans.items():
        train(plan, folder / name, "cpu")
        evaluation_of_run(folder / name)
    return folder, plans


def test_the_best_rate_is_trained_with_further_seeds(swept):
    folder, plans = swept
    runs = [read_run(folder / name, name) for name in plans]
    best = min(runs, key=lambda run: run.late_error)
    assert len({run.late_error for run in runs}) > 1
    further = further_plans(plans, folder, (0, 1, 2))
    assert list(further) == [f"{best.name}-seed1", f"{best.name}-seed2"]
    for seed, plan in zip((1, 2), further.values(), strict=True):
        assert plan.settings == plans[best.name].settings | {"seed": seed}


def test_rates_are_chosen_by_sequences_of_their_own(swept):
    folder, plans = swept
    found = evaluation_of_run(folder / "lr0.01", on=VALIDATION)
    again = evaluate(read_answering(folder / "lr0.01"), PROCEDURES["corrected"], FEWER, seed=1)
    assert found.as_json() == again.as_json()
    (rate,) = found.answered.values()
    assert read_run(folder / "lr0.01", "lr0.01").late_error == rate.value
    assert (rate.counted, evaluation_of_run(folder / "lr0.01").answered[1].counted) == (FEWER, 300)
    sampler = plans["lr0.01"].sampler
    seen = [sampler.draw(100, generator, 1).inputs.tolist() for generator in generators()]
    assert not any(row in seen[1] for row in seen[0] if len(row) > 8)


def generators():
    from logdepth.learn.samplers import generator_of, unseen

    return generator_of(unseen(0), 1), generator_of(unseen(1), 1)


def test_an_entry_of_more_seeds_has_been_chosen_whatever_the_others_errors(swept):
    folder, _ = swept
    runs = [read_run(folder / name, name) for name in ("lr0.0", "lr0.01", "lr0.02")]
    worst = max(runs, key=lambda run: run.late_error)
    further = type(worst)(**{**vars(worst), "name": "more", "settings": worst.settings | {"seed": 1}})
    (chosen,) = best_rates(entries_of([*runs, further]))
    assert [run.name for run in chosen.runs] == [worst.name, "more"]


def test_a_run_that_goes_on_forgets_all_its_evaluations(swept, tmp_path):
    plan = plan_of(TINY | {"checkpoint_every": 4})
    train(plan, tmp_path, "cpu", stop=iter([False, False, False, True]).__next__)
    for name in ("evaluation.json", "evaluation-validation.json", "evaluation-trees.json"):
        (tmp_path / name).write_text("{}")
    train(plan, tmp_path, "cpu")
    assert list(tmp_path.glob("evaluation*")) == []


def test_the_folder_keeps_the_further_seeds_until_they_are_among_its_runs(tmp_path):
    plans = {"a": plan_of(TINY), "b": plan_of(TINY | {"lr": 0.5})}
    begin_sweep(tmp_path, plans, further_seeds=(1, 2))
    assert further_seeds_of(tmp_path) == [1, 2] and read_sweep(tmp_path) == plans
    begin_sweep(tmp_path, plans)
    assert further_seeds_of(tmp_path) == [] and "further_seeds" not in json.loads((tmp_path / SWEEP).read_text())
    text = (tmp_path / SWEEP).read_text()
    (tmp_path / SWEEP).write_text(text.replace('"members"', '"further_seeds": [-1], "members"'))
    with pytest.raises(UsageError, match="damaged"):
        further_seeds_of(tmp_path)


def test_presets_of_comparisons_are_on_equal_terms():
    """One task, as many parameters, steps and sequences; at least two rates and three seeds for every network."""
    for preset, networks in (
        ("graphqa", {"gcn", "gin", "mpnn", "gpt2"}),
        ("architectures", {"gpt2", "rnn", "lstm", "gru", "mamba", "performer", "longformer"}),
    ):
        assert PRESETS[preset].settings["most_parameters"]
        plans = list(plans_of(preset, {"width": "32"}).values())  # in place of a search for every network's width
        assert {plan.recipe.network for plan in plans} == networks
        for name in ("steps", "batch", "samples", "optimiser"):
            assert len({plan.settings.get(name) for plan in plans}) == 1
        rates = {network: {plan.recipe.lr for plan in plans if plan.recipe.network == network} for network in networks}
        assert all(len(found) == (4 if preset == "architectures" else 3) for found in rates.values())
        assert {plan.recipe.seed for plan in plans} | set(PRESETS[preset].further_seeds) == {0, 1, 2}
    plain = plans_of("graphqa-plain", {"width": "32"})
    assert {(plan.recipe.network, plan.recipe.named, plan.recipe.residual) for plan in plain.values()} == {
        (network, 0, 0) for network in GRAPH_LAYERS
    }


def test_a_change_of_what_variants_say_chooses_among_them():
    chosen = plans_of("architectures", {"network": "gpt2,rnn", "width": "32"}).values()
    depths = {(plan.recipe.network, plan.recipe.depth) for plan in chosen}
    assert depths == {("gpt2", 2), ("gpt2", 3), ("gpt2", 4), ("rnn", 3)}
    plans = plans_of("architectures", {"depth": "2", "lr": "1e-3", "width": "32"})
    assert len(plans) == 7 and {plan.recipe.depth for plan in plans.values()} == {2}
    assert list(plans_of("architectures", {"network": "rnn", "lr": "1e-3", "width": "32"})) == [""]
    names = set(plans_of("graphqa", {"network": "gcn,gin", "question": "connectivity,cycle-check", "width": "32"}))
    assert "questionconnectivity-networkgcn-lr0.001" in names and len(names) == 2 * 2 * 3
