"""A model of the target as a solver of the source: how often it is right, and where it fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arrows import Computation
from logdepth.numerics.errors import UsageError
from logdepth.reductions.registry import AnyReduction
from logdepth.refuters import Counterexample
from logdepth.tasks import Task


@dataclass(frozen=True, eq=False)
class Failure:
    """A wrong decision. instance: of the source. decided: what the solver says of it, and exact: what is so.

    counterexample: the instances of the target on which the model must be wrong, since exact answers decide rightly.
    """

    instance: Any
    decided: np.ndarray
    exact: np.ndarray
    counterexample: Counterexample


@dataclass(frozen=True, eq=False)
class Examined:
    """What a solver says of many instances. first_failure: None if all decisions are right."""

    instances: int
    right: int
    first_failure: Failure | None


@dataclass(frozen=True, eq=False)
class Solver:
    """A model of the target, of this task, that solves the source by a reduction.

    Errors: UsageError if the task is not of the target's class.
    """

    reduction: AnyReduction
    model: Computation
    task: Task[Any]

    def __post_init__(self) -> None:
        if not isinstance(self.task, self.reduction.target):
            wanted = self.reduction.target.name
            raise UsageError(f"{self.reduction.name} takes a model of {wanted}, not of {self.task.name}. Give one.")

    def solve(self, instance: Any) -> np.ndarray:
        """The answer to the source's instance, by the model's answers.

        Errors: UsageError for an instance that breaks the promise, or that is too large for the model.
        """
        return self._decide(instance, self.reduction.ask(instance))

    def _decide(self, instance: Any, asked: Iterable[Any]) -> np.ndarray:
        return self.reduction.back([self._answer(each) for each in asked], instance)

    def _answer(self, asked: Any) -> np.ndarray:
        return self.task.decode(self.model.run(self.task.encode(asked)), asked)

    def examine(self, source: Task[Any], instances: Iterable[Any]) -> Examined:
        """The decisions on many instances of the source. Errors: as of `solve`."""
        count = right = 0
        failure = None
        for instance in instances:
            found = self.failure_on(source, instance)
            count += 1
            right += found is None
            failure = failure or found
        return Examined(count, right, failure)

    def failure_on(self, source: Task[Any], instance: Any) -> Failure | None:
        """The wrong decision on this instance; None if it is right."""
        asked = self.reduction.ask(instance)
        decided, exact = self._decide(instance, asked), source.solve(instance)
        if np.array_equal(decided, exact):
            return None
        return Failure(instance, decided, exact, self._counterexample(asked))

    def _counterexample(self, asked: Iterable[Any]) -> Counterexample:
        wrong = [each for each in asked if not np.array_equal(self._answer(each), self.task.solve(each))]
        return Counterexample(
            self.task,
            wrong,
            f"Exact answers decide {self.reduction.source.name} rightly by {self.reduction.name}; this model decides"
            " it wrongly, so one of its answers is wrong.",
        )
