"""Error per k of a model, by the published procedure and by a corrected one, and the largest k that it solves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from msgspec import Struct

from logdepth.arithmetic import undisturbed
from logdepth.learn.evaluation.rates import Rate, rate
from logdepth.learn.samplers import NOT_ASKED, RandomTokens, Sampler, generator_of, unseen
from logdepth.learn.trained.models import Answering, read_answering
from logdepth.learn.training.run_folder import EVALUATION
from logdepth.numerics.documents import Count, Departure, Fraction, Positive, conform, read_json
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.numerics.files import write_file

VALIDATION, FEWER = "validation", 100
"""Sequences that are for choosing among runs, and how many for each k."""
AT_ONCE = 50  # sequences in one pass: their attention stays in the cache
SOLVED = 0.02
"""A k is solved if the error is below this."""


@dataclass(frozen=True)
class Procedure:
    """How a model is evaluated: whether dropout stays active as in training, and on how many sequences for each k."""

    name: str
    dropout: bool
    sequences: int


PROCEDURES = {
    procedure.name: procedure
    for procedure in (
        Procedure("corrected", dropout=False, sequences=300),
        # Source: src/error_plots.ipynb of github.com/chsanford/hop-induction-heads; its models stay in training mode.
        Procedure("published", dropout=True, sequences=100),
    )
}


def find_procedure(name: str) -> Procedure:
    """Errors: UsageError for an unknown name."""
    if name not in PROCEDURES:
        raise UsageError(f"there is no procedure {name!r}. {did_you_mean(name, PROCEDURES)}")
    return PROCEDURES[name]


@dataclass(frozen=True)
class Threshold:
    """The largest k for which every k' = 1..k has an error below SOLVED; 0 if not even 1 has.

    low and high: the same for the upper and the lower ends of the intervals.
    """

    k: int
    low: int
    high: int


@dataclass(frozen=True)
class Evaluation:
    """Rates by k: over answered positions, those whose answer is a letter, and over all positions with a target."""

    procedure: str
    sequences: int
    seed: int
    answered: Mapping[int, Rate]
    everywhere: Mapping[int, Rate]

    @property
    def threshold(self) -> Threshold:
        return Threshold(
            solved_up_to({k: found.value for k, found in self.answered.items()}),
            solved_up_to({k: found.high for k, found in self.answered.items()}),
            solved_up_to({k: found.low for k, found in self.answered.items()}),
        )

    def as_json(self) -> dict[str, Any]:
        """Errors and intervals are of answered positions; k without any has the error null."""
        return {
            "protocol": self.procedure,
            "sequences": self.sequences,
            "seed": self.seed,
            "errors": {str(k): found.value for k, found in self.answered.items()},
            "intervals": {str(k): [found.low, found.high] for k, found in self.answered.items()},
            "answered": {str(k): found.counted for k, found in self.answered.items()},
            "errors_everywhere": {str(k): found.value for k, found in self.everywhere.items()},
            "intervals_everywhere": {str(k): [found.low, found.high] for k, found in self.everywhere.items()},
            "asked_everywhere": {str(k): found.counted for k, found in self.everywhere.items()},
            "threshold": {"k": self.threshold.k, "low": self.threshold.low, "high": self.threshold.high},
        }

    @classmethod
    def from_json(cls, held: Any) -> Self:
        """What `as_json` gave. Errors: Departure for anything else."""
        said = conform(held, EvaluationForm)

        def rates(
            errors: Mapping[str, float | None], intervals: Mapping[str, tuple[float, float]], counts: Mapping[str, int]
        ) -> dict[int, Rate]:
            if not errors.keys() == intervals.keys() == counts.keys() or not all(k.isdecimal() for k in errors):
                raise Departure("its errors, intervals and counts are not of the same k")
            return {
                int(k): Rate(round((error or 0.0) * counts[k]), counts[k], *intervals[k]) for k, error in errors.items()
            }

        answered = rates(said.errors, said.intervals, said.answered)
        everywhere = rates(said.errors_everywhere, said.intervals_everywhere, said.asked_everywhere)
        found = cls(said.protocol, said.sequences, said.seed, answered, everywhere)
        if answered.keys() != everywhere.keys() or found.as_json() != held:
            raise Departure("its numbers do not follow from each other")
        return found


class ThresholdForm(Struct, frozen=True):
    """That of a `Threshold`."""

    k: Count
    low: Count
    high: Count


class EvaluationForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The form of evaluation.json: by k, as text."""

    protocol: str
    sequences: Positive
    seed: int
    errors: dict[str, Fraction | None]
    intervals: dict[str, tuple[Fraction, Fraction]]
    answered: dict[str, Count]
    errors_everywhere: dict[str, Fraction | None]
    intervals_everywhere: dict[str, tuple[Fraction, Fraction]]
    asked_everywhere: dict[str, Count]
    threshold: ThresholdForm


def solved_up_to(errors: Mapping[int, float | None]) -> int:
    """The largest k for which every k' = 1..k that was asked has an error below SOLVED; 0 without any."""
    solved = 0
    for k in sorted(k for k in errors if k >= 1):
        error = errors[k]
        if error is None or error >= SOLVED:
            break
        solved = k
    return solved


@undisturbed()
def evaluate(
    model: Answering,
    procedure: Procedure,
    sequences: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Ask `sequences` fresh sequences (None: as many as the procedure has) for each k; seeds draw them and dropout."""
    asked = procedure.sequences if sequences is None else sequences
    if asked < 1:
        raise UsageError(f"a model is evaluated on at least one sequence; got {asked}.")
    if isinstance(model.sampler, RandomTokens):
        raise UsageError(
            f"{model.path} is a model of {model.sampler.name}, so that no answer is right or wrong. Name k-hop beside"
            " its weights: `max_hops` and `char_tokens`."
        )
    answered, everywhere = {}, {}
    groups = model.sampler.groups
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # of dropout
        for number, k in enumerate(groups):
            counts = []
            generator = generator_of(unseen(seed), k)
            for first in range(0, asked, AT_ONCE):
                batch = model.sampler.draw(min(AT_ONCE, asked - first), generator, group=k).trim()
                wrong = model.answers(batch.inputs, procedure.dropout) != batch.targets
                due = batch.targets != NOT_ASKED
                tokens = [batch.answered & wrong, batch.answered, due & wrong, due]
                counts.append(torch.stack(tokens).sum(-1))  # (4, sequences)
            wrong_answered, all_answered, wrong_due, all_due = np.concatenate(counts, axis=1)
            answered[k] = rate(wrong_answered, all_answered)
            everywhere[k] = rate(wrong_due, all_due)
            progress(number + 1, len(groups))
    return Evaluation(procedure.name, asked, seed, answered, everywhere)


def evaluation_of_run(
    folder: Path,
    device: str = "cpu",
    progress: Callable[[int, int], None] = lambda done, total: None,
    on: str = "",
) -> Evaluation:
    """The corrected procedure on a run that has ended, made once, on this device: afterwards read from the folder.

    on: other sequences than the sampler's own: VALIDATION, which are for choosing among runs, or the name of one of
    its harder distributions. Errors: UsageError as `read_answering`, and if the folder cannot be written.
    """
    place = folder / (f"evaluation-{on}.json" if on else EVALUATION)
    try:
        return Evaluation.from_json(read_json(place))
    except (Departure, UsageError):
        pass  # none is there, or a damaged one
    model = read_answering(folder, device)
    if on == VALIDATION:
        found = evaluate(model, PROCEDURES["corrected"], FEWER, seed=1, progress=progress)
    elif on:
        found = evaluate(asked_of(model, model.sampler.harder[on]), PROCEDURES["corrected"], FEWER, progress=progress)
    else:
        found = evaluate(model, PROCEDURES["corrected"], progress=progress)
    write_file(place, (json.dumps(found.as_json(), indent=2) + "\n").encode())
    return found


def asked_of(model: Answering, sampler: Sampler) -> Answering:
    """The same model, asked what another sampler draws."""
    return replace(model, sampler=sampler)
