"""Which protocol runs a task."""

from __future__ import annotations

from typing import Any

from logdepth.protocols import PROTOCOLS, Prepared
from logdepth.tasks import TASKS, Task


def has_own_protocol(task: Task[Any]) -> bool:
    return task.name in PROTOCOLS and isinstance(task, TASKS[task.name])  # a user's program may have any name


def prepare(task: Task[Any], instance: Any, memory: int | None = None, by_program: bool = False) -> Prepared:
    """The task's own protocol for this instance, or if it has none its program as a protocol.

    memory: words of a machine; by default somewhat more than the least, so that machines are many. by_program: its
    program even if it has a protocol of its own.
    Errors: UsageError for memory below the least, which it names; for a program also for an instance beyond the task's
    size.
    """
    if by_program or not has_own_protocol(task):
        from logdepth.runs.by_program import prepare_program  # programs load torch

        return prepare_program(task, instance, memory, by_program)
    own = PROTOCOLS[task.name]
    return own.prepare(task, instance, own.default_memory(instance) if memory is None else memory)
