"""Nondeterministic finite automata, and the deterministic ones of the same languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from logdepth.automata.dfa import Dfa, check_letters, minimise
from logdepth.numerics.errors import CapacityExceeded

MOST_STATES = 2_000
"""A deterministic automaton of more states is not built: composing its maps would take far more weights than fit."""


@dataclass(frozen=True)
class Nfa:
    """steps[state][letter]: the next states, for letters in the order of `letters`. There are no empty moves."""

    letters: str
    steps: tuple[tuple[frozenset[int], ...], ...]
    starts: frozenset[int]
    accepting: frozenset[int]

    def __post_init__(self) -> None:
        check_letters(self.letters)

    def __len__(self) -> int:
        return len(self.steps)

    def accepts(self, word: str) -> bool:
        """By following all runs at once."""
        now = self.starts
        for letter in word:
            now = self.follow(now, self.letters.index(letter))
        return bool(now & self.accepting)

    def follow(self, states: Iterable[int], letter: int) -> frozenset[int]:
        return frozenset[int]().union(*(self.steps[state][letter] for state in states))


def determinise(nfa: Nfa, most: int = MOST_STATES) -> Dfa:
    """The automaton of the sets of states. Source: Rabin, Scott 1959.

    Errors: CapacityExceeded for more than `most` sets.
    """
    numbers = {nfa.starts: 0}
    queue = [nfa.starts]
    steps: list[tuple[int, ...]] = []
    for states in queue:
        row = [nfa.follow(states, letter) for letter in range(len(nfa.letters))]
        for following in row:
            if following not in numbers:
                check_size(len(numbers) + 1, len(nfa), most)
                numbers[following] = len(numbers)
                queue.append(following)
        steps.append(tuple(numbers[following] for following in row))
    accepting = frozenset(number for states, number in numbers.items() if states & nfa.accepting)
    return Dfa(nfa.letters, tuple(steps), 0, accepting)


def check_size(states: int, of: int, most: int) -> None:
    if states > most:
        raise CapacityExceeded(
            f"a deterministic automaton for this one of {of:,} states has more than {most:,} states, the most that is"
            f" built; it may have 2^{of:,}. Take a smaller automaton or expression."
        )


def minimal_dfa(nfa: Nfa) -> Dfa:
    """The least deterministic automaton of the same language. Errors: as of `determinise`."""
    return minimise(determinise(nfa))


def nfa_of(dfa: Dfa) -> Nfa:
    """A deterministic automaton as one that may guess."""
    steps: Sequence[tuple[frozenset[int], ...]] = [tuple(frozenset([s]) for s in row) for row in dfa.steps]
    return Nfa(dfa.letters, tuple(steps), frozenset([dfa.start]), dfa.accepting)
