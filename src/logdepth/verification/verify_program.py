"""Verify a program's model: its outputs equal the reference interpreter's, on all small tables and on random ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from math import prod
from time import perf_counter
from typing import NamedTuple

import numpy as np

from logdepth.artefacts import Model
from logdepth.numerics.errors import UsageError, expect
from logdepth.programs import (
    NoAnswer,
    Oracle,
    Program,
    ProgramTask,
    Sampler,
    Table,
    encode_values,
    every_table,
    foretold,
    highest_of,
    program_of,
    random_table,
)
from logdepth.transformer import AUTO, Pairs
from logdepth.verification.batches import outputs_of_batches
from logdepth.verification.budget import Budget, budget_for
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

Columns = Mapping[str, np.ndarray]  # of one table, (N,) each

TABLES_AT_A_TIME = 64  # random ones: between them there is a look at the clock


def verify_program(
    program: Program | Table,
    model: Model,
    samples: int | None = None,
    exhaustive: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
    tables: Iterable[Columns] | None = None,
    seconds: float | None = None,
    oracle: Oracle | None = None,
    sample: Sampler | None = None,
    attention: str = AUTO,
) -> Verification:
    """Judge the model by `interpret(program, table)`: all tables of few rows, then `samples` random ones.

    The interpreter knows what the program says. An oracle knows what you meant.
    samples, exhaustive: as in `verify`; the size of a table is its number of rows.
    oracle: judge by this instead, `oracle(columns)` -> output columns, on the tables that the interpreter takes.
    sample: draw the random tables by `sample(rng)` -> columns. Then only these are judged, except with `exhaustive`.
    tables: judge these instead, if few random tables keep the program's promises (a pulled row exists, …).
    A table on which the interpreter raises is skipped and counted. If most tables are skipped, nothing is verified.
    seconds: as in `verify`; None means no limit if you give samples or tables. attention: as in `verify`.
    Errors: UsageError if the model does not have the program's columns, if all tables were skipped, and if oracle or
    sample fail, with the line, or do not return columns of the program.
    """
    program = program_of(program, "verify_program")
    expect(model, Model, "verify_program", "Make one: compile_program(program).")
    check_columns(program, model)
    task = ProgramTask(program, oracle, sample)
    start, largest = perf_counter(), 0
    small: list[Columns] = []
    budget = budget_for(seconds, asked=samples is not None or exhaustive or tables is not None)
    if tables is None:
        if sample is None or exhaustive:
            small, largest = small_tables(program, MANY if exhaustive else FEW)
        drawn = how_many(samples, max(1, affordable_tables(model.transformer, attention)))
        rng = np.random.default_rng(seed)
        tables = islice(random_tables(program, rng) if sample is None else draw_tables(task, rng), drawn)
    elif samples is not None or sample is not None:
        raise UsageError("samples are drawn only where no tables are given; leave one of the two out")
    else:
        tables = [encode_values(table, program.input_values, f"program {program.name!r}") for table in tables]
    others = list(tables)
    planned, seen, done, wrong, first, longest = len(small) + len(others), 0, 0, 0, None, 0
    pairs = Pairs()
    refused: list[UsageError] = []
    for chunk in chain(part(small, AT_A_TIME), part(others, TABLES_AT_A_TIME)):
        compared = compare(task, model, chunk, budget, attention)
        seen, done, wrong = seen + len(chunk), done + compared.judged, wrong + len(compared.wrong)
        refused += compared.refusals
        first = compared.wrong[0] if compared.wrong and first is None else first
        longest, pairs = max(longest, compared.longest), pairs + compared.pairs
        if budget.stopped:
            largest = largest if seen > len(small) else 0  # some of the small tables were perhaps left out
            break
        if progress is not None:
            progress(seen, planned)
    if refused and not done and not budget.stopped:
        raise UsageError(
            f"program {program.name!r} refuses all {len(refused)} tables, the last because {refused[-1]}."
            " Give tables that it takes, or a sample that draws some."
        )
    stopped = budget.seconds if budget.stopped else None
    return Verification(
        done,
        wrong,
        largest,
        seed,
        perf_counter() - start,
        first,
        len(refused),
        planned,
        stopped,
        longest,
        str(refused[0]) if refused else None,
        pairs,
    )


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


class Compared(NamedTuple):
    """How many tables were judged, on which of them the model differs, why the interpreter refuses the others, the rows
    of the longest one that was judged, and the pairs that were scored."""

    judged: int
    wrong: list[Columns]
    refusals: list[UsageError]
    longest: int
    pairs: Pairs


def compare(
    task: ProgramTask, model: Model, tables: Sequence[Columns], budget: Budget, attention: str = AUTO
) -> Compared:
    """Judge these tables by the interpreter, or by the oracle if there is one, as long as there is time."""
    taken: list[Columns] = []
    expected: list[Columns] = []
    refusals: list[UsageError] = []
    for table in tables:
        if not budget.begin(0):
            break
        try:
            outputs = task.program.run(table)
        except UsageError as error:
            refusals.append(error)
            continue
        columns = task.encode(table)
        try:
            answer = outputs if task.oracle is None else foretold(task.program, task.oracle, columns)
        except NoAnswer as error:
            refusals.append(error)
            continue
        taken.append(columns)
        expected.append(answer)
    judged, wrong, pairs = [], [], Pairs()
    for batch in outputs_of_batches(model.transformer, taken, budget, attention):
        judged += [taken[i] for i in batch.outputs]
        wrong += [taken[i] for i, found in batch.outputs.items() if differ(found, expected[i])]
        pairs += batch.pairs
    longest = max((len(next(iter(t.values()))) for t in judged), default=0)
    return Compared(len(judged), wrong, refusals, longest, pairs)


def draw_tables(task: ProgramTask, rng: np.random.Generator) -> Iterator[Columns]:
    """Tables that a sampler draws. Errors: UsageError for what is no table of the program's columns."""
    while True:
        table = task.sampled(rng)
        try:
            yield task.encode(table)
        except UsageError as error:
            raise UsageError(f"the sample of program {task.name!r} draws what is no table:", error) from error


def differ(outputs: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]) -> bool:
    return any(not np.array_equal(outputs[name], values) for name, values in expected.items())


def small_tables(program: Program, most: int) -> tuple[list[Columns], int]:
    """Every table of 1, 2, … rows, as long as a number of rows has at most `most`; and the largest such number."""
    found: list[Columns] = []
    for rows in program.lengths:
        if prod(int(high) + 1 for column in highest_of(program, rows).values() for high in column) > most:
            return found, rows - 1
        found += map(program.pad, every_table(program, rows))
    return found, program.lengths[-1]


def random_tables(program: Program, rng: np.random.Generator) -> Iterator[Columns]:
    """Tables of all lengths, see `random_table`."""
    while True:
        yield program.pad(random_table(program, rng, int(rng.integers(program.lengths[0], program.lengths[-1] + 1))))
