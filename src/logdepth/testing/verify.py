"""Verify: the model's answers equal the exact ones, on all small instances and on some of every family and size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np

from logdepth.models.model import Model
from logdepth.numerics.errors import UsageError
from logdepth.testing.batches import wrong_answers
from logdepth.transformer import Transformer

Progress = Callable[[int, int], None]  # instances done, instances in all

AT_A_TIME = 512  # instances drawn and judged together
FEW, MANY = 1_000, 100_000  # instances of one size that an ordinary and an exhaustive verification enumerate
AFFORDABLE = 4 * 10**9  # attention scores that a verification computes unless told how many samples: some ten seconds
SAMPLES = 400


@dataclass(frozen=True)
class Verification:
    """`instances` judged, `wrong` of them.

    `exhaustive_up_to`: every instance of this size or smaller is among them (0: none was enumerated).
    `skipped`: tables, not judged, on which a program itself refuses to run (a task has none).
    `first_wrong`: an instance that the model gets wrong, or None.
    """

    instances: int
    wrong: int
    exhaustive_up_to: int
    seed: int
    seconds: float
    first_wrong: Any = None
    skipped: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "instances": self.instances,
            "wrong": self.wrong,
            "exhaustive_up_to": self.exhaustive_up_to,
            "skipped": self.skipped,
            "seed": self.seed,
        }


def verify(
    model: Model, samples: int | None = None, exhaustive: bool = False, seed: int = 0, progress: Progress | None = None
) -> Verification:
    """Judge the model by `task.solve`: all instances of small sizes, then `samples` of all families and sizes.

    samples: None takes a number that fits the model's cost.
    exhaustive: enumerate sizes of up to 100,000 instances, not 1,000.
    """
    start = perf_counter()
    small, largest = enumerated(model, MANY if exhaustive else FEW)
    drawn = how_many(samples, affordable(model))
    total, done, wrong, first = len(small) + drawn, 0, 0, None
    rng = np.random.default_rng(seed)
    while done < total:
        chunk = small[done : done + AT_A_TIME] or draw(model, rng, done - len(small), min(AT_A_TIME, total - done))
        for judged, failures in wrong_answers(model, chunk):
            done, wrong = done + judged, wrong + len(failures)
            first = failures[0] if failures and first is None else first
            if progress is not None:
                progress(done, total)
    return Verification(done, wrong, largest, seed, perf_counter() - start, first)


def how_many(samples: int | None, affordable: int) -> int:
    """The number of samples asked for, or else what is affordable."""
    if samples is not None and samples < 0:
        raise UsageError(f"the number of samples is 0 or more; got {samples}")
    return affordable if samples is None else samples


def enumerated(model: Model, most: int) -> tuple[list[Any], int]:
    """Every instance of the smallest sizes, as long as a size has at most `most`; and the largest such size."""
    task, found, largest = model.task, [], 0
    for size in range(task.smallest, task.largest + 1):
        instances = list(islice(task.exhaustive(size), most + 1))
        if len(instances) > most:
            break
        found += instances
        largest = size
    return found, largest


def draw(model: Model, rng: np.random.Generator, first: int, count: int) -> list[Any]:
    """Instances number first, first + 1, …: families in turn; every third is as large as the model takes."""
    task = model.task
    families = task.families
    return [
        task.sample(rng, families[i % len(families)], task.largest if i // len(families) % 3 == 0 else None)
        for i in range(first, first + count)
    ]


def affordable(model: Model) -> int:
    """Samples that cost about as much as AFFORDABLE attention scores, at least one of every family."""
    return max(len(model.task.families), affordable_tables(model.transformer))


def affordable_tables(transformer: Transformer) -> int:
    """How many tables cost about as much as AFFORDABLE attention scores, at most SAMPLES.

    A score, with its exponential, costs about as much as 50 products of a ReLU layer.
    """
    tokens = transformer.rows + 1
    scores = products = 0
    for block in transformer.steps:
        if block.attention is not None:
            scores += block.attention.heads * tokens**2
        if block.mlp is not None:
            products += tokens * 2 * block.mlp.into.numel()
    return min(SAMPLES, AFFORDABLE // max(1, scores + products // 50))
