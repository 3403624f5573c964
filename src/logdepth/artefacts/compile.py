"""Compile a task or a program, in the narrowest format that carries its numbers; or refuse, and say what would do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from logdepth.arrows.program_to_transformer import WIDEST, carries, translate_narrowest, wider_format
from logdepth.artefacts.model import Model
from logdepth.numerics.errors import CapacityExceeded, UsageError, Wording, expect
from logdepth.programs import Program, Table, program_of
from logdepth.solutions import program_for, solution_of
from logdepth.tasks import Task
from logdepth.theory import Claim
from logdepth.transformer import Transformer


def compile_task(task: Task[Any], dtype: str | None = None, tied: bool = True) -> Model:
    """The transformer that solves a task at its size, with its claim.

    dtype: "float32" or "float64"; None takes the first of the two that carries the numbers exactly.
    tied: repeated rounds share one set of weights; otherwise each round has its own copy.
    Errors: CapacityExceeded, a UsageError, names the largest n that the format carries, and what would do.
    """
    expect(task, Task, "compile_task", 'Make one: make_task("k-hop", n=30).')
    try:
        made = translate_narrowest(program_for(task), dtype, tied)
    except CapacityExceeded as error:
        raise CapacityExceeded(error, remedy(task, dtype or WIDEST, tied)) from None
    name = dtype_name(made.artefact)
    return Model(task, made.artefact, name, counts(made.claim) | promise(task, name, tied))


def compile_program(program: Program | Table, dtype: str | None = None, tied: bool = True) -> Model:
    """The transformer that computes a program of your own, or a `Table`'s, exactly, on every table of 1..rows rows.

    dtype, tied: as in `compile_task`.
    Errors: UsageError if a map has no ReLU form; CapacityExceeded, a UsageError, names what would do.
    """
    program = program_of(program, "compile_program")
    try:
        made = translate_narrowest(program, dtype, tied)
    except CapacityExceeded as error:
        wider = wider_format(program, dtype or WIDEST, tied)
        would_do = Wording("{dtype} does.", dtype=wider) if wider else "Declare fewer rows or smaller ranges."
        raise CapacityExceeded(error, would_do) from None
    return Model(program, made.artefact, dtype_name(made.artefact), counts(made.claim))


def dtype_name(transformer: Transformer) -> str:
    return str(transformer.dtype).removeprefix("torch.")


def counts(claim: Claim) -> dict[str, int]:
    """The sizes of an exact claim."""
    return {name: int(size) for name, size in claim.sizes.items()}


def promise(task: Task[Any], dtype: str, tied: bool = True) -> dict[str, int]:
    """What our construction promises for a task at its size."""
    return counts(solution_of(task).claim(task, dtype, tied))


def remedy(task: Task[Any], dtype: str, tied: bool) -> Wording:
    """What would do: a wider format, or the largest n that this one carries."""
    largest = largest_n(task, dtype, tied)
    smaller = f"In {dtype} the largest n is {largest}" if largest else f"In {dtype} no n will do with these parameters"
    wider = wider_format(program_for(task), dtype, tied)
    return Wording(f"{smaller}; {{dtype}} carries n = {task.n}.", dtype=wider) if wider else Wording(f"{smaller}.")


def largest_n(task: Task[Any], dtype: str, tied: bool) -> int:
    """By bisection; 0 if none."""
    low, high = 0, task.n
    while low + 1 < high:
        middle = (low + high) // 2
        try:
            fits = carries(program_for(replace(task, n=middle)), dtype, tied)
        except UsageError:  # the task itself does not exist at this size
            fits = True
        low, high = (middle, high) if fits else (low, middle)
    return low
