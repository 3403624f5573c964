"""Runs side by side: seeds together, rates tuned, every number that of the runs."""

import csv
import io
import json
from itertools import product
from statistics import fmean

import numpy as np
import pytest
from scipy.stats import t

from logdepth.learn.evaluation.comparison import Run, as_csv, best_rates, entries_of, figure, read_run
from logdepth.learn.evaluation.evaluate import SOLVED, Evaluation, evaluate, evaluation_of_run, find_procedure
from logdepth.learn.evaluation.rates import Rate, mean_of, rate
from logdepth.learn.plans.build import network_of
from logdepth.learn.plans.presets import plan_of, plans_of
from logdepth.learn.plans.recipes import ATTENTION, ON_TOKENS
from logdepth.learn.trained.models import read_answering
from logdepth.learn.training.metrics import read_rows
from logdepth.learn.training.run_folder import has_ended
from logdepth.learn.training.train import train
from logdepth.networks import NetworkSize
from logdepth.numerics.errors import UsageError

GENERATOR = np.random.default_rng(0)


def random_rate():
    counted = GENERATOR.integers(1, 20, 50)
    return rate(GENERATOR.binomial(counted, GENERATOR.random()), counted)


def run(settings, late_error=0.5, ks=(1, 2, 3)):
    rates = {k: random_rate() for k in ks}
    found = Evaluation("corrected", 50, 0, rates, rates)
    settings = {"most_parameters": 0, "width": 8, "lr": 0.1, "seed": 0, "depth": 2, "n": 10} | settings
    return Run(
        str(settings),
        settings,
        "k",
        found,
        NetworkSize(7, 9, 0),
        {1: 50},
        late_error,
    )


# --- seeds together ---


def test_runs_that_differ_in_the_seed_alone_are_one_entry():
    runs = [run({"depth": depth, "n": n, "seed": seed}) for depth, n, seed in product((2, 3), (10, 20), (0, 1, 2))]
    entries = entries_of(runs)
    assert [entry.settings for entry in entries] == [{"depth": d, "n": n} for d, n in product((2, 3), (10, 20))]
    assert [one for entry in entries for one in entry.runs] == runs
    for entry in entries:
        assert entry.thresholds == tuple(one.evaluation.threshold.k for one in entry.runs)
        for k, found in entry.errors.items():
            assert found.value == pytest.approx(fmean(one.evaluation.answered[k].value for one in entry.runs))


def test_width_is_no_setting_of_its_own_where_parameters_are_limited():
    runs = [run({"most_parameters": 7, "width": width, "network": name}) for width, name in ((8, "gru"), (9, "rnn"))]
    assert [entry.settings for entry in entries_of(runs)] == [{"network": "gru"}, {"network": "rnn"}]


def test_a_lone_run_is_an_entry_with_its_own_intervals():
    one = run({})
    (entry,) = entries_of([one])
    assert entry.settings == {}
    for k, found in entry.errors.items():
        own = one.evaluation.answered[k]
        assert (found.value, found.low, found.high) == (own.value, own.low, own.high)


def test_the_interval_of_a_mean_is_students_and_never_narrower_than_the_runs_own():
    for many in (2, 3, 10):
        rates = [random_rate() for _ in range(many)]
        values = [found.value for found in rates]
        found = mean_of(rates)
        low, high = t.interval(0.95, many - 1, np.mean(values), np.std(values, ddof=1) / many**0.5)
        assert found.value == pytest.approx(np.mean(values))
        assert found.low == pytest.approx(min(max(0, low), fmean(one.low for one in rates)))
        assert found.high == pytest.approx(max(min(1, high), fmean(one.high for one in rates)))
    alike = [Rate(0, 100, 0.0, 0.02)] * 3
    assert (mean_of(alike).low, mean_of(alike).high) == (0.0, pytest.approx(0.02))
    with pytest.raises(ValueError):
        mean_of([Rate(0, 0, 0.0, 1.0)])


def test_rates_are_chosen_by_training_error_and_nothing_else_is():
    runs = [
        run({"depth": depth, "lr": lr, "seed": seed}, late_error=abs(lr - best) + seed)
        for depth, best in ((2, 0.1), (3, 0.3))
        for lr in (0.1, 0.2, 0.3)
        for seed in (0, 1)
    ]
    assert [entry.settings for entry in best_rates(entries_of(runs))] == [
        {"depth": 2, "lr": 0.1},
        {"depth": 3, "lr": 0.3},
    ]


# --- files ---


def test_the_csv_has_every_run_and_k():
    runs = [run({"depth": depth, "seed": seed}) for depth, seed in product((2, 3), (0, 1))]
    rows = list(csv.DictReader(io.StringIO(as_csv(entries_of(runs)))))
    assert len(rows) == 4 * 3
    for row, (one, k) in zip(rows, product(runs, (1, 2, 3)), strict=True):
        own = one.evaluation.answered[k]
        assert (row["run"], int(row["depth"]), int(row["seed"])) == (
            one.name,
            one.settings["depth"],
            one.settings["seed"],
        )
        assert [float(row[name]) for name in ("error", "low", "high")] == [own.value, own.low, own.high]
        assert row["steps_until_solved"] == ("50" if k == 1 else "")


@pytest.mark.parametrize(
    ("axes", "panels", "lines"),
    [
        ({}, 1, 1),
        ({"seed": (0, 1)}, 1, 1),
        ({"depth": (2, 3, 4)}, 1, 3),
        ({"lr": (1, 2)}, 1, 2),
        ({"depth": (2, 3), "lr": (1, 2)}, 1, 2),
        ({"depth": (2, 3), "n": (1, 2, 3)}, 2, 3),
        ({"depth": (2, 3), "width": (1, 2), "n": (1, 2, 3)}, 4, 3),
        ({"depth": range(2, 7), "n": (1, 2)}, 5, 2),
    ],
)
def test_the_figure_has_a_panel_for_each_combination_and_a_line_for_each_entry(monkeypatch, axes, panels, lines):
    drawn = []
    from matplotlib.figure import Figure

    monkeypatch.setattr(Figure, "savefig", lambda self, *args, **kwargs: drawn.extend(self.axes))
    figure(entries_of([run(dict(zip(axes, values, strict=True))) for values in product(*axes.values())]), "png")
    assert len(drawn) == panels
    assert {len(panel.lines) for panel in drawn} == {lines}
    assert len({panel.get_title(loc="left") for panel in drawn}) == panels
    assert all(panel.dataLim.y1 <= panel.get_ylim()[1] for panel in drawn), "nothing is cut off"
    image = drawn[0].figure
    image.draw_without_rendering()
    assert image.get_figwidth() < 18
    for panel in drawn:  # of those above each other the lowest says what the axis is
        box = panel.get_position()
        below = [one for one in drawn if abs(one.get_position().x0 - box.x0) < 0.05 and one.get_position().y1 < box.y0]
        assert bool(panel.get_xlabel()) == (not below) == panel.xaxis.get_tick_params()["labelbottom"]


def test_the_figure_is_an_image():
    assert figure(entries_of([run({})]), "png").startswith(b"\x89PNG")
    assert b"<svg" in figure(entries_of([run({})]), "svg")


# --- one run ---


def test_a_run_is_read_with_the_errors_and_steps_of_its_files(small, tmp_path):
    folder = tmp_path / "run"
    plan = small(steps=60, most_hops=1, n=6)
    train(plan, folder, "cpu")
    found = read_run(folder, "name")
    assert json.loads((folder / "evaluation.json").read_text()) == found.evaluation.as_json()
    assert found.evaluation == evaluate(read_answering(folder), find_procedure("corrected"))
    rows = read_rows(folder / "metrics.csv")
    assert found.late_error == pytest.approx(fmean(float(row["error"]) for row in rows if int(row["step"]) > 54))
    for k in (0, 1):
        solved = [int(row["step"]) for row in rows if row[f"error_k{k}"] and float(row[f"error_k{k}"]) < SOLVED]
        assert found.steps.get(k) == (solved[0] if solved else None)
    assert found.steps  # k = 0 copies a letter: it is learned


def test_an_evaluation_is_made_once_again_if_damaged_and_forgotten_if_training_goes_on(small, tmp_path):
    folder = tmp_path / "run"
    plan = small(steps=10)
    train(plan, folder, "cpu")
    assert not has_ended(folder, plan)
    first = evaluation_of_run(folder)
    assert has_ended(folder, plan)
    assert not has_ended(folder, small(steps=11))
    (folder / "model.safetensors").rename(tmp_path / "model.safetensors")
    assert evaluation_of_run(folder) == first  # read, not measured
    (tmp_path / "model.safetensors").rename(folder / "model.safetensors")
    (folder / "evaluation.json").write_text('{"errors": 3}')
    assert evaluation_of_run(folder) == first
    (folder / "state.safetensors").unlink()  # so it begins again
    train(plan, folder, "cpu", stop=lambda: True)
    assert not (folder / "evaluation.json").exists()


# --- networks of one size ---


@pytest.mark.parametrize("network", ON_TOKENS)
@pytest.mark.parametrize("most", [5_000, 77_777])
def test_the_width_is_the_largest_within_the_parameters(network, most):
    settings = {"network": network, "depth": 2, "readout": "linear", "n": 20, "most_hops": 3}
    plan = plan_of(settings | {"most_parameters": most})

    def parameters(width):
        return network_of(plan_of(settings | {"width": width})).size(20).parameters

    step = plan.recipe.heads if network in ATTENTION else 1
    assert parameters(plan.recipe.width) <= most < parameters(plan.recipe.width + step)
    assert plan_of(plan.settings) == plan


def test_width_and_parameters_exclude_each_other():
    with pytest.raises(UsageError, match=r"with most_parameters 50000 the width is 3\d; got 64"):
        plan_of({"most_parameters": 50_000, "width": 64, "depth": 3, "readout": "linear"})
    with pytest.raises(UsageError, match="gpt2 of 4 layers and width 24, the least for k-hop, has more than 100"):
        plan_of({"most_parameters": 100})
    for changes, width in (({"width": "32"}, {32}), ({"most_parameters": "160000"}, {56, 64, 76, 80, 83, 93, 160})):
        plans = plans_of("architectures", changes)
        assert {plan.recipe.width for plan in plans.values()} == width
    (plan,) = plans_of("khop-paper", {"most_parameters": "100000", "depth": "2"}).values()
    assert network_of(plan).size(100).parameters <= 100_000


def test_more_parameters_than_the_widest_network_has_are_refused():
    with pytest.raises(UsageError, match=r"at width 65536, the largest\. Lower most_parameters"):
        plan_of({"network": "rnn", "depth": 1, "readout": "linear", "most_parameters": 10**12})
