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
from logdepth.protocols import Prepared
from logdepth.solutions import program_for
from logdepth.tasks import Task


def prepare_program(task: Task[Any], instance: Any, memory: int | None = None) -> Prepared:
    """memory: by default the power of two above the least. Errors: as of `runs.prepare`."""
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
