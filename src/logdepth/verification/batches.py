"""Run a model on many instances at once: padded batches that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from logdepth.artefacts import Model
from logdepth.transformer import AUTO, SOFTMAX, Pairs, Transformer, evaluate_counting, looks_up
from logdepth.verification.budget import Budget

SCORES_IN_A_BATCH = 2**23  # attention scores per head
SCORES_OF_PADDING = 2**16  # per head, in a batch: computing more of them takes longer than a batch more
LOOKUP = 512  # a look-up of one row by one head takes as long as so many attention scores


class Answers(NamedTuple):
    """A batch: the output columns of its tables, by the tables' places; and the pairs that were scored."""

    outputs: dict[int, dict[str, np.ndarray]]
    pairs: Pairs


class Judged(NamedTuple):
    """A batch: how many instances, those whose answer is not exactly right, the rows of its longest table, the pairs
    that were scored."""

    instances: int
    wrong: list[Any]
    longest: int
    pairs: Pairs


def wrong_answers(
    model: Model, instances: Sequence[Any], budget: Budget | None = None, attention: str = AUTO
) -> Iterator[Judged]:
    """Every batch, judged by `task.solve`, the shortest tables first.

    budget: when it is spent, no further batch is begun. attention: as in `evaluate`.
    """
    task = model.task
    tables = [task.encode(instance) for instance in instances]
    for outputs, pairs in outputs_of_batches(model.transformer, tables, budget, attention):
        judged = [(instances[i], task.decode(columns, instances[i])) for i, columns in outputs.items()]
        wrong = [each for each, answer in judged if not np.array_equal(answer, task.solve(each))]
        yield Judged(len(judged), wrong, max(rows_of(tables[i]) for i in outputs), pairs)


def outputs_of_batches(
    transformer: Transformer,
    tables: Sequence[Mapping[str, np.ndarray]],
    budget: Budget | None = None,
    attention: str = AUTO,
) -> Iterator[Answers]:
    """For every batch the output columns of its tables, by the tables' places in `tables`; while there is time."""
    lengths = np.array([rows_of(table) for table in tables])
    for batch in batches(lengths):
        longest = int(lengths[batch].max())
        if budget is not None and not budget.begin(len(batch) * cost(transformer, longest + 1, attention)):
            return
        found = evaluate_counting(transformer, pad([tables[i] for i in batch]), lengths[batch], attention=attention)
        if budget is not None:
            budget.end()
        outputs = {
            i: {name: values[place, : lengths[i]] for name, values in found.outputs.items()}
            for place, i in enumerate(batch)
        }
        yield Answers(outputs, found.pairs)


def rows_of(table: Mapping[str, np.ndarray]) -> int:
    return len(next(iter(table.values())))


def pad(tables: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The columns of all tables, (B, N) each, N the rows of the longest; zeros stand beyond the others' last rows."""
    shape = len(tables), max(map(rows_of, tables))
    padded = {name: np.zeros(shape, dtype=column.dtype) for name, column in tables[0].items()}
    for place, table in enumerate(tables):
        for name, column in table.items():
            padded[name][place, : len(column)] = column
    return padded


def cost(transformer: Transformer, tokens: int, attention: str = SOFTMAX) -> int:
    """What a table of so many tokens costs, counted in attention scores. attention: as in `evaluate`.

    A score, with its exponential, costs about as much as 50 products of a ReLU layer.
    """
    scores = products = 0
    of_a_token = LOOKUP if looks_up(attention, tokens - 1, heads=transformer.most_heads) else tokens
    for block in transformer.steps:
        if block.attention is not None:
            scores += block.attention.heads * tokens * of_a_token
        if block.mlp is not None:
            products += tokens * 2 * block.mlp.into.numel()
    return scores + products // 50


def batches(lengths: np.ndarray) -> Iterator[list[int]]:
    """Instances of similar length together, few enough that their attention scores fit and few are of padding alone."""
    batch: list[int] = []
    own = 0  # scores of the batch's tables without padding
    for i in np.argsort(lengths, kind="stable"):
        scores = (int(lengths[i]) + 1) ** 2
        padded = (len(batch) + 1) * scores
        if batch and (padded > SCORES_IN_A_BATCH or padded - own - scores > SCORES_OF_PADDING):
            yield batch
            batch, own = [], 0
        batch.append(int(i))
        own += scores
    if batch:
        yield batch
