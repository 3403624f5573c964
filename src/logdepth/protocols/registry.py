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

WAYS = {"leaders": graphs.LEADERS, "growing-balls": graphs.GROWING_BALLS}
OTHER_PROTOCOLS: dict[str, dict[str, AnyProtocolSolution]] = {}
for name, way in WAYS.items():
    for own in graphs.by_leaders(way):
        OTHER_PROTOCOLS.setdefault(own.task.name, {})[name] = own
"""Of a task the others, by the name that each has."""


def protocol_of(task: Task[Any], by: str | None = None) -> AnyProtocolSolution | None:
    """The protocol that a task has of its own; None if it has none. A task of a user's own may have any name.

    by: the name of another one than it takes by default. Errors: UsageError if the task has no protocol of this name.
    """
    found = PROTOCOLS.get(task.name)
    own = found if found is not None and isinstance(task, found.task) else None
    if by is None:
        return own
    others = OTHER_PROTOCOLS.get(task.name, {}) if own is not None else {}
    if by not in others:
        known = did_you_mean(by, others) if others else "Leave it out."
        raise UsageError(f"{task.name} has no protocol called {by!r}. {known}")
    return others[by]
