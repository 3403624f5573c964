"""The tasks that have a protocol of their own, by name; some have several."""

from typing import Any

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.protocols import graphs
from logdepth.protocols.prepared import AnyProtocolSolution
from logdepth.protocols.three_sum import THREE_SUM
from logdepth.tasks import Task

PROTOCOLS: dict[str, AnyProtocolSolution] = {
    own.task.name: own
    for own in (
        graphs.ONE_VERSUS_TWO_CYCLES,
        graphs.CONNECTIVITY,
        graphs.COMPONENTS,
        graphs.SPANNING_FOREST,
        graphs.CYCLE_CHECK,
        THREE_SUM,
    )
}
"""Of a task with several, the one that it takes by default."""

WAYS = {
    name: {own.task.name: own for own in graphs.by_leaders(way)}
    for name, way in (("leaders", graphs.LEADERS), ("growing-balls", graphs.GROWING_BALLS))
}
"""Other protocols by their names, each for some tasks by theirs."""


def other_protocols_of(task: Task[Any]) -> dict[str, AnyProtocolSolution]:
    """Beside the one that a task takes by default, by the name that each has."""
    found = {name: of[task.name] for name, of in WAYS.items() if task.name in of}
    return {name: own for name, own in found.items() if isinstance(task, own.task)}


def protocol_of(task: Task[Any], by: str | None = None) -> AnyProtocolSolution | None:
    """The protocol that a task has of its own; None if it has none. A task of a user's own may have any name.

    by: the name of another one than it takes by default. Errors: UsageError if the task has no protocol of this name.
    """
    found = PROTOCOLS.get(task.name)
    own = found if found is not None and isinstance(task, found.task) else None
    if by is None:
        return own
    others = other_protocols_of(task)
    if by not in others:
        known = did_you_mean(by, others) if others else "Leave it out."
        raise UsageError(f"{task.name} has no protocol called {by!r}. {known}")
    return others[by]
