"""The transition monoid of an automaton: the maps of its states that words make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from logdepth.automata.dfa import Dfa

MOST_ELEMENTS = 1_000
"""A larger monoid is not listed: its table of products would have more than a million entries."""


@dataclass(frozen=True, eq=False)
class Monoid:
    """maps[e][state]: where element e leads a state, (elements, states); element 0 is the identity, of the empty word.

    letters[l]: the element of letter l. products[e, f]: the element of a word of e and then one of f.
    """

    maps: np.ndarray
    letters: tuple[int, ...]
    products: np.ndarray

    def __len__(self) -> int:
        return len(self.maps)

    @property
    def is_commutative(self) -> bool:
        """Whether only the numbers of letters count, and not their order."""
        letters = np.array(self.letters)
        products = self.products[np.ix_(letters, letters)]
        return np.array_equal(products, products.T)

    @cached_property
    def omegas(self) -> np.ndarray:
        """Of every element x the one idempotent among its powers, (elements,)."""
        power = np.arange(len(self))
        found = np.full(len(self), -1)
        for _ in range(len(self)):
            idempotent = self.products[power, power] == power
            found = np.where((found < 0) & idempotent, power, found)
            if (found >= 0).all():
                break
            power = self.products[power, np.arange(len(self))]
        return found

    @cached_property
    def groups(self) -> tuple[frozenset[int], ...]:
        """Its maximal subgroups: the elements x = x^ω x, by their x^ω. Source: Green 1951."""
        own = np.arange(len(self))
        inside = self.products[self.omegas, own] == own
        return tuple(
            frozenset(own[inside & (self.omegas == unit)].tolist())
            for unit in sorted(set(self.omegas[inside].tolist()))
        )

    @property
    def is_aperiodic(self) -> bool:
        """Whether all its groups are trivial: then the language is star-free. Source: Schützenberger 1965."""
        return all(len(group) == 1 for group in self.groups)

    @property
    def is_group(self) -> bool:
        return len(self.groups) == 1 and len(self.groups[0]) == len(self)

    @property
    def is_solvable(self) -> bool:
        """Whether all its groups are solvable."""
        return all(self._solvable(group) for group in self.groups)

    def _solvable(self, group: frozenset[int]) -> bool:
        while len(group) > 1:
            derived = self.generated(self._commutators(group))
            if derived == group:
                return False
            group = derived
        return True

    def _commutators(self, group: frozenset[int]) -> set[int]:
        """x⁻¹ y⁻¹ x y for all x and y of a group."""
        members = np.array(sorted(group))
        table = self.products[np.ix_(members, members)]
        unit = self.omegas[members[0]]
        inverse = members[np.argmax(table == unit, axis=1)]
        left = self.products[np.ix_(inverse, inverse)]  # x⁻¹ y⁻¹
        return set(self.products[left, table].ravel().tolist())

    def generated(self, elements: Iterable[int]) -> frozenset[int]:
        """The elements of all their products."""
        generators = np.array(sorted(set(elements)))
        found = set(generators.tolist())
        new = found
        while new:
            products = self.products[np.ix_(np.array(sorted(new)), generators)]
            new = set(products.ravel().tolist()) - found
            found = found | new
        return frozenset(found)


@lru_cache(maxsize=64)
def transition_monoid(dfa: Dfa, most: int = MOST_ELEMENTS) -> Monoid | None:
    """The monoid that the letters generate; None if it has more than `most` elements.

    Elements are listed in breadth-first order of the words.
    """
    step = np.array(dfa.steps, dtype=np.int64).T  # (letters, states)
    maps = [np.arange(len(dfa), dtype=np.int64)]
    numbers = {maps[0].tobytes(): 0}
    right: list[list[int]] = []  # element · letter
    made_by = [(0, 0)]  # of an element: shorter element, letter
    for element, current in enumerate(maps):
        row = []
        for letter, function in enumerate(step):
            onward = function[current]
            key = onward.tobytes()
            if key not in numbers:
                if len(maps) == most:
                    return None
                numbers[key] = len(maps)
                maps.append(onward)
                made_by.append((element, letter))
            row.append(numbers[key])
        right.append(row)
    products = product_table(np.array(right), made_by)
    return Monoid(np.array(maps), tuple(right[0]), products)


def product_table(right: np.ndarray, made_by: list[tuple[int, int]]) -> np.ndarray:
    """products[e, f] by e · (f' · letter) = (e · f') · letter, in the order of the words of f."""
    products = np.empty((len(right), len(right)), dtype=np.int64)
    products[:, 0] = np.arange(len(right))
    for element, (shorter, letter) in enumerate(made_by[1:], start=1):
        products[:, element] = right[products[:, shorter], letter]
    return products
