"""The instance in a user's file, for any task, as the user says that it is to be read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Unpack

from logdepth.numerics.errors import Argument, BeyondTask, UsageError, Wording
from logdepth.tasks.graphs.on_graph import OnGraph
from logdepth.tasks.inputs.how_to_read import HowToRead
from logdepth.tasks.registry import make_task
from logdepth.tasks.task import Task


def read_instance(task: Task[Any], path: str | Path, *, any_size: bool = False, **how: Unpack[HowToRead]) -> Any:
    """any_size: take instances of any size, where a task can. how: of the file of a graph.

    Errors: as of `task.read`, and UsageError for `how` with a task that reads no graph.
    """
    if isinstance(task, OnGraph):
        return task.read_any_size(path, **how) if any_size else task.read(path, **how)
    for name, value in how.items():
        if value:
            raise UsageError(
                Wording("{it} is about a file of a graph;", it=Argument(name)),
                f"{task.name} reads no graph. Leave it out.",
            )
    return task.read_any_size(path) if any_size else task.read(path)


def read_fitting(
    name: str, path: str | Path, given: Mapping[str, Any] | None = None, **how: Unpack[HowToRead]
) -> tuple[Task[Any], Any]:
    """The task of this name that takes the instance in a file, and the instance.

    Parameters are the given ones; the others are the default ones where these do, and else what the instance needs.
    Errors: as of `read_instance` and `make_task`; a given parameter that the instance does not fit.
    """
    fixed = given or {}
    parameters = {**fixed}
    while True:
        task = make_task(name, parameters)
        try:
            return task, read_instance(task, path, **how)
        except BeyondTask as error:
            needed = {name: value for name, value in error.arguments.items() if value is not None}
            if needed.items() <= parameters.items() or needed.keys() & fixed.keys():
                raise
            parameters |= needed
