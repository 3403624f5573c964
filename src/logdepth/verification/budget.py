"""The time that a verification may take: asked for before every batch, whose cost is known."""

from __future__ import annotations

from math import inf
from time import perf_counter

from logdepth.numerics.errors import UsageError

SECONDS = 10.0
"""Of a verification, unless more or less is asked for."""
SLOWEST = 1e8
"""Attention scores a second that any machine is taken to compute, until it has shown that it computes more."""
OVERDRAFT = 2
"""A batch begins only if it is likely to end within so many times the budget: one instance may take long."""


class OutOfTime(Exception):
    """The budget does not suffice for what was asked."""


class Budget:
    """Seconds, counted from now. What is judged within fewer seconds is judged within more of them, too: the order of
    batches does not depend on the time, only where it ends."""

    def __init__(self, seconds: float = inf, slowest: float = SLOWEST) -> None:
        if not seconds > 0:
            raise UsageError(f"a verification takes a time above 0 s; got {seconds:g} s. Give it more.")
        self.seconds, self._rate = seconds, slowest
        self._start, self._began, self._cost = perf_counter(), 0.0, 0.0
        self.stopped = False
        """Whether some work was not begun."""

    @property
    def spent(self) -> float:
        return perf_counter() - self._start

    def begin(self, cost: float) -> bool:
        """Whether there is time for work that costs as much as so many attention scores; if not, all work is over."""
        spent = self.spent
        self.stopped |= spent >= self.seconds or spent + cost / self._rate > OVERDRAFT * self.seconds
        self._began, self._cost = spent, cost
        return not self.stopped

    def end(self) -> None:
        """The work that was begun is done: the machine is as fast as it has shown to be."""
        self._rate = max(self._rate, self._cost / max(self.spent - self._began, 1e-9))


def time_for(seconds: float | None, *, asked: bool) -> float:
    """seconds; None: as long as it takes if a number of instances was `asked` for, and otherwise SECONDS."""
    return seconds if seconds is not None else inf if asked else SECONDS


def budget_for(seconds: float | None, *, asked: bool) -> Budget:
    return Budget(time_for(seconds, asked=asked))
