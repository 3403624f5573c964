"""Verify: the model's answers equal the exact ones, on all small instances, and on some of every family and size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from time import perf_counter
from typing import Any

import numpy as np

from logdepth.artefacts.model import Model
from logdepth.numerics.errors import UsageError
from logdepth.programs import Program
from logdepth.transformer import Transformer
from logdepth.verification.batches import cost, wrong_answers
from logdepth.verification.budget import budget_for

Progress = Callable[[int, int], None]  # instances done, instances in all

AT_A_TIME = 512  # instances of small sizes judged together
ROUNDS, ROWS_AT_A_TIME = 3, 2**20  # of all families, the first of the largest size; the most rows drawn together
FEW, MANY = 1_000, 100_000  # instances of one size that an ordinary and an exhaustive verification enumerate
AFFORDABLE = 4 * 10**9  # attention scores that a verification computes unless told how many samples: some ten seconds
SAMPLES = 400
LONGEST = 200  # letters of an instance in words


@dataclass(frozen=True)
class Verification:
    """`instances` judged, `wrong` of them.

    `exhaustive_up_to`: every instance of this size or smaller is among them (0: none was enumerated).
    `skipped`: tables on which a program itself refuses to run; they are not judged (a task has none).
    `first_wrong`: an instance that the model gets wrong, or None.
    `planned`: how many instances were planned; `stopped`: the budget in seconds, if it ended before all of them were
    judged, or None. `longest`: the rows of the longest table that was judged. `refusal`: why the first table was
    skipped, or None.
    """

    instances: int
    wrong: int
    exhaustive_up_to: int
    seed: int
    seconds: float
    first_wrong: Any = None
    skipped: int = 0
    planned: int = 0
    stopped: float | None = None
    longest: int = 0
    refusal: str | None = None

    @property
    def verified(self) -> bool:
        """Whether the model was right on all instances judged, and these were most of those tried."""
        return self.wrong == 0 and self.instances > 0 and self.skipped <= self.instances

    def __str__(self) -> str:
        """What was found, in words: what was skipped comes first."""
        judged = f"{self.instances:,} instances"
        if self.exhaustive_up_to:
            judged += f", among them all up to size {self.exhaustive_up_to}"
        found = f"WRONG on {self.wrong:,} of {judged}" if self.wrong else f"exact on {judged}"
        if self.first_wrong is not None:
            found += f"; the first is {in_words(self.first_wrong)}"
        if not self.instances:
            found = "nothing was judged"
        if self.stopped is not None:
            found += f"; {self.stopped:g} s did not allow for the {self.planned:,} planned"
        if self.skipped:
            known = "" if self.refusal is None else f", the first because {self.refusal}"
            found = f"{self.skipped:,} of {self.skipped + self.instances:,} tables were SKIPPED{known}; {found}"
        return found if self.verified or self.wrong else f"NOT VERIFIED: {found}"

    def as_json(self) -> dict[str, Any]:
        return {
            "instances": self.instances,
            "wrong": self.wrong,
            "exhaustive_up_to": self.exhaustive_up_to,
            "skipped": self.skipped,
            "seed": self.seed,
            "planned": self.planned,
            "stopped": self.stopped,
            "longest": self.longest,
            "refusal": self.refusal,
            "verified": self.verified,
        }


def in_words(instance: Any) -> str:
    """An instance in a line, cut where it is long."""
    shown = (
        {name: np.asarray(values).tolist() for name, values in instance.items()}
        if isinstance(instance, Mapping)
        else instance
    )
    text = " ".join(str(shown).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def verify(
    model: Model,
    samples: int | None = None,
    exhaustive: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
    seconds: float | None = None,
) -> Verification:
    """Judge the model by `task.solve`: all instances of small sizes, then `samples` of all families and sizes.

    samples: None takes a number that fits the model's cost.
    exhaustive: enumerate sizes of up to 100,000 instances, not 1,000.
    seconds: after this time no batch of instances begins, and none that would end far beyond it. None means 10 s, but
    no limit with `samples` or `exhaustive`. More seconds judge the same instances, and more of them.
    The model of a program of your own is judged by the program: see `verify_program`.
    """
    if isinstance(model.origin, Program):
        from logdepth.verification.verify_program import verify_program  # it builds on this file

        return verify_program(model.origin, model, samples, exhaustive, seed, progress, seconds=seconds)
    start, budget = perf_counter(), budget_for(seconds, asked=samples is not None or exhaustive)
    by_size = enumerated(model, MANY if exhaustive else FEW)
    small = [instance for instances in by_size.values() for instance in instances]
    planned = len(small) + how_many(samples, affordable(model))
    done, wrong, first, longest, whole = 0, 0, None, 0, 0  # whole: judged, from the first, with none left out
    for chunk in chain(parted(small, AT_A_TIME), drawn(model, seed, planned - len(small))):
        for judged in wrong_answers(model, chunk, budget):
            done, wrong, longest = done + judged.instances, wrong + len(judged.wrong), max(longest, judged.longest)
            first = judged.wrong[0] if judged.wrong and first is None else first
            if progress is not None:
                progress(done, planned)
        if budget.stopped:
            break
        whole = done
    stopped = budget.seconds if budget.stopped else None
    return Verification(
        done, wrong, complete(by_size, whole), seed, perf_counter() - start, first, 0, planned, stopped, longest
    )


def how_many(samples: int | None, affordable: int) -> int:
    """The number of samples asked for, or else what is affordable."""
    if samples is not None and samples < 0:
        raise UsageError(f"the number of samples is 0 or more; got {samples}")
    return affordable if samples is None else samples


def enumerated(model: Model, most: int) -> dict[int, list[Any]]:
    """Every instance of the smallest sizes, by size, as long as a size has at most `most`."""
    task, found = model.task, {}
    for size in range(task.smallest, task.largest + 1):
        instances = list(islice(task.exhaustive(size), most + 1))
        if len(instances) > most:
            break
        found[size] = instances
    return found


def complete(by_size: Mapping[int, Sequence[Any]], judged: int) -> int:
    """The largest size of which, and of all smaller ones, every instance is among the first `judged`; 0 for none."""
    ends = accumulate(map(len, by_size.values()))
    return max((size for size, end in zip(by_size, ends, strict=True) if end <= judged), default=0)


def parted(instances: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    """In turn, at most so many at a time."""
    return (instances[first : first + most] for first in range(0, len(instances), most))


def drawn(model: Model, seed: int, count: int) -> Iterator[list[Any]]:
    """So many random instances, a few at a time, of every family and of large and other sizes each time."""
    rng = np.random.default_rng(seed)
    together = max(1, min(ROUNDS * len(model.task.families), ROWS_AT_A_TIME // model.task.rows))
    for first in range(0, count, together):
        yield draw(model, rng, first, min(together, count - first))


def draw(model: Model, rng: np.random.Generator, first: int, count: int) -> list[Any]:
    """Instances number first, first + 1, …: families in turn; every third round is as large as the model takes.

    If that costs so much that there is one round only, every second of it is of another size: what little time there is
    then goes from small to large.
    """
    task = model.task
    families = task.families
    dear = affordable_tables(model.transformer) < len(families)

    def size(i: int) -> int | None:
        return task.largest if i // len(families) % ROUNDS == 0 and not (dear and i % 2) else None

    return [task.sample(rng, families[i % len(families)], size(i)) for i in range(first, first + count)]


def affordable(model: Model) -> int:
    """Samples that cost about as much as AFFORDABLE attention scores, at least one of every family."""
    return max(len(model.task.families), affordable_tables(model.transformer))


def affordable_tables(transformer: Transformer) -> int:
    """How many tables cost about as much as AFFORDABLE attention scores, at most SAMPLES."""
    return min(SAMPLES, AFFORDABLE // max(1, cost(transformer, transformer.rows + 1)))
