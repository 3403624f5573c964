"""Verify a program's model: its outputs equal the reference interpreter's, on all small tables and on random ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice, product
from math import prod
from time import perf_counter

import numpy as np

from logdepth.models.model import Model
from logdepth.numerics.errors import UsageError
from logdepth.programs import Program, interpret
from logdepth.testing.batches import outputs_of_batches
from logdepth.testing.verify import AT_A_TIME, FEW, MANY, Progress, Verification, affordable_tables, how_many

Columns = Mapping[str, np.ndarray]  # of one table, (N,) each


def verify_program(
    program: Program,
    model: Model,
    samples: int | None = None,
    exhaustive: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
    tables: Iterable[Columns] | None = None,
) -> Verification:
    """Judge the model by `interpret(program, table)`: all tables of few rows, then `samples` random ones.

    The interpreter knows what a program says, not whether that is what you meant.
    samples, exhaustive: as in `verify`; the size of a table is its number of rows.
    tables: judge these instead; for programs whose promises (a pulled row exists, …) few random tables keep.
    A table on which the interpreter raises is skipped and counted.
    Errors: UsageError if the model does not have the program's columns, or if all tables were skipped.
    """
    check_columns(program, model)
    start, largest = perf_counter(), 0
    if tables is None:
        small, largest = small_tables(program, MANY if exhaustive else FEW)
        drawn = how_many(samples, max(1, affordable_tables(model.transformer)))
        tables = [*small, *islice(random_tables(program, np.random.default_rng(seed)), drawn)]
    elif samples is not None:
        raise UsageError("samples are drawn only where no tables are given; leave one of the two out")
    waiting = list(tables)
    done, wrong, first = 0, 0, None
    refused: list[UsageError] = []
    for place in range(0, len(waiting), AT_A_TIME):
        chunk = waiting[place : place + AT_A_TIME]
        judged, failures, refusals = compare(program, model, chunk)
        done, wrong = done + judged, wrong + len(failures)
        refused += refusals
        first = failures[0] if failures and first is None else first
        if progress is not None:
            progress(place + len(chunk), len(waiting))
    if refused and not done:
        raise UsageError(
            f"program {program.name!r} refuses all {len(refused)} tables, the last because {refused[-1]}."
            " Give tables that it takes: verify_program(program, model, tables=…)."
        )
    return Verification(done, wrong, largest, seed, perf_counter() - start, first, len(refused))


def check_columns(program: Program, model: Model) -> None:
    """UsageError unless the model takes the program's tables and has its outputs."""
    transformer = model.transformer
    inputs = {name: len(table) - 1 for name, table in transformer.embeddings.items()}
    own = (program.rows, {column.name: column.high for column in program.inputs}, program.outputs.keys())
    if (transformer.rows, inputs, transformer.outputs.keys()) != own:
        raise UsageError(
            f"model {model.name!r} does not have the rows and columns of program {program.name!r};"
            " verify it with the program that it was compiled from"
        )


def compare(program: Program, model: Model, tables: Sequence[Columns]) -> tuple[int, list[Columns], list[UsageError]]:
    """How many tables the interpreter takes; on which of them the model differs; why it refuses the others."""
    taken, expected, refusals = [], [], []
    for table in tables:
        try:
            expected.append(interpret(program, table))
        except UsageError as error:
            refusals.append(error)
        else:
            taken.append(table)
    wrong = [
        taken[i]
        for batch in outputs_of_batches(model.transformer, taken)
        for i, outputs in batch.items()
        if any(not np.array_equal(outputs[name], values) for name, values in expected[i].items())
    ]
    return len(taken), wrong, refusals


def small_tables(program: Program, most: int) -> tuple[list[Columns], int]:
    """Every table of 1, 2, … rows, as long as a number of rows has at most `most`; and the largest such number."""
    found: list[Columns] = []
    for rows in range(1, program.rows + 1):
        ranges = [range(column.high + 1) for column in program.inputs for _ in range(rows)]
        if prod(map(len, ranges)) > most:
            return found, rows - 1
        for entries in product(*ranges):
            columns = np.array(entries, dtype=np.int64).reshape(-1, rows)
            found.append({column.name: values for column, values in zip(program.inputs, columns, strict=True)})
    return found, program.rows


def random_tables(program: Program, rng: np.random.Generator) -> Iterator[Columns]:
    """Tables of all lengths. Every second holds no value above its number of rows: columns often hold row numbers.

    The columns of a table draw from one pool of 1..N numbers, so that rows match, within and across columns.
    """
    highest = max(column.high for column in program.inputs)
    for number in count():
        rows = int(rng.integers(1, program.rows + 1))
        top = min(rows, highest) if number % 2 else highest
        pool = rng.integers(0, top + 1, int(rng.integers(1, rows + 1)))
        yield {column.name: rng.choice(pool, rows) % (column.high + 1) for column in program.inputs}
