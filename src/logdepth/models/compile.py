"""Compile a task or a program: the narrowest format that carries its numbers, or a refusal that says what would do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from logdepth.algorithms import program_for
from logdepth.bounds.constructions import construction_claim
from logdepth.gadgets.heads import CapacityExceeded
from logdepth.models.model import Model
from logdepth.numerics.errors import UsageError
from logdepth.numerics.formats import FORMATS, format_of
from logdepth.programs import Program
from logdepth.tasks import Task
from logdepth.transformer import Transformer
from logdepth.translate.program_to_transformer import program_to_transformer


def compile_task(task: Task[Any], dtype: str | None = None, tied: bool = True) -> Model:
    """The transformer that solves a task at its size, with its claim.

    dtype: "float32" or "float64"; None takes the first of the two that carries the numbers exactly.
    tied: rounds that repeat share one set of weights; otherwise each has its own copy.
    Raises CapacityExceeded, a UsageError, naming the largest n that the format carries and what would do.
    """
    for name in FORMATS if dtype is None else [dtype]:
        try:
            transformer = compile_program(program_for(task), name, tied)
        except CapacityExceeded as error:
            refusal = CapacityExceeded(f"{error}. {remedy(task, name, tied)}")
        else:
            return Model(task, transformer, name, promised(task, name, tied))
    raise refusal


def promised(task: Task[Any], dtype: str, tied: bool = True) -> dict[str, int]:
    """What our construction promises for a task at its size: the sizes of `bounds.constructions`."""
    return {name: int(size) for name, size in construction_claim(task.name, task.numbers, dtype, tied).sizes.items()}


def compile_program(program: Program, dtype: str = "float32", tied: bool = True) -> Transformer:
    """The transformer that computes a program of your own, exactly, on every table of 1..rows rows."""
    return program_to_transformer(program, format_of(dtype), tied)


def remedy(task: Task[Any], dtype: str, tied: bool) -> str:
    """What would do: a wider format, or the largest n that this one carries."""
    largest = largest_n(task, dtype, tied)
    smaller = f"In {dtype} the largest n is {largest}" if largest else f"In {dtype} no n will do with these parameters"
    wider = [name for name in list(FORMATS)[list(FORMATS).index(dtype) + 1 :] if carries(task, name, tied)]
    return f"{smaller}; --dtype {wider[0]} carries n = {task.n}." if wider else f"{smaller}."


def largest_n(task: Task[Any], dtype: str, tied: bool) -> int:
    """By bisection; 0 if none."""
    low, high = 0, task.n
    while low + 1 < high:
        middle = (low + high) // 2
        try:
            fits = carries(replace(task, n=middle), dtype, tied)
        except UsageError:  # the task itself does not exist at this size
            fits = True
        low, high = (middle, high) if fits else (low, middle)
    return low


def carries(task: Task[Any], dtype: str, tied: bool) -> bool:
    try:
        compile_program(program_for(task), dtype, tied)
    except CapacityExceeded:
        return False
    return True
