"""What several numbers of a circuit can be together, exactly where few inputs decide it.

A variable knows what it is computed from. So the values that some variables can have at once follow from those of
variables before them: all combinations of the earliest ones that are few enough. This takes in more than can happen,
never less, as earlier variables are taken to be independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd, prod
from typing import TypeAlias

import numpy as np

MOST_COMBINATIONS = 2**15
"""Combinations of values that are looked at."""
TOO_FAR = 2**20
"""Combinations that the search for earlier variables passes through: those before them may be fewer again."""
SMALL = 2**62
"""Sums below fit in int64."""
GRIDS_KEPT = 4

Front: TypeAlias = "tuple[Variable, ...]"
Compute = Callable[..., np.ndarray]
"""The places of a variable, by those of its parents: an array of numbers each."""


@dataclass(frozen=True, eq=False)
class Variable:
    """A number with finitely many possible values, increasing; reached[k]: the gate of [x ≥ support[k + 1]].

    parents: what it is computed from, by `compute`; none: any of its values, whatever others are. A variable that only
    other ones are computed from needs no gates.
    """

    support: tuple[int, ...]
    reached: tuple[int, ...]
    parents: tuple[Variable, ...] = ()
    compute: Compute | None = None

    @cached_property
    def generation(self) -> int:
        return 1 + max((parent.generation for parent in self.parents), default=0)

    @cached_property
    def roots(self) -> Front | None:
        """The first variables that it is computed from; None if they have too many combinations."""
        return roots_of(self.parents) if self.parents else (self,)


def roots_of(variables: Iterable[Variable]) -> Front | None:
    found: dict[Variable, None] = {}
    for variable in variables:
        if variable.roots is None:
            return None
        found |= dict.fromkeys(variable.roots)
    return tuple(found) if combinations(found) <= MOST_COMBINATIONS else None


class Joint:
    """Combinations of values of variables, those of the last frontiers kept."""

    def __init__(self) -> None:
        self._grids: dict[tuple[Variable, ...], Grid] = {}

    def places(self, variables: Iterable[Variable]) -> np.ndarray | None:
        """All places in their supports that these can have at once, (combinations, variables); None: too many.

        Combinations repeat.
        """
        variables = list(variables)
        if not variables:
            return np.zeros((1, 0), dtype=np.int32)
        front = frontier(variables)
        if front is None:
            return None
        grid = self.grid(front)
        return np.stack([grid.places(variable) for variable in variables], axis=1)

    def grid(self, front: tuple[Variable, ...]) -> Grid:
        grid = self._grids.pop(front, None) or Grid(front)
        self._grids[front] = grid  # the last one used comes last
        while len(self._grids) > GRIDS_KEPT:
            del self._grids[next(iter(self._grids))]
        return grid


class Grid:
    """All combinations of the values of some variables, and what others are in each of them."""

    def __init__(self, front: tuple[Variable, ...]) -> None:
        sizes = [len(variable.support) for variable in front]
        axes = np.indices(sizes, dtype=np.int32).reshape(len(sizes), -1)
        self._places: dict[Variable, np.ndarray] = dict(zip(front, axes, strict=True))

    def places(self, variable: Variable) -> np.ndarray:
        waiting = [variable]
        while waiting:
            if (one := waiting[-1]) in self._places:
                waiting.pop()
            elif unknown := [parent for parent in one.parents if parent not in self._places]:
                waiting += unknown
            else:
                assert one.compute is not None, "a frontier has all that its variables are computed from"
                self._places[one] = one.compute(*(self._places[parent] for parent in one.parents)).astype(np.int32)
        return self._places[variable]


def frontier(variables: Iterable[Variable]) -> Front | None:
    """Early variables that decide these and have few combinations; None if none were found."""
    best = tuple(dict.fromkeys(variables))
    if (roots := roots_of(best)) is not None:
        return roots
    kept: set[Variable] = set()
    while combinations(best) <= TOO_FAR:
        best, too_many = go_back(best, kept)
        if too_many is None:
            break
        kept.add(too_many)
    return best if combinations(best) <= MOST_COMBINATIONS else None


def go_back(best: Front, kept: set[Variable]) -> tuple[Front, Variable | None]:
    """From some variables back to those that they are computed from, the latest first, as far as these are few.

    kept: which stay. Gives also the variable from which on combinations were too many; None if they never were.
    """
    found, first = dict.fromkeys(best), None
    while open_ones := [one for one in found if one.parents and one not in kept]:
        latest = max(open_ones, key=lambda variable: variable.generation)
        del found[latest]
        found |= dict.fromkeys(latest.parents)
        first = first or latest
        states = combinations(found)
        if states <= MOST_COMBINATIONS:
            best, first = tuple(found), None
        elif states > TOO_FAR:
            break
    return best, first


def combinations(variables: Iterable[Variable]) -> int:
    return prod(len(variable.support) for variable in variables)


def sums(constant: int, tables: Mapping[Variable, Sequence[int]], places: np.ndarray) -> tuple[np.ndarray, int]:
    """Sums of table entries at places, (combinations,), in units of a number: so many units make them exact in int64.

    Where they do not fit they are Python's numbers.
    """
    unit = gcd(constant, *(entry for table in tables.values() for entry in table)) or 1
    most = abs(constant) + sum(max(map(abs, table)) for table in tables.values())
    kind = np.int64 if most // unit < SMALL else object
    found = np.full(len(places), constant // unit, dtype=kind)
    for column, table in zip(places.T, tables.values(), strict=True):
        found = found + np.array([entry // unit for entry in table], dtype=kind)[column]
    return found, unit
