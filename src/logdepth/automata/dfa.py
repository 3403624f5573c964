"""Deterministic finite automata."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from logdepth.numerics.errors import UsageError, quoted


@dataclass(frozen=True)
class Dfa:
    """A complete deterministic automaton. States are numbered from 0.

    letters: its alphabet, as one text. steps[state][letter]: the next state, for letters in the order of `letters`.
    names: what its states are called; without any, they are 1, 2, 3, …

    Errors: UsageError for letters that repeat, and for a state that is not there.
    """

    letters: str
    steps: tuple[tuple[int, ...], ...]
    start: int
    accepting: frozenset[int]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_letters(self.letters)
        size = len(self.steps)
        if any(len(row) != len(self.letters) for row in self.steps):
            raise UsageError(f"every state of an automaton has one step for each of its {len(self.letters)} letters")
        if not all(
            0 <= state < size for state in (self.start, *self.accepting, *(s for row in self.steps for s in row))
        ):
            raise UsageError(
                f"the states of an automaton are 0 to {size - 1}; a step, the start or an end leads elsewhere"
            )
        if self.names and (len(self.names) != size or len(set(self.names)) != size):
            raise UsageError(f"an automaton of {size} states has as many different names; got {len(set(self.names))}")

    def __len__(self) -> int:
        return len(self.steps)

    def step(self, state: int, letter: str) -> int:
        return self.steps[state][self.number(letter)]

    def number(self, letter: str) -> int:
        """The place of a letter in the alphabet, from 0. Errors: UsageError for another letter."""
        place = self.letters.find(letter)
        if place < 0 or len(letter) != 1:
            raise UsageError(
                f"the letters of this automaton are {quoted(self.letters)}; {quoted(letter)} is none of them"
            )
        return place

    def trace(self, word: str) -> list[int]:
        """The state after every letter of a word, one by one."""
        return self.trace_numbers(self.number(letter) for letter in word)

    def trace_numbers(self, letters: Iterable[int]) -> list[int]:
        """The same for letters by their numbers from 0."""
        states, state = [], self.start
        for letter in letters:
            state = self.steps[state][letter]
            states.append(state)
        return states

    def accepts(self, word: str) -> bool:
        return [self.start, *self.trace(word)][-1] in self.accepting

    def name_of(self, state: int) -> str:
        return self.names[state] if self.names else str(state + 1)

    @property
    def is_empty(self) -> bool:
        """Whether it accepts no word."""
        return not self.accepting & set(self.reachable())

    def reachable(self) -> list[int]:
        """The states that some word leads to, in breadth-first order of the letters; the start is first."""
        found = {self.start: None}
        queue = [self.start]
        for state in queue:
            for following in self.steps[state]:
                if following not in found:
                    found[following] = None
                    queue.append(following)
        return queue

    def renumbered(self, block: dict[int, int], size: int) -> Dfa:
        """The automaton of blocks of states, block[state] of each; states without a block are dropped."""
        member = {number: state for state, number in reversed(block.items())}
        steps = tuple(tuple(block[s] for s in self.steps[member[number]]) for number in range(size))
        accepting = frozenset(block[state] for state in self.accepting if state in block)
        return Dfa(self.letters, steps, block[self.start], accepting)


def minimise(dfa: Dfa) -> Dfa:
    """The least automaton of the same language: equal for equal languages. States are in breadth-first order.

    Source: Moore 1956: states are split until all states of a block go into the same blocks.
    """
    states = dfa.reachable()
    block = {state: int(state in dfa.accepting) for state in states}
    while True:
        signs = {state: (block[state], *(block[s] for s in dfa.steps[state])) for state in states}
        numbers = {sign: number for number, sign in enumerate(dict.fromkeys(signs.values()))}
        finer = {state: numbers[sign] for state, sign in signs.items()}
        if len(numbers) == len(set(block.values())):
            return in_order(dfa.renumbered(finer, len(numbers)))
        block = finer


def in_order(dfa: Dfa) -> Dfa:
    """The reachable states, numbered in breadth-first order."""
    states = dfa.reachable()
    return dfa.renumbered({state: number for number, state in enumerate(states)}, len(states))


def with_letters(dfa: Dfa, letters: str) -> Dfa:
    """The same automaton with its letters in another order."""
    order = [dfa.number(letter) for letter in letters]
    return replace(dfa, letters=letters, steps=tuple(tuple(row[place] for place in order) for row in dfa.steps))


def check_letters(letters: str) -> None:
    """UsageError for an alphabet without letters, or with one that comes twice."""
    if not letters:
        raise UsageError("an automaton has at least one letter")
    for place, letter in enumerate(letters):
        if letter in letters[:place]:
            raise UsageError(f"the letters of an automaton are distinct; {quoted(letter)} comes twice")
