"""Which protocol runs a task."""

from __future__ import annotations

from typing import Any

from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import Argument, UsageError, Wording
from logdepth.protocols import Prepared, protocol_of
from logdepth.tasks import Task


def has_own_protocol(task: Task[Any]) -> bool:
    """Whether a task has a protocol beside its program; such a protocol takes instances of any size."""
    return protocol_of(task) is not None


def options_of(task: Task[Any], by: str | None = None) -> frozenset[str]:
    """What can be chosen of the task's own protocol, or of another one: the seed of its leaders, say.

    Errors: UsageError for a name of no protocol.
    """
    own = protocol_of(task, by)
    return frozenset() if own is None else own.options


def prepare(
    task: Task[Any],
    instance: Any,
    memory: int | None = None,
    by_program: bool = False,
    by: str | None = None,
    **options: int,
) -> Prepared:
    """The task's own protocol for this instance, or if it has none its program as a protocol.

    memory: words of a machine; by default somewhat more than the least, so that machines are many. by_program: its
    program even if it has a protocol of its own. by: the name of another protocol than it takes by default. options:
    any of `options_of` this protocol.
    Errors: UsageError for a name of no protocol, for memory that is no number of words, and for less than the least,
    which it names; for a program also for an instance beyond the task's size; for an option that the protocol does not
    have.
    """
    if memory is not None:
        memory = check_count("memory", memory)
    own = protocol_of(task, by)
    program = by_program or own is None
    for option in options.keys() - (frozenset() if program else options_of(task, by)):
        raise UsageError(
            f"this protocol of {task.name} has no {option} to choose.",
            Wording("Leave {option} out.", option=Argument(option)),
        )
    if own is None or by_program:
        from logdepth.runs.by_program import prepare_program  # programs load torch

        return prepare_program(task, instance, memory, by_program)
    return own.prepare(task, instance, own.default_memory(instance) if memory is None else memory, **options)
