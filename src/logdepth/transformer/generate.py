"""Autoregressive generation: a causal transformer continues a table by what it answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import ArrayLike

from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError
from logdepth.transformer.transformer import Transformer, check, evaluate


def generate(
    model: Transformer,
    prompt: Mapping[str, ArrayLike],
    steps: int | None,
    feed: Mapping[str, str] | None = None,
    ends: Collection[str] = (),
) -> dict[str, np.ndarray]:
    """The columns of `prompt`, (N,) each, continued by at most `steps` rows: what the model answers in row i is its
    input in row i + 1.

    steps: None takes all rows that the model has left.
    feed: input column -> output column. None: the only output for the only input, or for every input the output of its
    name. ends: input columns in which a 0 ends the table before it would be written.
    Errors: UsageError for a model that is not causal: in it, rows that are added would change earlier answers; for more
    rows than the model has, for another `feed`, and for an answer that the input column does not hold.
    """
    if not model.causal:
        raise UsageError("only a causal model continues a table; compile a program of Table(…, causal=True)")
    source = fed_by(model, feed)
    columns = check(model, prompt)
    rows = next(iter(columns.values())).shape
    count = model.rows - rows[0] if steps is None else check_count("steps", steps)
    if len(rows) != 1 or rows[0] + count > model.rows:
        raise UsageError(
            f"the model takes one table of at most {model.rows} rows; a prompt of shape {rows} and {count} steps are"
            " more. Compile it for more rows, or take fewer steps."
        )
    for _ in range(count):
        outputs = evaluate(model, columns)
        row = {name: int(outputs[source[name]][-1]) for name in columns}
        if any(row[name] == 0 for name in ends):
            break
        for name, value in row.items():
            if value >= len(model.embeddings[name]):
                raise UsageError(
                    f"output {source[name]!r} is {value} in row {len(columns[name])}, and column {name!r} holds"
                    f" 0..{len(model.embeddings[name]) - 1}, so that no row can follow"
                )
        columns = {name: np.append(values, row[name]) for name, values in columns.items()}
    return columns


def fed_by(model: Transformer, feed: Mapping[str, str] | None) -> dict[str, str]:
    """Input column -> the output column that continues it."""
    if feed is None:
        if len(model.embeddings) == len(model.outputs) == 1:
            return dict(zip(model.embeddings, model.outputs, strict=True))
        feed = {name: name for name in model.embeddings}
    if feed.keys() != model.embeddings.keys() or not set(feed.values()) <= model.outputs.keys():
        raise UsageError(
            f"every input column {sorted(model.embeddings)} is continued by one of the outputs {sorted(model.outputs)},"
            f" not {dict(feed)}. Say which by feed={{input: output}}."
        )
    return dict(feed)
