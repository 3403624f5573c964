"""What a task is run on: a user's file, or an instance drawn at random."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Unpack

import numpy as np

from logdepth.runs.prepare import has_own_protocol
from logdepth.tasks import HowToRead, Task, read_instance

MOST_ROWS = 511
"""Of an instance that we draw ourselves."""


def read(task: Task[Any], path: Path, *, by_program: bool = False, **how: Unpack[HowToRead]) -> Any:
    """The instance in a file: of any size, if the task has a protocol of its own. Errors: as of `read_instance`."""
    return read_instance(task, path, any_size=has_own_protocol(task) and not by_program, **how)


def draw(task: Task[Any], seed: int) -> tuple[Any, int, int]:
    """A random instance, its size, and the rows of its table, of which there are at most MOST_ROWS.

    The task's largest size is tried first, and then halved until the table is small enough.
    """
    size = task.largest
    while True:
        instance = task.sample(np.random.default_rng(seed), size=size)
        rows = task.rows_of(instance)
        if rows <= MOST_ROWS or size == task.smallest:
            return instance, size, rows
        size = max(task.smallest, size // 2)
