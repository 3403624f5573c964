"""Tuned sweeps: one seed chooses the rates, and only the best of them are trained with further seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from logdepth.learn.evaluation.comparison import best_rates, entries_of, read_run
from logdepth.learn.plans.recipes import Plan


def further_plans(
    plans: Mapping[str, Plan], folder: Path, seeds: Sequence[int], device: str = "cpu"
) -> dict[str, Plan]:
    """The plans of a sweep, of which the runs in the folder have ended, whose rates were the best, with these seeds.

    Plans that differ in rates alone are compared by their error on sequences that neither training nor evaluation saw.
    """
    runs = [read_run(folder / name, name, device) for name in plans]
    best = [run.name for entry in best_rates(entries_of(runs)) for run in entry.runs]
    return {
        f"{name}-seed{seed}": replace(plans[name], recipe=replace(plans[name].recipe, seed=seed))
        for name in best
        for seed in seeds
        if seed != plans[name].recipe.seed
    }
