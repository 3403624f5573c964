"""Solution: one way to solve one task by a program, with its sizes and its construction in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from logdepth.numerics.formats import format_of
from logdepth.programs import Program
from logdepth.solutions.sizes import Sizes
from logdepth.tasks import Task
from logdepth.theory import Claim

T = TypeVar("T", bound=Task[Any])


@dataclass(frozen=True, kw_only=True)
class Solution(Generic[T]):
    """One way to solve one task.

    task: the class of the tasks that it solves, at every size.
    build: the program for a task at its size.
    sizes: the layers and heads of the compiled program, at most, for a task, and whether rounds that repeat share one
        set of weights.
    words: the construction in a few sentences, as paragraphs of HTML. The proof is at the program.
    """

    task: type[T]
    build: Callable[[T], Program]
    sizes: Callable[[T, bool], Sizes]
    words: tuple[str, ...]

    def claim(self, task: T, dtype: str, tied: bool = True) -> Claim:
        """The sizes that the transformer of a task does not exceed in this format.

        tied: rounds that repeat share one set of weights. Errors: UsageError for an unknown format.
        """
        number_format = format_of(dtype)
        return self.sizes(task, tied).claim(number_format)
