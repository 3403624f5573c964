"""All tasks by name."""

from collections.abc import Mapping
from typing import Any

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.components import Components
from logdepth.tasks.induction_heads import InductionHeads
from logdepth.tasks.k_hop import KHop
from logdepth.tasks.prefix_sum import PrefixSum
from logdepth.tasks.sort import Sort
from logdepth.tasks.task import Task
from logdepth.tasks.two_sum import TwoSum

TASKS: dict[str, type[Task[Any]]] = {
    task.name: task
    for task in (
        InductionHeads,
        KHop,
        TwoSum,
        PrefixSum,
        Sort,
        Components,
    )
}


def make_task(name: str, parameters: Mapping[str, object] | None = None) -> Task[Any]:
    """The task of this name with these parameters (numbers as int or as text; the rest keep their defaults).

    Errors: UsageError for an unknown task, an unknown parameter or a bad value.
    """
    if name not in TASKS:
        raise UsageError(f"there is no task {name!r}. {did_you_mean(name, TASKS)}")
    return TASKS[name].from_parameters(parameters or {})
