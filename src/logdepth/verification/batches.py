"""Run a model on many instances at once: padded batches that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from logdepth.artefacts import Model
from logdepth.transformer import Transformer, evaluate
from logdepth.verification.budget import Budget

SCORES_IN_A_BATCH = 2**23  # attention scores per head


class Judged(NamedTuple):
    """A batch: how many instances, those whose answer is not exactly right, the rows of its longest table."""

    instances: int
    wrong: list[Any]
    longest: int


def wrong_answers(model: Model, instances: Sequence[Any], budget: Budget | None = None) -> Iterator[Judged]:
    """Every batch, judged by `task.solve`, the shortest tables first.

    budget: when it is spent, no further batch is begun.
    """
    task = model.task
    tables = [task.encode(instance) for instance in instances]
    for batch in outputs_of_batches(model.transformer, tables, budget):
        judged = [(instances[i], task.decode(outputs, instances[i])) for i, outputs in batch.items()]
        wrong = [each for each, answer in judged if not np.array_equal(answer, task.solve(each))]
        yield Judged(len(judged), wrong, max(rows_of(tables[i]) for i in batch))


def outputs_of_batches(
    transformer: Transformer,
    tables: Sequence[Mapping[str, np.ndarray]],
    budget: Budget | None = None,
) -> Iterator[dict[int, dict[str, np.ndarray]]]:
    """For every batch: the output columns of its tables, by the tables' places in `tables`; while there is time."""
    lengths = np.array([rows_of(table) for table in tables])
    for batch in batches(lengths):
        if budget is not None and not budget.begin(len(batch) * cost(transformer, int(lengths[batch].max()) + 1)):
            return
        outputs = evaluate(transformer, pad([tables[i] for i in batch]), lengths[batch])
        if budget is not None:
            budget.end()
        yield {
            i: {name: values[place, : lengths[i]] for name, values in outputs.items()} for place, i in enumerate(batch)
        }


def rows_of(table: Mapping[str, np.ndarray]) -> int:
    return len(next(iter(table.values())))


def pad(tables: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The columns of all tables, (B, N) each, N the rows of the longest; zeros stand beyond the others' last rows."""
    longest = max(map(rows_of, tables))
    return {name: np.stack([np.pad(t[name], (0, longest - len(t[name]))) for t in tables]) for name in tables[0]}


def cost(transformer: Transformer, tokens: int) -> int:
    """What a table of so many tokens costs, counted in attention scores.

    A score, with its exponential, costs about as much as 50 products of a ReLU layer.
    """
    scores = products = 0
    for block in transformer.steps:
        if block.attention is not None:
            scores += block.attention.heads * tokens**2
        if block.mlp is not None:
            products += tokens * 2 * block.mlp.into.numel()
    return scores + products // 50


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
