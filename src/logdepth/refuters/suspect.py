"""Suspect: a model that is said to solve a task; what a refuter takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from logdepth.arrows import Computation
from logdepth.numerics.errors import UsageError
from logdepth.tasks import Task


def spell_task(task: Task[Any]) -> str:
    """A task with its parameters, as "recall with n = 16, keys = 64"."""
    given = ", ".join(f"{name} = {value}" for name, value in task.parameters.items())
    return f"{task.name} with {given}"


class NotTaken(UsageError):
    """A refuter does not take this model; the message says why, in one line."""


class OtherKind(NotTaken):
    """The refuter is about models of another kind, as one of graphs is for a network on token ids."""


class Suspect(ABC):
    """A model that is said to solve a task.

    Refuters open subclasses further: `TokenNetwork` offers its network, `Compiled` its transformer.
    """

    task: Task[Any]
    answers_at: ClassVar[int | None] = None
    """The one entry of the answer that it gives, as in answer[-1]; None: all of them."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is, in a few words, as "gpt2, 1 layer, 1 head, width 8, float32". A certificate keeps it."""

    @abstractmethod
    def answers(self, instances: Sequence[Any]) -> list[np.ndarray]:
        """Its answer to every instance, comparable by == with `task.solve`.

        A model that answers at its last token only gives an array of one entry, so that entry -1 is the one to compare.
        Errors: UsageError for instances that it does not take, and for an answer that is no number.
        """

    def answer(self, instance: Any) -> np.ndarray:
        """The same of one instance."""
        return self.answers([instance])[0]

    def rows(self, instance: Any) -> np.ndarray:
        """An instance as the model reads it, (N, columns) int64."""
        return np.stack(list(self.task.encode(instance).values()), axis=1)

    def spell(self, instance: Any) -> tuple[str, ...]:
        """The rows of an instance as people read them."""
        return tuple(name or "" for name in self.task.drawing(instance).names)


@dataclass(frozen=True, eq=False)
class Computing(Suspect):
    """A model of computation, on the task's own columns. label: what it is, in a few words."""

    task: Task[Any]
    model: Computation
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or type(self.model).__name__

    def answers(self, instances: Sequence[Any]) -> list[np.ndarray]:
        decode, encode = self.task.decode, self.task.encode
        return [decode(self.model.run(encode(instance)), instance) for instance in instances]
