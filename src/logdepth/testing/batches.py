"""Run a model on many instances at once: padded batches that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from logdepth.models.model import Model
from logdepth.transformer import Transformer, evaluate

SCORES_IN_A_BATCH = 2**23  # attention scores per head


def wrong_answers(
    model: Model, instances: Sequence[Any], mantissa_bits: int | None = None
) -> Iterator[tuple[int, list[Any]]]:
    """For every batch: how many instances it has, and those whose answer is not exactly `task.solve`."""
    task = model.task
    tables = [task.encode(instance) for instance in instances]
    for batch in outputs_of_batches(model.transformer, tables, mantissa_bits):
        judged = [(instances[i], task.decode(outputs, instances[i])) for i, outputs in batch.items()]
        yield len(judged), [each for each, answer in judged if not np.array_equal(answer, task.solve(each))]


def outputs_of_batches(
    transformer: Transformer, tables: Sequence[Mapping[str, np.ndarray]], mantissa_bits: int | None = None
) -> Iterator[dict[int, dict[str, np.ndarray]]]:
    """For every batch: the output columns of its tables, by the tables' places in `tables`."""
    lengths = np.array([len(next(iter(table.values()))) for table in tables])
    for batch in batches(lengths):
        longest = int(lengths[batch].max())
        columns = {
            name: np.stack([np.pad(tables[i][name], (0, longest - lengths[i])) for i in batch])
            for name in tables[batch[0]]
        }
        outputs = evaluate(transformer, columns, lengths[batch], mantissa_bits)
        yield {
            i: {name: values[place, : lengths[i]] for name, values in outputs.items()} for place, i in enumerate(batch)
        }


def batches(lengths: np.ndarray) -> Iterator[list[int]]:
    """Instances of similar length together, few enough that their attention scores fit."""
    batch: list[int] = []
    for i in np.argsort(lengths, kind="stable"):
        if batch and (len(batch) + 1) * (int(lengths[i]) + 1) ** 2 > SCORES_IN_A_BATCH:
            yield batch
            batch = []
        batch.append(int(i))
    if batch:
        yield batch
