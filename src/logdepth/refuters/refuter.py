"""Refuter: a theorem that forbids, for every model of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from logdepth.numerics.errors import UsageError
from logdepth.refuters.refutation import Refutation
from logdepth.refuters.suspect import Suspect
from logdepth.tasks import Task

LONGEST = 3600.0


@dataclass(frozen=True, kw_only=True)
class Search:
    """How a refuter looks.

    bits: of a number where one is rounded; None leaves it to the refuter. seed: of what is drawn.
    seconds: it ends after the first try beyond this.
    Errors: UsageError for a value out of range.
    """

    bits: int | None = None
    seed: int = 0
    seconds: float = 10.0

    def __post_init__(self) -> None:
        if self.bits is not None and not 1 <= self.bits <= 32:
            raise UsageError(f"bits of a number are from 1 to 32; got {self.bits}. Change it.")
        if self.seed < 0:
            raise UsageError(f"a seed is a whole number from 0; got {self.seed}. Change it.")
        if not 0 < self.seconds <= LONGEST:
            raise UsageError(f"the seconds of a search are above 0 and at most {LONGEST:,.0f}; got {self.seconds}.")


@dataclass(frozen=True, eq=False)
class Example:
    """A model, how to look, and whether the theorem forbids it: one that carries enough is not refuted."""

    suspect: Suspect
    search: Search = field(default_factory=Search)
    refuted: bool = True


Opened = TypeVar("Opened")


@dataclass(frozen=True, kw_only=True, eq=False)
class Refuter(Generic[Opened]):
    """A theorem that forbids: no model of this kind that is too small solves the task. It looks for an input on which
    a given model fails.

    name: as in "one-attention-layer". models: the kind that it takes, in words. tasks: those that it is about.
    theorem: what it says, in one sentence. proof: paper and number, or where the proof stands.
    claim_model: the model of theory's claims whose exact lower bounds it shows at work, as "one-layer transformer"; ""
    for none of them.
    take: the model, opened as this refuter needs it. Errors of `take`: NotTaken with the reason, in one line.
    refute: from what `take` gave to a counterexample, or to what was tried.
    examples: what the law of all refuters is checked on.
    """

    name: str
    models: str
    tasks: tuple[type[Task[Any]], ...]
    theorem: str
    proof: str
    take: Callable[[Suspect], Opened]
    refute: Callable[[Opened, Search], Refutation]
    examples: Callable[[], Iterable[Example]]
    claim_model: str = ""

    def __call__(self, suspect: Suspect, search: Search | None = None) -> Refutation:
        """Errors: NotTaken for a model or task that it does not take; those of the model."""
        return self.refute(self.take(suspect), search or Search())
