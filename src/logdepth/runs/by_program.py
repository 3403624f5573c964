"""A task's program as a protocol, made for one instance."""

from __future__ import annotations

from typing import Any

import numpy as np

from logdepth.arrows.program_to_mpc import (
    claim_for,
    least_memory_for,
    output_columns,
    program_to_mpc,
    row_records,
)
from logdepth.mpc import Memory
from logdepth.programs.program_task import ProgramTask
from logdepth.protocols import Prepared
from logdepth.runs.by_raw_protocol import prepare_raw_protocol
from logdepth.solutions import program_for
from logdepth.tasks import Task


def prepare_program(task: Task[Any], instance: Any, memory: int | None = None, by_program: bool = False) -> Prepared:
    """memory: by default the power of two above the least. A program that carries out a raw protocol gives way to it,
    unless by_program says otherwise. Errors: as of `runs.prepare`."""
    if isinstance(task, ProgramTask) and task.raw is not None and not by_program:
        return prepare_raw_protocol(task, task.raw, instance, memory)
    columns = task.encode(instance)
    rows = len(next(iter(columns.values())))
    program = program_for(task)
    if memory is None:
        memory = 2 ** least_memory_for(program, rows).bit_length()
    protocol = program_to_mpc(program, rows, memory)

    def answer(held: Memory) -> np.ndarray:
        return task.decode(output_columns(held), instance)

    records = row_records(program, columns, protocol.machines)
    return Prepared(protocol, records, answer, claim_for(program, rows, memory), task.parameters)
