"""Compile a task or a program: the narrowest format that carries its numbers, or a refusal that says what would do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.models.model import Model
from logdepth.numerics.errors import CapacityExceeded, UsageError
from logdepth.numerics.formats import FORMATS, format_of
from logdepth.programs import Program
from logdepth.solutions import program_for, solution_of
from logdepth.tasks import Task
from logdepth.transformer import Transformer

WIDEST = list(FORMATS)[-1]


def compile_task(task: Task[Any], dtype: str | None = None, tied: bool = True) -> Model:
    """The transformer that solves a task at its size, with its claim.

    dtype: "float32" or "float64"; None takes the first of the two that carries the numbers exactly.
    tied: rounds that repeat share one set of weights; otherwise each has its own copy.
    Raises CapacityExceeded, a UsageError, naming the largest n that the format carries and what would do.
    """
    try:
        name, transformer = narrowest(program_for(task), dtype, tied)
    except CapacityExceeded as error:
        raise CapacityExceeded(f"{error}. {remedy(task, dtype or WIDEST, tied)}") from None
    return Model(task, transformer, name, promised(task, name, tied))


def compile_program(program: Program, dtype: str | None = None, tied: bool = True) -> Model:
    """The transformer that computes a program of your own, exactly, on every table of 1..rows rows.

    dtype, tied: as in `compile_task`.
    Raises UsageError if a map has no ReLU form; CapacityExceeded, a UsageError, naming what would do.
    """
    try:
        name, transformer = narrowest(program, dtype, tied)
    except CapacityExceeded as error:
        wider = wider_format(program, dtype or WIDEST, tied)
        would_do = f"dtype={wider!r} does" if wider else "Declare fewer rows or smaller ranges"
        raise CapacityExceeded(f"{error}. {would_do}.") from None
    return Model(program, transformer, name, claimed={})


def narrowest(program: Program, dtype: str | None, tied: bool) -> tuple[str, Transformer]:
    """The format asked for, or else the first that carries the numbers; and the transformer in it."""
    for name in FORMATS if dtype is None else [dtype]:
        try:
            return name, program_to_transformer(program, format_of(name), tied)
        except CapacityExceeded as error:
            refusal = error
    raise refusal


def promised(task: Task[Any], dtype: str, tied: bool = True) -> dict[str, int]:
    """What our construction promises for a task at its size."""
    return {name: int(size) for name, size in solution_of(task).claim(task, dtype, tied).sizes.items()}


def remedy(task: Task[Any], dtype: str, tied: bool) -> str:
    """What would do: a wider format, or the largest n that this one carries."""
    largest = largest_n(task, dtype, tied)
    smaller = f"In {dtype} the largest n is {largest}" if largest else f"In {dtype} no n will do with these parameters"
    wider = wider_format(program_for(task), dtype, tied)
    return f"{smaller}; --dtype {wider} carries n = {task.n}." if wider else f"{smaller}."


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


def wider_format(program: Program, dtype: str, tied: bool) -> str | None:
    """The first format wider than this one that carries the program's numbers."""
    formats = list(FORMATS)
    return next((name for name in formats[formats.index(dtype) + 1 :] if carries(program, name, tied)), None)


def carries(program: Program, dtype: str, tied: bool) -> bool:
    try:
        program_to_transformer(program, format_of(dtype), tied)
    except CapacityExceeded:
        return False
    return True
