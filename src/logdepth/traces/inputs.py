"""Which input a run is shown on: the user's, a real one of the library, or a random one with varied answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from logdepth.artefacts import Model
from logdepth.numerics.columns import integer_columns
from logdepth.numerics.errors import UsageError
from logdepth.programs import Oracle, Program, foretold
from logdepth.tasks import Task, shipped_file

WEIGHTS_HELD = 2**27  # attention weights of a run that is shown unasked, or is kept whole: 1 GiB in float64
WEIGHTS_LOOKED_AT = 2**31  # of a run on a given input: a minute or so
SAMPLES, TABLES, ROWS_OF_TABLES = 24, 24, 32
RANDOM_TABLE = "a random table of numbers in the columns’ ranges"


@dataclass(frozen=True, eq=False)
class Input:
    """An instance, what to call it, and what became of the one that was asked for ("": it is shown)."""

    instance: Any
    name: str
    note: str = ""


def choose_input(model: Model, instance: Any, name: str) -> Input:
    """The input to show. A given one that is too large to look inside is replaced by a random one, with a note."""
    if instance is None:
        return real_input(model) or telling_sample(model)
    rows = model.task.rows_of(instance)
    if weights_of(model, rows) <= WEIGHTS_LOOKED_AT:
        return Input(instance, name or "the given input")
    sample = telling_sample(model)
    return replace(
        sample, note=f"{name or 'The given input'} has {rows:,} rows, too many to look at every attention weight."
    )


def can_look_inside(model: Model, instance: Any) -> bool:
    return rows_fit(model, model.task.rows_of(instance))


def rows_fit(model: Model, rows: int) -> bool:
    """Whether every attention weight of a run on so many rows may be kept."""
    return weights_of(model, rows) <= WEIGHTS_HELD


def weights_of(model: Model, rows: int) -> int:
    """How many attention weights a run on so many rows has."""
    heads = sum(block.attention.heads for block in model.transformer.steps if block.attention is not None)
    return heads * (rows + 1) ** 2


def real_input(model: Model) -> Input | None:
    """The best shipped input that fits; of a sequence that is too long, a stretch."""
    task = model.task
    path = task.default_input()
    if path is not None:
        instance = task.read(path)
        return Input(instance, path.name) if can_look_inside(model, instance) else None
    for name in task.shipped:
        given = stretch(task, name)
        if given is not None and can_look_inside(model, given.instance):
            return given
    return None


def stretch(task: Task[Any], name: str) -> Input | None:
    """As much of a shipped input as the task takes, where the answers are most varied; None if it does not suit."""
    try:
        parts = task.stretches(shipped_file(name))
        best = max(parts, key=lambda part: variety(task, part[0]), default=None)
        if best is None:
            return None
        instance, which = best
        task.encode(instance)
    except UsageError:
        return None
    return Input(instance, f"{which} of {name}")


def telling_sample(model: Model) -> Input:
    """Of some random instances, with a fixed seed, the one whose answers are most varied; of further families where all
    answers of the first are equal."""
    task = model.task
    size = min(task.largest, max(task.smallest, task.telling_size))
    rng = np.random.default_rng(0)
    for families in task.telling_families:
        every = (task.sample(rng, family, size) for _ in range(SAMPLES) for family in families)
        best = max(every, key=lambda drawn: variety(task, drawn))
        if variety(task, best)[0] > 0:
            break
    return Input(best, f"a random instance of size {size}")


def variety(task: Task[Any], instance: Any) -> tuple[float, int]:
    """The entropy of the answers, then how many are not 0."""
    answer = task.solve(instance)
    _, counts = np.unique(answer, return_counts=True)
    shares = counts / max(1, counts.sum())
    return float(-(shares * np.log(shares)).sum().round(6)), int(np.count_nonzero(answer))


@dataclass(frozen=True, eq=False)
class Exact:
    """The outputs that a table should have, {} if they are not known.

    note: who says so, "what … gives"; or else why nothing is compared.
    """

    outputs: Mapping[str, np.ndarray]
    note: str


@dataclass(frozen=True, eq=False)
class GivenTable:
    """A table, column -> (N,), what to call it, and its exact outputs."""

    columns: Mapping[str, np.ndarray]
    name: str
    exact: Exact


def choose_table(
    model: Model, program: Program | None, columns: Mapping[str, Any] | None, name: str, oracle: Oracle | None = None
) -> GivenTable:
    """The table to show: the given one, or a random one, which the program takes if any of TABLES is such.

    Errors: UsageError for a given table that is none of the model's, or too large to look inside.
    """
    if columns is not None:
        owner = f"program {model.name!r}"
        given = model.task.instance_of(columns) if isinstance(model.origin, Program) else columns
        table = integer_columns(given, model.transformer.embeddings.keys(), owner)
        first = next(iter(table.values()))
        if first.ndim != 1:
            raise UsageError(f"a page is of one table; {owner} takes columns (N,) for it, not {first.shape}")
        if weights_of(model, len(first)) > WEIGHTS_LOOKED_AT:
            raise UsageError(f"a page looks at every attention weight, too many with {len(first):,} rows; give fewer")
        return GivenTable(table, name or "the given table", exact_outputs(program, table, oracle))
    rng, given_rows = np.random.default_rng(0), model.transformer.rows - model.blank
    rows = given_rows if model.blank else min(given_rows, ROWS_OF_TABLES)
    highest = {field: len(table) - 1 for field, table in model.transformer.embeddings.items()}
    drawn = []
    for number in range(TABLES if program else 1):
        most = rows if number % 2 else max(highest.values())  # columns often hold row numbers
        table = dict(model.pad({field: rng.integers(0, min(high, most) + 1, rows) for field, high in highest.items()}))
        drawn.append(GivenTable(table, RANDOM_TABLE, exact_outputs(program, table, oracle)))
    return next((given for given in drawn if given.exact.outputs), drawn[0])


def exact_outputs(program: Program | None, table: Mapping[str, np.ndarray], oracle: Oracle | None) -> Exact:
    """By the oracle, on tables that the program takes; without one by the reference interpreter."""
    if program is None:
        return Exact({}, "The program that the model was compiled from is not at hand.")
    try:
        meant = program.run(table)
    except UsageError as refusal:
        return Exact({}, f"The program itself refuses this table, so what the model gives means nothing: {refusal}")
    if oracle is None:
        return Exact(meant, "what the program’s reference interpreter gives")
    return Exact(foretold(program, oracle, dict(table)), "what the program’s oracle gives")
