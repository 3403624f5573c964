"""Runs of the library that a page repeats when it is loaded: inputs, outputs, and digests of every residual stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zlib import crc32

import numpy as np

from logdepth.artefacts import Model
from logdepth.numerics.errors import UsageError
from logdepth.tasks import Task
from logdepth.traces import trace_transformer
from logdepth.transformer import Transformer

RUNS = 8
LARGEST_RUN = 2e6
"""Attention scores of a run that a page repeats: a fraction of a second."""


def references(model: Model, shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The input that is shown first, and random ones of several sizes; those that are quick to run.

    shown: its columns, typed, and the answer, None if the library knows none.
    """
    return [
        reference(model, typed, columns, answer)
        for typed, columns, answer in [(shown["input"], shown["columns"], shown["answer"]), *drawn(model)]
        if scores(model.transformer, columns) <= LARGEST_RUN
    ]


def reference(
    model: Model, typed: Any, columns: Mapping[str, np.ndarray], answer: np.ndarray | None = None
) -> dict[str, Any]:
    """answer: the exact one, with which that of the page is compared, if the page has one."""
    trace = trace_transformer(model.transformer, columns)
    return {
        "input": typed,
        "outputs": [[name, values.tolist()] for name, values in trace.outputs.items()],
        "meant": meant(model, columns),
        "answer": None if answer is None else answer.tolist(),
        "streams": [digest_of(stream) for stream in trace.streams],
    }


def meant(model: Model, columns: Mapping[str, np.ndarray]) -> list[tuple[str, list[int]]] | None:
    """Of a program of one's own, what it gives by itself, without the weights that were made of it."""
    if isinstance(model.origin, str) or model.task.own_program is None:
        return None
    return [(name, values.tolist()) for name, values in model.task.own_program.run(columns).items()]


def digest_of(stream: np.ndarray) -> dict[str, int]:
    """CRC-32 of a residual stream, column after column: of its numbers (0 and -0 are one), and of the integers nearest
    to them, in float64. engine/digest.js computes the same."""
    across = np.ascontiguousarray(stream.T) + stream.dtype.type(0)
    return {"bits": crc32(across), "integers": crc32(np.rint(across.astype(np.float64)) + 0.0)}


def drawn(model: Model) -> Iterator[tuple[Any, Mapping[str, np.ndarray], np.ndarray | None]]:
    """Random inputs of every family, with a fixed seed, and their answers; none for a model whose task is not known or
    takes none."""
    if isinstance(model.origin, str):
        return
    task: Task[Any] = model.task
    rng = np.random.default_rng(0)
    largest = min(task.largest, max(task.smallest, task.telling_size))
    for number in range(RUNS):
        size = int(rng.integers(task.smallest, largest + 1))
        try:
            instance = task.sample(rng, task.families[number % len(task.families)], size)
            yield task.typed(instance), task.encode(instance), exact_answer(task, instance)
        except UsageError:  # a program may refuse all tables that are drawn at random
            return


def exact_answer(task: Task[Any], instance: Any) -> np.ndarray | None:
    """What the definition of a task has to give; None where it has none."""
    return None if task.definition is None else task.solve(instance)


def scores(transformer: Transformer, columns: Mapping[str, np.ndarray]) -> float:
    """Attention scores of a run."""
    heads = sum(block.attention.heads for block in transformer.steps if block.attention is not None)
    rows = len(next(iter(columns.values())))
    return heads * (rows + 1) ** 2 / (2 if transformer.causal else 1)
