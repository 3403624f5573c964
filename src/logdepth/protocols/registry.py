"""The tasks that have a protocol of their own, by name."""

from typing import Any

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


def protocol_of(task: Task[Any]) -> AnyProtocolSolution | None:
    """The protocol that a task has of its own; None if it has none. A task of a user's own may have any name."""
    found = PROTOCOLS.get(task.name)
    return found if found is not None and isinstance(task, found.task) else None
