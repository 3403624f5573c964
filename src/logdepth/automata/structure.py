"""What an automaton need not remember: which letters, and how many of them, settle its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from logdepth.automata.dfa import Dfa
from logdepth.automata.monoid import Monoid

LONGEST_WINDOW = 32
LONGEST_SOUGHT = 1_000
MOST_TURNS = 20_000


def letter_maps(dfa: Dfa) -> list[tuple[int, ...]]:
    """Of every letter, where it leads each state."""
    return [tuple(row[letter] for row in dfa.steps) for letter in range(len(dfa.letters))]


def resets(dfa: Dfa) -> bool:
    """Whether every letter leads all states to one, or leaves all where they are: so the last that leads decides."""
    still = tuple(range(len(dfa)))
    return all(letter == still or len(set(letter)) == 1 for letter in letter_maps(dfa))


def window(dfa: Dfa, most: int = LONGEST_WINDOW) -> int | None:
    """The least k for which the last k letters decide (a k-definite automaton); None if there is none up to `most`."""
    maps = {tuple(range(len(dfa)))}
    letters = letter_maps(dfa)
    for length in range(most + 1):
        if all(len(set(function)) == 1 for function in maps):
            return length
        before, maps = maps, {tuple([letter[state] for state in function]) for function in maps for letter in letters}
        if maps == before or len(maps) > 4096:  # if longer words make no other maps, none settles the state
            return None
    return None


@dataclass(frozen=True)
class Powers:
    """The powers 1, g, g², … of an element: `index` of them come once, the others again after `period`.

    weights: of every letter l the power that it is, g^weights[l].
    """

    elements: tuple[int, ...]
    index: int
    weights: tuple[int, ...]

    @property
    def period(self) -> int:
        return len(self.elements) - self.index

    def fold(self, count: int) -> int:
        """The place in `elements` of g^count."""
        return count if count < self.index else self.index + (count - self.index) % self.period


def powers_of(monoid: Monoid, element: int) -> tuple[tuple[int, ...], int]:
    """All its powers from the identity on, and how many come only once."""
    found = [0]
    while (following := int(monoid.products[found[-1], element])) not in found:
        found.append(following)
    return tuple(found), found.index(following)


def cyclic(monoid: Monoid) -> Powers | None:
    """All letters as powers of one element, if they are; the element of which the largest power is least."""
    best: Powers | None = None
    for element in range(len(monoid)):
        elements, index = powers_of(monoid, element)
        if set(monoid.letters) <= set(elements):
            found = Powers(elements, index, tuple(elements.index(letter) for letter in monoid.letters))
            if best is None or max(found.weights) < max(best.weights):
                best = found
    return best


def moving(dfa: Dfa) -> list[int]:
    """The states that some letter leaves."""
    return [state for state, row in enumerate(dfa.steps) if set(row) != {state}]


def orbits(dfa: Dfa) -> np.ndarray:
    """orbits[s, t]: whether some word leads s to t, (states, states) of bool."""
    reach = np.eye(len(dfa), dtype=bool)
    for letter in letter_maps(dfa):
        reach[np.arange(len(dfa)), list(letter)] = True
    while True:
        further = (reach.astype(np.int64) @ reach.astype(np.int64)) > 0
        if np.array_equal(further, reach):
            return reach
        reach = further


def earlier_letters_matter(dfa: Dfa, values: Sequence[int], most: int) -> bool:
    """Whether two words of at most `most` letters, of one length and one last letter, end in states of two values.

    So that the answer at a row depends on more than its letter and its number. Sought among short words only.
    """
    reached = {dfa.start}
    for _ in range(min(most, LONGEST_SOUGHT)):
        for function in letter_maps(dfa):
            if len({values[function[state]] for state in reached}) > 1:
                return True
        reached = {following for state in reached for following in dfa.steps[state]}
    return False


@dataclass(frozen=True)
class Alive:
    """An automaton with a state that no letter leaves (`sink`), and a simpler one that agrees with it outside of it.

    simpler: of the other states, in their order; where the automaton falls into the sink, it goes on somehow.
    states[s]: the state of the automaton that is state s of `simpler`.
    """

    sink: int
    simpler: Dfa
    states: tuple[int, ...]

    def kills(self, dfa: Dfa, state: int, letter: int) -> bool:
        """Whether a letter leads a state of `simpler` into the sink."""
        return dfa.steps[self.states[state]][letter] == self.sink

    @property
    def turns(self) -> bool:
        """Whether every letter of `simpler` is a permutation, so that the state before a letter is known after it."""
        return all(len(set(function)) == len(self.states) for function in letter_maps(self.simpler))


def outside_of_a_sink(dfa: Dfa) -> Alive | None:
    """The first way to make an automaton simpler outside of a sink: one whose last letter decides, or a cycle."""
    for sink in sorted(set(range(len(dfa))) - set(moving(dfa)) - {dfa.start}):
        states = tuple(state for state in range(len(dfa)) if state != sink)
        number = {state: place for place, state in enumerate(states)}
        steps = [[number.get(following) for following in dfa.steps[state]] for state in states]  # None: the sink
        found = reset_by_letters(steps) or turned_by_letters(steps, number[dfa.start])
        if found:
            simpler = Dfa(dfa.letters, tuple(map(tuple, found)), number[dfa.start], frozenset())
            return Alive(sink, simpler, states)
    return None


Partial = list[list[int | None]]


def reset_by_letters(steps: Partial) -> list[list[int]] | None:
    """Steps in place of those that are None, so that each letter leads all states to one or leaves all; None if none
    do."""
    columns = []
    for letter in zip(*steps, strict=True):
        led = {following for following in letter if following is not None}
        still = all(following in (None, state) for state, following in enumerate(letter))
        if len(led) > 1 and not still:
            return None
        columns.append([state if still and len(led) != 1 else min(led) for state in range(len(steps))])
    return [list(row) for row in zip(*columns, strict=True)]


def turned_by_letters(steps: Partial, start: int) -> list[list[int]] | None:
    """The same, so that the states stand in a circle and each letter goes so many places on; None if none do."""
    size, letters = len(steps), len(steps[0])
    if size**letters > MOST_TURNS:
        return None
    for turns in product(range(size), repeat=letters):
        place = places_on_circle(steps, start, turns)
        if place is not None:
            at = {where: state for state, where in place.items()}
            return [[at[(place[state] + turn) % size] for turn in turns] for state in range(size)]
    return None


def places_on_circle(steps: Partial, start: int, turns: Sequence[int]) -> dict[int, int] | None:
    """A different place for every state, so that each letter goes on by its turn; None if there are none."""
    place, queue = {start: 0}, [start]
    for state in queue:
        for following, turn in zip(steps[state], turns, strict=True):
            onward = (place[state] + turn) % len(steps)
            if following is not None and following not in place:
                place[following] = onward
                queue.append(following)
            if following is not None and place[following] != onward:
                return None
    return place if len(set(place.values())) == len(steps) else None
