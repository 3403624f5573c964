"""A task's program as a protocol, made for one instance."""

from __future__ import annotations

from typing import Any

import numpy as np

from logdepth.arrows.program_to_mpc import translate
from logdepth.mpc import Memory
from logdepth.protocols import Prepared
from logdepth.runs.by_raw_protocol import prepare_raw_protocol
from logdepth.solutions import program_for
from logdepth.tasks import Task


def prepare_program(task: Task[Any], instance: Any, memory: int | None = None, by_program: bool = False) -> Prepared:
    """memory: by default the power of two above the least. A program that carries out a raw protocol gives way to it,
    unless by_program says otherwise. Errors: as of `runs.prepare`."""
    if task.own_protocol is not None and not by_program:
        return prepare_raw_protocol(task, task.own_protocol, instance, memory)
    columns = task.encode(instance)
    made = translate(program_for(task), len(next(iter(columns.values()))), memory)

    def answer(held: Memory) -> np.ndarray:
        return task.decode(made.decode(held), instance)

    return Prepared(made.artefact, made.encode(columns), answer, made.claim, task.parameters)
