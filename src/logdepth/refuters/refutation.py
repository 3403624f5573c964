"""What a refuter gives: a counterexample, which stands by itself, or what was tried in vain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.refuters.suspect import Suspect
from logdepth.tasks import Task


@dataclass(frozen=True)
class Carried:
    """All that a model carries of one part of its input to where the answer is given.

    numbers: whole ones in fixed point, floats as they are. bits: of each number; of the longest, if in_all is given.
    in_all: bits of all numbers, if they do not all have the same.
    """

    numbers: tuple[int | float, ...]
    bits: int
    in_all: int | None = None

    @property
    def size(self) -> int:
        """Bits in all."""
        return len(self.numbers) * self.bits if self.in_all is None else self.in_all

    @property
    def of_each(self) -> str:
        """The bits of a number, in words."""
        most = "" if self.in_all is None else "up to "
        return f"{most}1 bit" if self.bits == 1 else f"{most}{self.bits} bits"


class Bottleneck(Protocol):
    """A place in a model: all that the model knows of one part of an instance, Alice's, passes there.

    A frozen dataclass; its fields are numbers and texts, and a certificate keeps them. `register_bottleneck` makes it
    known to the reader of certificates. One that leads to a single entry of the answer says which, as `answers_at`.
    """

    name: ClassVar[str]

    def form(self, suspect: Suspect) -> str:
        """What is carried and in which number format, what was rounded and how; in one sentence."""

    def carried(self, suspect: Suspect, instance: Any) -> Carried:
        """What passes, recomputed from the model and the instance."""

    def beyond(self, suspect: Suspect, instance: Any) -> list[int]:
        """What the rest of the model sees besides: Bob's part. The same for all instances of a counterexample."""

    def answer(self, suspect: Suspect, carried: Carried, beyond: list[int]) -> int | float:
        """The answer that follows from this alone."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Counterexample:
    """Instances of a task, on at least one of which a model is wrong. To check it takes the model, and no refuter.

    task: at its size. instances: one; or two that the model cannot tell apart and whose answers differ.
    why: why a model of this kind must fail here, in one sentence.
    entry: the entry of the answer that is compared, as in answer[-1]; None compares the whole answer.
    exact, given: of every instance, the exact answer and the model's, at that entry.
    bottleneck: where the model loses the difference; None if it is just wrong.
    carried, rounded: of every instance, what passes there, and what the model answers from that alone. In a number
    format coarser than the model's own this is another model, refuted beside it: `refutes_model`, `refutes_rounded`.
    refuter: the theorem at work. model: the suspect's name. inputs: the rows of every instance, as people read them.

    `logdepth.refuters.convict` makes one from a model and instances, and checks it.
    Errors: UsageError for no instances.
    """

    task: Task[Any]
    instances: Sequence[Any]
    why: str
    entry: int | None
    exact: Sequence[Any]
    given: Sequence[Any]
    bottleneck: Bottleneck | None
    form: str
    carried: Sequence[Carried]
    rounded: Sequence[int | float]
    refuter: str
    model: str
    inputs: Sequence[tuple[str, ...]]

    def __post_init__(self) -> None:
        if not self.instances:
            raise UsageError("a counterexample has at least one instance. Give those on which the model fails.")

    @property
    def refutes_model(self) -> bool:
        """Whether the model as it is gave a wrong answer."""
        return list(self.exact) != list(self.given)

    @property
    def refutes_rounded(self) -> bool:
        """Whether the model that carries `carried` and nothing else is wrong, as it must be if these are equal."""
        return bool(self.rounded) and list(self.exact) != list(self.rounded)

    @property
    def indistinguishable(self) -> bool:
        """Whether what is carried is the same for all instances."""
        return len(set(self.carried)) == 1 < len(self.instances)

    def wrong(self, suspect: Suspect) -> list[Any]:
        """The instances on which a model does not give the exact answer; it is run for this."""
        answers = suspect.answers(self.instances)
        return [
            instance
            for instance, answer in zip(self.instances, answers, strict=True)
            if at(self.entry, answer) != at(self.entry, self.task.solve(instance))
        ]


def at(entry: int | None, answer: np.ndarray) -> Any:
    """The entry of an answer that is compared, or all of it, as a plain number or list. Errors: UsageError for none."""
    values = np.asarray(answer)
    if entry is None:
        return values.tolist()
    if not -len(values) <= entry < len(values):
        raise UsageError(f"an answer of {len(values)} entries has no entry {entry}.")
    return values[entry].item()


@dataclass(frozen=True)
class Attempt:
    """What was tried, in a few words, and how often."""

    what: str
    count: int


@dataclass(frozen=True, kw_only=True)
class NotRefuted:
    """No instance was found on which the model is wrong. This proves nothing beyond what was tried.

    attempts: what was tried. carried_bits: what the model can carry to where the answer is given, in bits.
    needed_bits: what it has to carry, T of the family; a model that carries fewer fails somewhere.
    why: what this says, in one sentence.
    """

    refuter: str
    model: str
    task: Task[Any]
    attempts: Sequence[Attempt]
    carried_bits: int | None
    needed_bits: int | None
    why: str


Refutation = Counterexample | NotRefuted
"""Both are good answers: a model that carries enough can be right."""
