"""Compile a task or a program, in the narrowest format that carries its numbers; or refuse, and say what would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from logdepth.arrows.program_to_transformer import (
    COUNTED,
    FORMULAS,
    TABLE,
    WIDEST,
    carries,
    translate_narrowest,
    wider_format,
)
from logdepth.artefacts.model import Model
from logdepth.numerics.errors import CapacityExceeded, UsageError, Wording, expect
from logdepth.programs import Program, Table, program_of
from logdepth.solutions import program_for, solution_of
from logdepth.tasks import Task
from logdepth.theory import Claim
from logdepth.transformer import Transformer

MOST_ROWS = 2**16
"""The longest that `compile_all_lengths` tries; a longer input is one of a stated length, `compile_task`'s."""


def compile_task(task: Task[Any], dtype: str | None = None, tied: bool = True, positions: str = TABLE) -> Model:
    """The transformer that solves a task at its size, with its claim.

    dtype: "float32" or "float64"; None takes the first of the two that carries the numbers exactly.
    tied: repeated rounds share one set of weights; otherwise each round has its own copy.
    positions: "table": a line of weights for every row number; "formulas": functions of the row number, and no weight
    for any row; "counted": nothing, and a causal model counts its rows in a layer more. `compile_all_lengths` takes as
    many rows as the format carries.
    Errors: CapacityExceeded, a UsageError, names the largest n that the format carries, and what would do.
    """
    expect(task, Task, "compile_task", 'Make one: make_task("k-hop", n=30).')
    try:
        made = translate_narrowest(program_for(task), dtype, tied, positions)
    except CapacityExceeded as error:
        raise CapacityExceeded(error, remedy(task, dtype or WIDEST, tied, positions)) from None
    name = dtype_name(made.artefact)
    promised = {} if positions == COUNTED else promise(task, name, tied)  # there is a layer more than a solution says
    return Model(task, made.artefact, name, counts(made.claim) | promised)


def compile_program(
    program: Program | Table, dtype: str | None = None, tied: bool = True, positions: str = TABLE
) -> Model:
    """The transformer that computes a program of your own, or a `Table`'s, exactly, on every table of 1..rows rows.

    dtype, tied, positions: as in `compile_task`.
    Errors: UsageError if a map has no ReLU form; CapacityExceeded, a UsageError, names what would do.
    """
    program = program_of(program, "compile_program")
    try:
        made = translate_narrowest(program, dtype, tied, positions)
    except CapacityExceeded as error:
        wider = wider_format(program, dtype or WIDEST, tied, positions)
        would_do = Wording("{dtype} does.", dtype=wider) if wider else "Declare fewer rows or smaller ranges."
        raise CapacityExceeded(error, would_do) from None
    return Model(program, made.artefact, dtype_name(made.artefact), counts(made.claim))


def compile_all_lengths(
    of: Task[Any] | Callable[[int], Program | Table],
    dtype: str = "float32",
    tied: bool = True,
    positions: str = FORMULAS,
) -> Model:
    """One set of weights for inputs of every length, up to the longest that the format carries, but 65,536 at most:
    `model.task.n` rows of a program, or what n counts of a task.

    Row numbers enter by formulas, or they are counted, so nothing is stored for any of them. Depth is that of the
    longest input: a program whose rounds grow with n repeats them as often for a short one.
    of: a task, whose n is left aside, or a function from the number of rows to a program or a `Table`.
    dtype, tied, positions: as in `compile_task`.
    Errors: UsageError if a function of the row number has no formula, or if the format carries no length at all.
    """
    if isinstance(of, Task):
        most = next(min(MOST_ROWS, int(p.high or MOST_ROWS)) for p in of.describe() if p.name == "n")
        longest = find_largest(lambda n: carries_task(of, n, dtype, tied, positions), most)
        return compile_task(replace(of, n=max(1, longest)), dtype, tied, positions)
    longest = find_largest(
        lambda n: carries(program_of(of(n), "compile_all_lengths"), dtype, tied, positions), MOST_ROWS
    )
    return compile_program(of(max(1, longest)), dtype, tied, positions)


def dtype_name(transformer: Transformer) -> str:
    return str(transformer.dtype).removeprefix("torch.")


def counts(claim: Claim) -> dict[str, int]:
    """The sizes of an exact claim."""
    return {name: int(size) for name, size in claim.sizes.items()}


def promise(task: Task[Any], dtype: str, tied: bool = True) -> dict[str, int]:
    """What our construction promises for a task at its size."""
    return counts(solution_of(task).claim(task, dtype, tied))


def remedy(task: Task[Any], dtype: str, tied: bool, positions: str = TABLE) -> Wording:
    """What would do: a wider format, or the largest n that this one carries."""
    largest = find_largest(lambda n: carries_task(task, n, dtype, tied, positions), task.n - 1)
    smaller = f"In {dtype} the largest n is {largest}" if largest else f"In {dtype} no n will do with these parameters"
    wider = wider_format(program_for(task), dtype, tied, positions)
    return Wording(f"{smaller}; {{dtype}} carries n = {task.n}.", dtype=wider) if wider else Wording(f"{smaller}.")


def carries_task(task: Task[Any], n: int, dtype: str, tied: bool, positions: str) -> bool:
    """Whether a format carries the numbers of a task at this n; yes where there is no such task."""
    try:
        program = program_for(replace(task, n=n))
    except UsageError:
        return True
    return carries(program, dtype, tied, positions)


def find_largest(fits: Callable[[int], bool], most: int) -> int:
    """The largest n of 1..most that fits, if all smaller ones do, too; 0 if none. No n is tried far beyond it."""
    low, high = 0, min(64, most + 1)
    while high <= most and fits(high):
        low, high = high, min(2 * high, most + 1)
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
