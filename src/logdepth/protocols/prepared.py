"""A protocol that is ready to run on one instance of a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from logdepth.mpc import Memory, Protocol
from logdepth.tasks import Task
from logdepth.theory import Claim

Instance = TypeVar("Instance")


@dataclass(frozen=True, eq=False)
class Prepared:
    """The protocol; what its machines hold at first; how the answer is read off what they hold in the end, comparable
    by == with `task.solve(instance)`; the claim; and the sizes that it was made for, by name."""

    protocol: Protocol
    records: Memory
    answer: Callable[[Memory], np.ndarray]
    claimed: Claim
    made_for: Mapping[str, int | str]


@dataclass(frozen=True, eq=False)
class ProtocolSolution(Generic[Instance]):
    """How a task runs on machines by a protocol that was written for it.

    task: the class of the tasks that it solves, at every size.
    prepare: for an instance, the words of a machine and, by name, any of `options`; UsageError below the least memory,
    which it names.
    default_memory: words that show what it is about, by default.
    claim: with that memory, for an instance as large as the task's parameters allow.
    options: names of whole numbers that can be chosen besides, such as the seed of what is drawn.
    """

    task: type[Task[Instance]]
    prepare: Callable[..., Prepared]
    default_memory: Callable[[Instance], int]
    claim: Callable[[Task[Instance]], Claim]
    options: frozenset[str] = frozenset()


AnyProtocolSolution = ProtocolSolution[Any]
