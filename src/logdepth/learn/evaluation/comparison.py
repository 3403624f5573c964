"""Runs side by side: in which settings they differ, how often they err, and how soon they were right.

Runs that differ in nothing but the seed stand together in one entry. Learning rates are tuned, not compared: the figure
shows, of entries that differ in rates alone, the one that trained best.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from math import ceil
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from logdepth.learn.evaluation.evaluate import SOLVED, VALIDATION, Evaluation, evaluation_of_run
from logdepth.learn.evaluation.figures import colour, curve, finish, image_of, style
from logdepth.learn.evaluation.rates import Estimate, mean_of, pooled
from logdepth.learn.plans.build import network_of
from logdepth.learn.training.metrics import read_rows
from logdepth.learn.training.run_folder import METRICS, read_plan
from logdepth.networks import NetworkSize

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SEED, RATES = "seed", ("lr", "matrix_lr")
MOST_ACROSS = 4  # panels of a figure beside each other
LATE = 0.1  # of the steps: the training error at the end of a run is the mean over these


@dataclass(frozen=True)
class Run:
    """A run that has ended: its settings, its errors by k, its size, and its way there.

    steps: by k, how many were done when the training error of k, a mean over `log_every` steps, was first below
    SOLVED; k for which it never was is absent. late_error: what rates are chosen by, so that the evaluation stays
    unseen: the training error of the last tenth of the steps; where a training set is gone through again and again, the
    error on other sequences, those for validation.
    """

    name: str
    settings: Mapping[str, Any]
    group_name: str
    evaluation: Evaluation
    size: NetworkSize
    steps: Mapping[int, int]
    late_error: float

    def as_json(self) -> dict[str, Any]:
        steps = {str(k): self.steps.get(k) for k in self.evaluation.answered}
        return {**self.evaluation.as_json(), **asdict(self.size), "steps_until_solved": steps}


@dataclass(frozen=True)
class Entry:
    """Runs that differ in the seed alone. settings: those that tell the entries of a comparison apart."""

    settings: Mapping[str, Any]
    runs: tuple[Run, ...]

    @property
    def errors(self) -> dict[int, Estimate]:
        """By k, the mean over seeds; k that some run was not asked is left out."""
        rates = {k: [run.evaluation.answered[k] for run in self.runs] for k in self.runs[0].evaluation.answered}
        return {k: mean_of(found) for k, found in rates.items() if all(item.counted for item in found)}

    @property
    def thresholds(self) -> tuple[int, ...]:
        """The largest k that each run solves."""
        return tuple(run.evaluation.threshold.k for run in self.runs)

    def steps(self, k: int) -> tuple[int | None, ...]:
        """Steps until k was solved in training, for each run; None for never."""
        return tuple(run.steps.get(k) for run in self.runs)

    @property
    def late_error(self) -> float:
        return fmean(run.late_error for run in self.runs)

    @property
    def compared(self) -> tuple[tuple[str, Any], ...]:
        """Its settings but for rates."""
        return tuple((name, value) for name, value in self.settings.items() if name not in RATES)

    def as_json(self) -> dict[str, Any]:
        return {
            "settings": dict(self.settings),
            "runs": [run.name for run in self.runs],
            "errors": {str(k): found.value for k, found in self.errors.items()},
            "intervals": {str(k): [found.low, found.high] for k, found in self.errors.items()},
            "thresholds": list(self.thresholds),
            "steps_until_solved": {str(k): list(self.steps(k)) for k in self.errors},
        }


def read_run(
    folder: Path, name: str, device: str = "cpu", progress: Callable[[int, int], None] = lambda done, total: None
) -> Run:
    """The run in a folder, evaluated on this device if it is not yet.

    Errors: UsageError for a folder that is no run, or has not the weights of one.
    """
    plan = read_plan(folder)
    rows = read_rows(folder / METRICS)
    groups = plan.sampler.groups
    steps: dict[int, int] = {}
    for row in reversed(rows):
        for k in groups:
            error = row.get(f"error_{plan.sampler.group_name}{k}")
            if error and float(error) < SOLVED:
                steps[k] = int(row["step"])
    late = [float(row["error"]) for row in rows if int(row["step"]) > (1 - LATE) * plan.recipe.steps]
    size = network_of(plan).size(plan.sampler.length)
    found = evaluation_of_run(folder, device, progress)
    late_error = fmean(late) if late else 1.0
    if plan.recipe.samples:
        late_error = pooled(evaluation_of_run(folder, device, progress, VALIDATION).answered.values()).value or 0.0
    return Run(name, plan.settings, plan.sampler.group_name, found, size, steps, late_error)


def entries_of(runs: Sequence[Run]) -> list[Entry]:
    """The runs, seeds together, in their order; where parameters are limited, width only follows from that."""
    follows = {SEED} | ({"width"} if any(run.settings["most_parameters"] for run in runs) else set())
    names = list(dict.fromkeys(name for run in runs for name in run.settings))
    apart = [name for name in names if name not in follows and len({run.settings.get(name) for run in runs}) > 1]
    entries: dict[tuple[Any, ...], list[Run]] = {}
    for run in runs:
        entries.setdefault(tuple(run.settings.get(name) for name in apart), []).append(run)
    return [Entry(dict(zip(apart, key, strict=True)), tuple(members)) for key, members in entries.items()]


def best_rates(entries: Sequence[Entry]) -> list[Entry]:
    """Of entries that differ in rates alone, the one with the least late error among those of most seeds.

    (In a tuned sweep only the best rates have further seeds: these have been chosen.)
    """
    best: dict[tuple[tuple[str, Any], ...], Entry] = {}
    for entry in sorted(entries, key=lambda entry: (-len(entry.runs), entry.late_error)):
        best.setdefault(entry.compared, entry)
    return [entry for entry in entries if best[entry.compared] is entry]


# --- as files ---


def as_csv(entries: Sequence[Entry]) -> str:
    """A line for each run and k: the settings that differ, the seed, size, error with its interval, and steps."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(entries[0].settings)
    head = ("parameters", "state_words", "k", "answered", "error", "low", "high", "steps_until_solved")
    writer.writerow(("run", *names, SEED, *head))
    for entry in entries:
        for run in entry.runs:
            sizes = (run.size.parameters, run.size.state_words)
            which = [run.name, *(entry.settings[name] for name in names), run.settings[SEED], *sizes]
            for k, found in run.evaluation.answered.items():
                writer.writerow(
                    [*which, k, found.counted, found.value, found.low, found.high, run.steps.get(k, "")],
                )
    return text.getvalue()


def figure(entries: Sequence[Entry], kind: str) -> bytes:
    """Error against k with 95% bands, as an image file of this kind (png, svg, pdf).

    The last setting that is compared has a colour for each value; the first, if there are several, has columns of
    panels, and those between have rows. More than MOST_ACROSS columns are broken into lines, so that a page can hold
    the figure. Of several learning rates the best is shown, if anything else is compared.
    """
    from matplotlib.figure import Figure

    shown = best_rates(entries) if any(entry.compared for entry in entries) else list(entries)
    names = [name for name in shown[0].settings if name not in RATES] or list(shown[0].settings)
    *first, last = names or [SEED]
    columns, rows = combinations(shown, first[:1]), combinations(shown, first[1:])
    shades = combinations(shown, [last])
    most = max((k for entry in shown for k in entry.errors), default=1)
    lines = ceil(len(columns) / MOST_ACROSS)
    across = ceil(len(columns) / lines)
    with style():
        size = (max(5.2, 0.8 + 4.2 * across), 0.6 + 3.1 * len(rows) * lines)
        image = Figure(figsize=size, layout="constrained")
        panels = image.subplots(len(rows) * lines, across, sharex=True, sharey=True, squeeze=False)
        of_rows = panels.reshape(len(rows), lines * across)
        for panel, (row, column) in zip(of_rows[:, : len(columns)].flat, product(rows, columns), strict=True):
            marks = {}
            for entry in shown:
                if choose(entry, first) == column | row:
                    shade = colour(shades.index(choose(entry, [last])), len(shades))
                    if line := curve(panel, entry.errors, shade):
                        marks[in_words(choose(entry, [last, *RATES]))] = line
            panel.set_title(in_words(column | row), loc="left", fontsize=9.5)
            panel.legend(list(marks.values()), list(marks), frameon=False, loc="upper left")
            finish(panel, most)
        for panel in of_rows[:, len(columns) :].flat:
            panel.remove()
        for panel in panels[:, 0]:
            panel.set_ylabel("error on answered tokens")
        for panel in lowest(panels, len(columns)):
            panel.set_xlabel(shown[0].runs[0].group_name)
            panel.tick_params(labelbottom=True)
        return image_of(image, kind)


def lowest(panels: np.ndarray, columns: int) -> list[Axes]:
    """The panels that have none below them, where only the first `columns` of the last line or lines are filled."""
    across = panels.shape[1]
    left_out = -columns % across
    return [panels[-1 if place < across - left_out else -2][place] for place in range(across)]


def choose(entry: Entry, names: Sequence[str]) -> dict[str, Any]:
    return {name: entry.settings[name] for name in names if name in entry.settings}


def combinations(entries: Sequence[Entry], names: Sequence[str]) -> list[dict[str, Any]]:
    """The values that these settings have together, each once."""
    found = [choose(entry, names) for entry in entries]
    return [values for number, values in enumerate(found) if values not in found[:number]]


def in_words(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in settings.items())
