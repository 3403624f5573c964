"""Reduction: a theorem between two tasks, by which every solver of the one solves the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from logdepth.numerics.errors import UsageError, Wording
from logdepth.tasks import Graph, Size, Task

S = TypeVar("S", bound=Task[Any])
T = TypeVar("T", bound=Task[Any])

MOST = 2**12
"""Vertices: no larger source is proposed for a model."""


@dataclass(frozen=True)
class Promise:
    """Which instances of the source a reduction takes, in words; and whether this is one.

    families: those of the source that hold no others; the first is of one answer, and the rest of the other.
    """

    says: str
    holds: Callable[[Any], bool]
    families: tuple[str, ...]


@dataclass(frozen=True)
class Cost:
    """What a reduction costs on a source of n vertices.

    questions: the instances of the target that are asked. rows: of their tables, all together; formula: the same in
    words. rounds: of MPC with memory n^δ, for forward and back together; why: what they are for.
    """

    rows: Callable[[int], int]
    formula: str
    rounds: str
    why: str
    questions: Callable[[int], int] = lambda n: 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Reduction(Generic[S, T]):
    """A theorem between two tasks: every solver of the target is, by forward and back, a solver of the source.

    name: as in "1-vs-2-cycle-to-k-hop". source, target: the classes of the tasks.
    theorem: what it says, in one sentence. proof: paper and number, or where the proof stands.
    promise: the instances of the source that it takes.
    sizes: from the vertices n of the source to the parameters of the smallest target that takes what is asked of it.
    forward: from an instance of the source to the instances of the target that are asked; mostly one.
    back: from their answers, in order, and the instance of the source, to the answer of the source.
    conditional: what follows for the target, if the conjecture about the source holds.
    vertices: the only number of vertices that a target takes, where its parameters settle it; None: any up to a limit.
    """

    name: str
    source: type[S]
    target: type[T]
    theorem: str
    proof: str
    promise: Promise
    sizes: Callable[[int], Size]
    forward: Callable[[Any], Sequence[Any]]
    back: Callable[[Sequence[np.ndarray], Any], np.ndarray]
    cost: Cost
    conditional: str
    vertices: Callable[[Any], int] | None = None

    @property
    def smallest(self) -> int:
        """The fewest vertices of a source that has both answers: two triangles."""
        return 6

    def target_for(self, n: int) -> T:
        """The smallest target for sources of n vertices. Errors: UsageError for an n of no instance."""
        self.check_size(n)
        return self.target.from_parameters(self.sizes(n))

    def ask(self, instance: Graph) -> Sequence[Any]:
        """`forward`, checked. Errors: UsageError for an instance that breaks the promise."""
        if not self.promise.holds(instance):
            raise UsageError(f"{self.name} takes {self.promise.says}; this graph is neither. Give one that is.")
        return self.forward(instance)

    def draw(self, rng: np.random.Generator, n: int) -> Any:
        """A random instance of the source on n vertices that it takes; each answer comes by a coin.

        Errors: UsageError for an n of no instance.
        """
        self.check_size(n)
        first, *others = self.promise.families
        return self.source(n=n).sample(rng, first if rng.random() < 0.5 else rng.choice(others), n)

    def decide_by_exact_answers(self, instance: Graph) -> np.ndarray:
        """The source's answer, by those of the target's own solver: what the theorem says is right.

        Errors: as of `ask`.
        """
        task = self.target_for(instance.vertices)
        return self.back([task.solve(each) for each in self.ask(instance)], instance)

    def check_size(self, n: int) -> None:
        """UsageError if no source of n vertices has both answers, or if there is none of this size."""
        if n < self.smallest or n % 2:
            raise UsageError(
                f"{self.name} takes an even number of at least {self.smallest} vertices; got {n}.",
                Wording("Give another {n}."),
            )
        self.source(n=n)  # knows the largest

    def misfit(self, task: Task[Any], n: int) -> str | None:
        """Why this task of the target does not take sources of n vertices, in one sentence; None if it does."""
        if not isinstance(task, self.target):
            return f"{self.name} asks {self.target.name}, and this is {task.name}"
        for name, needed in self.sizes(n).items():
            held = getattr(task, name)
            if name == "alphabet":
                held, needed = len(task.letters), len(str(needed))  # type: ignore[attr-defined]  # only letters have one
            limit = name in ("alphabet", *task.limits)
            if held < needed or (held > needed and not limit):
                return f"{n} vertices need {name} {'≥' if limit else '='} {needed}, and this {task.name} has {held}"
        return None

    def most_vertices(self, task: Task[Any]) -> int:
        """The most vertices of a source that this task of the target takes. Errors: UsageError if it takes none."""
        if self.vertices is not None:
            candidates = [self.vertices(task)]
        else:
            candidates = sorted({*range(self.smallest, min(task.n, MOST) + 1, 2), self.smallest}, reverse=True)
        for n in candidates:
            if n >= self.smallest and n % 2 == 0 and self.misfit(task, n) is None:
                return n
        n = max(self.smallest, candidates[-1] // 2 * 2)
        fitting = ", ".join(f"{name} = {value}" for name, value in self.target_for(n).parameters.items())
        raise UsageError(f"{self.name}: {self.misfit(task, n)}. Give a model of {self.target.name} with {fitting}.")
