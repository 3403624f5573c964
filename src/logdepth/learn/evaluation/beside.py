"""What stands beside trained networks: rules without learning, and a compiled model, on the same sequences.

Networks stand there at their best rates. Every row is asked by the sampler's own distribution, and by harder ones of
the same question, on which no network was trained.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logdepth.learn.evaluation.comparison import RATES, Entry, best_rates
from logdepth.learn.evaluation.evaluate import FEWER, PROCEDURES, Evaluation, asked_of, evaluate, evaluation_of_run
from logdepth.learn.evaluation.rates import Estimate, mean_of, pooled
from logdepth.learn.samplers import Sampler
from logdepth.learn.trained.models import Answering
from logdepth.learn.trained.without_learning import exact_model, rules_of
from logdepth.learn.training.run_folder import read_plan

OWN = "own"
"""The sampler's own distribution, beside the names of harder ones."""
FEWEST = 20
"""Sequences of each group that a compiled model answers: it errs on none, and takes its time."""
EXACT = "compiled, exact"


@dataclass(frozen=True)
class Line:
    """How often a row is right, by distribution. asked: the sampler's parameters; seeds: runs that it is a mean of;
    words_on_edge: numbers that a graph network sends over one edge, in both directions together."""

    asked: Mapping[str, Any]
    name: str
    right: Mapping[str, Estimate]
    seeds: int = 0
    parameters: int = 0
    words_on_edge: int = 0

    def as_json(self) -> dict[str, Any]:
        right = {where: {"right": it.value, "interval": [it.low, it.high]} for where, it in self.right.items()}
        return {
            "asked": dict(self.asked),
            "name": self.name,
            "seeds": self.seeds,
            "parameters": self.parameters or None,
            "words_on_edge": self.words_on_edge or None,
            "accuracy": right,
        }


def lines_of(
    entries: Sequence[Entry],
    folder: Path,
    device: str = "cpu",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Line]:
    """Rules, networks and the compiled model, for every sampler of these entries that has rules.

    folder: that of the sweep, or the run itself if it is a lone one.
    """
    chosen = best_rates(entries) if any(entry.compared for entry in entries) else list(entries)
    samplers: dict[Sampler, list[Entry]] = {}
    for entry in chosen:
        samplers.setdefault(read_plan(place_of(entry.runs[0].name, folder)).sampler, []).append(entry)
    lines: list[Line] = []
    for number, (sampler, members) in enumerate(samplers.items()):
        if sampler.rules:
            lines += [line_without_learning(name, rule) for name, rule in rules_of(sampler).items()]
            lines += [line_of_networks(entry, sampler, folder, device) for entry in members]
            exact = exact_model(sampler)
            lines += [line_without_learning(EXACT, exact, FEWEST, exact.sizes["parameters"])] if exact else []
        progress(number + 1, len(samplers))
    return lines


def place_of(name: str, folder: Path) -> Path:
    return folder / name if (folder / name).exists() else folder


def line_without_learning(name: str, model: Answering, sequences: int = FEWER, parameters: int = 0) -> Line:
    """Of what is the same whatever the seed."""
    sampler = model.sampler
    asked = {OWN: sampler, **sampler.harder}
    found = {
        where: right_of([evaluate(asked_of(model, other), PROCEDURES["corrected"], sequences)])
        for where, other in asked.items()
    }
    return Line(sampler.parameters, name, found, 0, parameters)


def line_of_networks(entry: Entry, sampler: Sampler, folder: Path, device: str) -> Line:
    """The mean over the seeds of an entry."""
    places = [place_of(run.name, folder) for run in entry.runs]
    found = {OWN: right_of([run.evaluation for run in entry.runs])}
    for where in sampler.harder:
        found[where] = right_of([evaluation_of_run(place, device, on=where) for place in places])
    settings = {name: value for name, value in entry.settings.items() if name not in sampler.parameters}
    kind = [str(value) for name, value in settings.items() if name not in RATES]
    rates = [f"{name} {value}" for name, value in settings.items() if name in RATES]
    name = ", ".join([*(kind or [entry.runs[0].settings["network"]]), *rates])
    size = entry.runs[0].size
    return Line(sampler.parameters, name, found, len(entry.runs), size.parameters, size.words_on_edge)


def right_of(evaluations: Sequence[Evaluation]) -> Estimate:
    """How often runs are right on all groups together, with the interval of `mean_of`."""
    wrong = mean_of([pooled(found.answered.values()) for found in evaluations])
    return Estimate(1 - wrong.value, 1 - wrong.high, 1 - wrong.low)


def lines_as_csv(lines: Sequence[Line]) -> str:
    """A line for each row and distribution."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    asked = list(lines[0].asked)
    writer.writerow([*asked, "row", "seeds", "parameters", "words_on_edge", "graphs", "accuracy", "low", "high"])
    for line in lines:
        for where, found in line.right.items():
            sizes = [each or "" for each in (line.seeds, line.parameters, line.words_on_edge)]
            which = [*line.asked.values(), line.name, *sizes, where]
            writer.writerow([*which, found.value, found.low, found.high])
    return text.getvalue()
