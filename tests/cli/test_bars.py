"""Bars of training: all numbers are there, however narrow the terminal."""

import io
from time import sleep

import pytest
from rich.console import Console

from logdepth.cli import printing
from logdepth.cli.bars import sweep_bar, training_bar
from logdepth.learn.plans.presets import plan_of
from logdepth.learn.training.metrics import Row

ERRORS = (*(k / 100 for k in range(16)), None)
ROW = Row(41_000, 0.1234, 0.05, 1.0, 2000.0, 20.5, ERRORS)


def terminal(width):
    return Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)


@pytest.mark.parametrize("width", [50, 80, 120])
def test_the_bar_of_a_run_has_steps_time_left_speed_loss_and_every_error(width):
    console = terminal(width)
    with training_bar(plan_of({"most_hops": 16}), console) as watch:
        watch(ROW)
    lines = console.file.getvalue().split("\n")
    shown = " ".join(" ".join(lines).split())
    assert "41000/100000" in shown
    assert "0:47:58 left 20.5 steps/s loss 0.123 error by k from 0: .00 .01 .02" in shown  # 59,000 steps at 20.5
    assert ".12 .13 .14 .15 –" in shown
    assert "…" not in shown and "..." not in shown


def test_the_bar_of_a_sweep_has_a_line_for_every_member_under_way():
    console = terminal(80)
    with sweep_bar(3, console) as watch:
        watch(82_000, 300_000, {"depth2": ROW, "depth3": ROW})
    shown = console.file.getvalue()
    assert "training 3 networks" in shown and "82000/300000" in shown
    for name in ("depth2", "depth3"):
        assert f"{name}: step 41,000  20.5 steps/s  loss 0.123  error 0.050" in shown


def test_without_a_terminal_there_is_no_bar():
    console = Console(file=io.StringIO())
    with training_bar(plan_of({"most_hops": 16}), console) as watch, sweep_bar(2, console) as look:
        watch(ROW)
        look(1, 2, {})
    assert console.file.getvalue() == ""


def test_work_that_nothing_counts_says_that_it_goes_on(monkeypatch):
    monkeypatch.setattr(printing, "PATIENCE", 0.001)
    said = []
    monkeypatch.setattr(printing, "write_beside", said.append)
    with printing.patience("making a circuit"):
        while len(said) < 2:
            sleep(0.001)
    assert said[0] == "making a circuit: 0 s so far"
    sleep(0.01)
    assert len(said) <= 3, "the one under way is the last"
