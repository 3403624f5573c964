"""What an automaton need not remember: which letters, and how many of them, settle its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.automata.dfa import Dfa
from logdepth.automata.monoid import Monoid

LONGEST_WINDOW = 32
LONGEST_SOUGHT = 1_000


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
        maps = {tuple(letter[state] for state in function) for function in maps for letter in letters}
        if len(maps) > 4096:
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
