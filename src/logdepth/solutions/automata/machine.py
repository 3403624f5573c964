"""Machine: a finite automaton and what is said of each of its states."""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.automata import Dfa, Monoid, transition_monoid


@dataclass(frozen=True)
class Machine:
    """values[state]: what a row answers after whose letter the automaton is in this state.

    In the programs token t, from 1, is letter t - 1, and token 0 is no letter: it leaves every state where it is.
    """

    dfa: Dfa
    values: tuple[int, ...]

    @property
    def monoid(self) -> Monoid | None:
        """None if it is too large to list."""
        return transition_monoid(self.dfa)

    @property
    def highest(self) -> int:
        return max(self.values)

    @property
    def first_value(self) -> int:
        """What is said before the first letter."""
        return self.values[self.dfa.start]
