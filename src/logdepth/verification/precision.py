"""How few mantissa bits a model needs: simulate p-bit arithmetic and look for the smallest p that is still right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

import numpy as np

from logdepth.artefacts import Model
from logdepth.numerics.errors import UsageError
from logdepth.numerics.formats import FLOAT64, format_of
from logdepth.tasks import Task
from logdepth.transformer import columns_kept
from logdepth.verification.batches import batches, cost, pad, rows_of
from logdepth.verification.budget import SLOWEST, Budget, OutOfTime
from logdepth.verification.verification import FEW, SAMPLES
from logdepth.verification.verify import affordable, draw, enumerate_instances

AT_MOST = 4  # instances of various families and sizes, beside the small ones and a largest one
MOST_SCORES = 2 * 10**8  # attention scores of all instances together: counting takes some ten seconds on one core


def fewest_mantissa_bits(model: Model, instances: Sequence[Any], seconds: float = inf) -> int:
    """The smallest p such that in p-bit arithmetic (`evaluate(mantissa_bits=p)`), on all `instances`, every column at
    every step rounds to the integer that it holds in the model's own format; so the answers are the same, too.

    Columns, since an answer may be right by luck: of yes and no, or where all instances have the same.
    By bisection; with one bit fewer some column is wrong.
    Errors: UsageError without an instance; OutOfTime if `seconds` do not suffice.
    """
    if not len(instances):
        raise UsageError("mantissa bits are counted on one instance or more; got none. Draw some.")
    transformer, tables = model.transformer, [model.task.encode(instance) for instance in instances]
    lengths, budget = np.array([rows_of(table) for table in tables]), Budget(seconds, SLOWEST / 10)
    parted = list(batches(lengths))[::-1]  # the longest first: they are the first to fail

    def right(bits: int) -> bool:
        for batch in parted:
            if not budget.begin(2 * len(batch) * cost(transformer, int(lengths[batch].max()) + 1)):
                raise OutOfTime
            if not columns_kept(transformer, pad([tables[i] for i in batch]), lengths[batch], bits):
                return False
            budget.end()
        return True

    return fewest_bits(right, model.dtype)


def fewest_bits(right: Callable[[int], bool], dtype: str) -> int:
    """The smallest p for which `right(p)`, by bisection; of a float32 model that is right in it, at most 24."""
    low, high = 0, format_of(dtype).mantissa_bits
    if not right(high):
        high = FLOAT64.mantissa_bits
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if right(middle) else (middle, high)
    return high


def telling_instances(model: Model, seed: int = 0, task: Task[Any] | None = None) -> list[Any]:
    """Instances for p-bit arithmetic, which is slow: all small ones, a largest one, and a few of various families.

    The largest ones come first, and what costs more than MOST_SCORES together is left out: nothing is left where one
    costs as much, and which ones are left does not depend on the machine. task: draws them in the model's place.
    """
    task, rng = task or model.task, np.random.default_rng(seed)
    if task.own_program is not None:
        try:
            found = [task.sample(rng, size=size) for size in (*[task.n] * AT_MOST, min(2, task.n), 1)]
        except UsageError:  # it takes hardly any table of some size; verification counts those
            return []
    else:
        families = len(task.families)
        various = min(families, max(1, AT_MOST * affordable(model) // SAMPLES))  # one if the model is expensive
        small = [instance for instances in enumerate_instances(model, FEW).values() for instance in instances]
        found = draw(model, rng, 0, 1) + draw(model, rng, families, various) + small[::-1]
    kept, scores = [], 0
    for instance in found:
        scores += cost(model.transformer, rows_of(model.task.encode(instance)) + 1)
        if scores > MOST_SCORES:
            break
        kept.append(instance)
    return kept
