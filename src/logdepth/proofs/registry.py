"""All definitions, by task."""

from __future__ import annotations

from typing import Any

from logdepth.numerics.errors import UsageError
from logdepth.proofs.components import COMPONENTS
from logdepth.proofs.definition import Definition
from logdepth.proofs.k_hop import K_HOP
from logdepth.proofs.prefix_sum import PREFIX_SUM
from logdepth.tasks import Task

DEFINITIONS: dict[type[Task[Any]], Definition[Any]] = {each.task: each for each in (K_HOP, PREFIX_SUM, COMPONENTS)}


def register_definition(definition: Definition[Any]) -> None:
    """Let circuits be proved to solve a task of your own.

    Errors: UsageError if the task has a definition.
    """
    if DEFINITIONS.setdefault(definition.task, definition) is not definition:
        raise UsageError(f"the task {definition.task.name!r} has a definition already. Register one of another task.")


def definition_of(task: Task[Any]) -> Definition[Any]:
    """Errors: UsageError for a task without one."""
    if type(task) not in DEFINITIONS:
        known = ", ".join(sorted(each.name for each in DEFINITIONS))
        raise UsageError(f"the task {task.name!r} has no definition as gates. There are those of {known}.")
    return DEFINITIONS[type(task)]
