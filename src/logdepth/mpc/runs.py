"""Where the records of every machine lie, among those of all machines, and how many each has.

The same numbers of machines are looked at again and again: by the engine at every step in which they are held, and by
the steps themselves. So what is found out about a read-only array is kept during a run, for as long as that array
lives.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from weakref import ReferenceType, ref

import numpy as np

from logdepth.mpc.stable_order import STRETCH, in_order


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of equal numbers of machines: the `machine` of each run and where it begins, (runs,), and how many numbers
    there are in all."""

    machine: np.ndarray
    begins: np.ndarray
    total: int

    @cached_property
    def sizes(self) -> np.ndarray:
        """How many numbers each run has, (runs,)."""
        sizes = np.empty_like(self.begins)
        np.subtract(self.begins[1:], self.begins[:-1], out=sizes[:-1])
        sizes[-1:] = self.total - self.begins[-1:]
        return sizes

    @cached_property
    def ordered(self) -> bool:
        """Whether the numbers never descend: then each machine has one run."""
        return in_order(self.machine)

    def within(self, machines: int) -> bool:
        """Whether there are all these machines, of so many; only if `ordered`."""
        return not self.total or bool(self.machine[0] >= 0 and self.machine[-1] < machines)

    @cached_property
    def counts(self) -> np.ndarray:
        """How many records each machine has, from machine 0 up to the last that has some; only if `ordered`."""
        if not self.total or len(self.machine) == self.machine[-1] + 1:
            return self.sizes
        counts = np.zeros(int(self.machine[-1]) + 1, dtype=np.int64)
        counts[self.machine] = self.sizes
        return counts


Known = dict[int, tuple[ReferenceType[np.ndarray], Runs]]
KNOWN: Known = {}
"""What was found out about read-only arrays that still live, by their identity."""


def forget() -> None:
    """Before a run: a caller may have written to arrays of its own since the last one, of which we hold views."""
    KNOWN.clear()


def runs_of(machine: np.ndarray) -> Runs:
    """The runs of numbers of machines, in any order."""
    known = KNOWN.get(id(machine))
    if known is not None:
        return known[1]
    begins = changes(machine)
    runs = Runs(machine[begins], begins, len(machine))
    if not machine.flags.writeable:
        place = id(machine)
        KNOWN[place] = ref(machine, lambda _: KNOWN.pop(place, None)), runs
    return runs


def ordered_runs(machine: np.ndarray) -> Runs | None:
    """The runs of numbers of machines that never descend; None for others, most of which it need not look at."""
    if id(machine) not in KNOWN and not in_order(machine[:STRETCH]):
        return None
    runs = runs_of(machine)
    return runs if runs.ordered else None


def begins_of_each(owner: np.ndarray, machines: int, first: int = 0) -> np.ndarray:
    """Where the records of every machine begin, and how many all have: (machines + 1,).

    owner: numbers of machines from `first` on that never descend.
    """
    counts = runs_of(owner).counts[first:]
    begins = np.full(machines + 1, len(owner), dtype=np.int64)
    begins[0] = 0
    np.cumsum(counts, out=begins[1 : 1 + len(counts)])
    return begins


def changes(numbers: np.ndarray) -> np.ndarray:
    """The places, (runs,) int64, at which a number differs from the one before it, and the first."""
    if not len(numbers):
        return np.zeros(0, dtype=np.int64)
    new = np.empty(len(numbers), dtype=bool)
    new[0] = True
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return np.flatnonzero(new)
