"""Verify: the model's answers equal the exact ones, on all small instances, and on some of every family and size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain, islice
from time import perf_counter
from typing import Any

import numpy as np

from logdepth.artefacts import Model
from logdepth.numerics.errors import expect
from logdepth.programs import Program
from logdepth.transformer import AUTO, Pairs
from logdepth.verification.batches import wrong_answers
from logdepth.verification.budget import budget_for
from logdepth.verification.verification import (
    AT_A_TIME,
    FEW,
    MANY,
    Progress,
    Verification,
    affordable_tables,
    how_many,
    part,
)
from logdepth.verification.verify_program import verify_program

ROUNDS, ROWS_AT_A_TIME = 3, 2**20  # of all families, the first of the largest size; the most rows drawn together


def verify(
    model: Model,
    samples: int | None = None,
    exhaustive: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
    seconds: float | None = None,
    attention: str = AUTO,
) -> Verification:
    """Judge the model by `task.solve`: all instances of small sizes, then `samples` of all families and sizes.

    samples: None takes a number that fits the model's cost.
    exhaustive: enumerate sizes of up to 100,000 instances, not 1,000.
    seconds: after this time no batch of instances begins, and none that would end far beyond it. None means 10 s, but
    no limit with `samples` or `exhaustive`. More seconds judge the same instances, and more of them.
    attention: as in `evaluate`: "lookup", "softmax", or by the size of a table.
    The model of a program of your own is judged by the program: see `verify_program`.
    """
    expect(model, Model, "verify", "Make one by compile_task or compile_program, or read one by read_model.")
    if isinstance(model.origin, Program):
        return verify_program(
            model.origin, model, samples, exhaustive, seed, progress, seconds=seconds, attention=attention
        )
    start, budget = perf_counter(), budget_for(seconds, asked=samples is not None or exhaustive)
    by_size = enumerate_instances(model, MANY if exhaustive else FEW)
    small = [instance for instances in by_size.values() for instance in instances]
    planned = len(small) + how_many(samples, affordable(model, attention))
    done, wrong, first, longest, whole = 0, 0, None, 0, 0  # whole: judged, from the first, with none left out
    pairs = Pairs()
    for chunk in chain(part(small, AT_A_TIME), draw_instances(model, seed, planned - len(small))):
        for judged in wrong_answers(model, chunk, budget, attention):
            done, wrong, longest = done + judged.instances, wrong + len(judged.wrong), max(longest, judged.longest)
            pairs += judged.pairs
            first = judged.wrong[0] if judged.wrong and first is None else first
            if progress is not None:
                progress(done, planned)
        if budget.stopped:
            break
        whole = done
    stopped = budget.seconds if budget.stopped else None
    return Verification(
        done,
        wrong,
        complete(by_size, whole),
        seed,
        perf_counter() - start,
        first,
        planned=planned,
        stopped=stopped,
        longest=longest,
        pairs=pairs,
    )


def enumerate_instances(model: Model, most: int) -> dict[int, list[Any]]:
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


def draw_instances(model: Model, seed: int, count: int) -> Iterator[list[Any]]:
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


def affordable(model: Model, attention: str = AUTO) -> int:
    """Samples that cost about as much as AFFORDABLE attention scores, at least one of every family."""
    return max(len(model.task.families), affordable_tables(model.transformer, attention))
