"""Which protocol runs a task."""

from __future__ import annotations

from typing import Any

from logdepth.numerics.counts import check_count
from logdepth.protocols import Prepared, protocol_of
from logdepth.tasks import Task


def has_own_protocol(task: Task[Any]) -> bool:
    """Whether a task has a protocol beside its program; such a protocol takes instances of any size."""
    return protocol_of(task) is not None


def prepare(
    task: Task[Any], instance: Any, memory: int | None = None, by_program: bool = False, by: str | None = None
) -> Prepared:
    """The task's own protocol for this instance, or if it has none its program as a protocol.

    memory: words of a machine; by default somewhat more than the least, so that machines are many. by_program: its
    program even if it has a protocol of its own. by: the name of another protocol than it takes by default.
    Errors: UsageError for a name of no protocol, for memory that is no number of words, and for less than the least,
    which it names; for a program also for an instance beyond the task's size.
    """
    if memory is not None:
        memory = check_count("memory", memory)
    own = protocol_of(task, by)
    if by_program or own is None:
        from logdepth.runs.by_program import prepare_program  # programs load torch

        return prepare_program(task, instance, memory, by_program)
    return own.prepare(task, instance, own.default_memory(instance) if memory is None else memory)
