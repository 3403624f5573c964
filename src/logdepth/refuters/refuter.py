"""Refuter: a theorem that forbids, for every model of a kind; and the counterexample that it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

from logdepth.arrows import Computation
from logdepth.numerics.errors import UsageError
from logdepth.tasks import Parameter, Task, settle


@dataclass(frozen=True, eq=False)
class Counterexample:
    """Instances of a task, on at least one of which a model is wrong. To check it takes the model, and no refuter.

    task: at its size. instances: one; or two that the model cannot tell apart and whose answers differ.
    why: why a model of this kind must fail here, in one sentence.

    Errors: UsageError for no instances.
    """

    task: Task[Any]
    instances: Sequence[Any]
    why: str

    def __post_init__(self) -> None:
        if not self.instances:
            raise UsageError("a counterexample has at least one instance. Give those on which the model fails.")

    def wrong(self, model: Computation) -> list[Any]:
        """The instances on which the model does not give the exact answer."""
        return [instance for instance in self.instances if not self._answers(model, instance)]

    def _answers(self, model: Computation, instance: Any) -> bool:
        given = self.task.decode(model.run(self.task.encode(instance)), instance)
        return bool(np.array_equal(given, self.task.solve(instance)))


M = TypeVar("M", bound=Computation)


@dataclass(frozen=True, eq=False)
class Example(Generic[M]):
    """A model that the theorem forbids, the task that it is said to solve, and options of the refuter."""

    model: M
    task: Task[Any]
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Refuter(Generic[M]):
    """A theorem that forbids: no model of this kind and size solves the task, and for each one it finds where it fails.

    name: as in "one-letter-memory". model: the class of the models that it refutes. task: that of the tasks.
    theorem: what it says, in one sentence. proof: paper and number, or where the proof stands.
    options: what `refute` takes besides the model and the task.
    refute: from both to a counterexample. examples: what the law of all refuters is checked on.
    """

    name: str
    model: type[M]
    task: type[Task[Any]]
    theorem: str
    proof: str
    options: tuple[Parameter, ...] = ()
    refute: Callable[..., Counterexample]
    examples: Callable[[], Iterable[Example[M]]]

    def __call__(self, model: M, task: Task[Any], **options: object) -> Counterexample:
        """Errors: UsageError for another model or task, an unknown option or a bad value; and those of `refute`, as for
        a model of a size that the theorem does not forbid."""
        for value, kind in ((model, self.model), (task, self.task)):
            if not isinstance(value, kind):
                raise UsageError(
                    f"the refuter {self.name} takes a {kind.__name__}, not a {type(value).__name__}. Give one."
                )
        return self.refute(model, task, **settle(self.options, options, f"the refuter {self.name}"))
