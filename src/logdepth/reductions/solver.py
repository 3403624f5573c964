"""A model of the target as a solver of the source: how often it is right, and where it fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.reductions.registry import AnyReduction
from logdepth.tasks import Task

if TYPE_CHECKING:  # a list of all reductions loads no torch
    from logdepth.refuters import Counterexample, Suspect


@dataclass(frozen=True, eq=False)
class Failure:
    """A wrong decision. instance: of the source. decided: what the solver says of it; exact: what is so.

    counterexample: the instances of the target on which the model is wrong, since exact answers decide rightly.
    """

    instance: Any
    decided: np.ndarray
    exact: np.ndarray
    counterexample: Counterexample


@dataclass(frozen=True, eq=False)
class Examined:
    """What a solver decides of many instances. first_failure: None if all decisions are right."""

    instances: int
    right: int
    first_failure: Failure | None


@dataclass(frozen=True, eq=False)
class Solver:
    """A model of the target that solves the source by a reduction.

    Errors: UsageError if the model is said to solve another task.
    """

    reduction: AnyReduction
    suspect: Suspect

    def __post_init__(self) -> None:
        if not isinstance(self.suspect.task, self.reduction.target):
            wanted = self.reduction.target.name
            raise UsageError(f"{self.reduction.name} takes a model of {wanted}, not of {self.suspect.task.name}.")

    def solve(self, instance: Any) -> np.ndarray:
        """The answer to the source's instance, by the model's answers.

        Errors: UsageError for an instance that breaks the promise, or that is too large for the model.
        """
        return self.reduction.back(self.suspect.answers(self.reduction.ask(instance)), instance)

    def examine(self, source: Task[Any], instances: Iterable[Any]) -> Examined:
        """The decisions on many instances of the source. Errors: as of `solve`."""
        found = [(instance, self.solve(instance), source.solve(instance)) for instance in instances]
        wrong = [decision for decision in found if not np.array_equal(*decision[1:])]
        return Examined(len(found), len(found) - len(wrong), self._failure(*wrong[0]) if wrong else None)

    def _failure(self, instance: Any, decided: np.ndarray, exact: np.ndarray) -> Failure:
        asked = self.reduction.ask(instance)
        wrong = [each for each in asked if self._is_wrong(each)]
        return Failure(instance, decided, exact, self._convict(wrong))

    def _is_wrong(self, asked: Any) -> bool:
        """Compared at the last entry, which is all that some models give, and as a whole where they give all."""
        given, exact = self.suspect.answer(asked), self.suspect.task.solve(asked)
        return not np.array_equal(given, exact[-len(given) :])

    def _convict(self, wrong: Sequence[Any]) -> Counterexample:
        from logdepth.refuters import convict

        assert wrong, "a decision is wrong and every answer is right: the reduction is no theorem"
        return convict(
            self.suspect,
            wrong,
            f"Exact answers decide {self.reduction.source.name} rightly by this reduction, and the model's decide it"
            " wrongly.",
            refuter=self.reduction.name,
            entry=self._entry(wrong),
        )

    def _entry(self, wrong: Sequence[Any]) -> int | None:
        """The last entry if the answers are wrong there, or else the whole answer."""
        task = self.suspect.task
        return -1 if all(self.suspect.answer(each)[-1] != task.solve(each)[-1] for each in wrong) else None
