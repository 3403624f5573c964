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

from logdepth.mpc.stable_order import STRETCH, differ, in_order


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
        return sizes_of(self.begins, self.total)

    def spread(self, values: np.ndarray) -> np.ndarray:
        """The value of its run, (runs,), at every number, (total,)."""
        return np.repeat(values, self.sizes)

    @cached_property
    def ordered(self) -> bool:
        """Whether the numbers never descend: then each machine has one run."""
        return in_order(self.machine)

    def within(self, machines: int) -> bool:
        """Whether there are all these machines, of so many; only if `ordered`."""
        return not self.total or bool(self.machine[0] >= 0 and self.machine[-1] < machines)

    @property
    def end(self) -> int:
        """One more than the last machine that has some; only if `ordered`."""
        return int(self.machine[-1]) + 1 if self.total else 0

    @cached_property
    def by_machine(self) -> tuple[np.ndarray | slice, np.ndarray]:
        """Machines, to index an array of all with, and how many records each has; only if `ordered`. A slice, in which
        some may have none, unless they are few: numpy adds to neighbours several times as fast."""
        first = int(self.machine[0]) if self.total else 0
        if len(self.machine) == self.end - first:
            return slice(first, self.end), self.sizes
        if 4 * len(self.machine) < self.end - first:
            return self.machine, self.sizes
        counts = np.zeros(self.end - first, dtype=np.int64)
        counts[self.machine - first] = self.sizes
        return slice(first, self.end), counts

    @cached_property
    def counts(self) -> np.ndarray:
        """How many records each machine has, from machine 0 up to the last that has some; only if `ordered`."""
        if len(self.machine) == self.end:
            return self.sizes
        counts = np.zeros(self.end, dtype=np.int64)
        counts[self.machine] = self.sizes
        return counts


NONE = Runs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0)


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
    begins = changes_of_few(machine) if few(machine) and in_order(machine) else changes(machine)
    runs = Runs(machine[begins], begins, len(machine))
    if not machine.flags.writeable:
        know(machine, runs)
    return runs


def know(machine: np.ndarray, runs: Runs) -> None:
    """Keep the runs of a read-only array for as long as it lives."""
    place = id(machine)
    KNOWN[place] = ref(machine, lambda _: KNOWN.pop(place, None)), runs


def machines_from(begins: np.ndarray) -> np.ndarray:
    """The number of its machine at each record, int64 and read-only, if the records of machine 0, 1, … begin there, and
    the last of these numbers is how many records there are."""
    counts = np.diff(begins)
    some = np.flatnonzero(counts)
    machine = np.repeat(some, counts[some])
    machine.flags.writeable = False
    know(machine, Runs(some, begins[some].astype(np.int64), len(machine)))
    return machine


def runs_in_order(machine: np.ndarray) -> Runs:
    """The runs of numbers of machines that are there, as if they were in order."""
    counts = np.bincount(machine)
    some = np.flatnonzero(counts)
    sizes = counts[some]
    return Runs(some, np.cumsum(sizes) - sizes, len(machine))


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


def few(machine: np.ndarray) -> bool:
    """Whether numbers, if they never descend, are of so few machines that these are sooner looked for one by one."""
    return len(machine) > 0 and 0 <= int(machine[-1]) - int(machine[0]) < len(machine) // 64


def changes_of_few(machine: np.ndarray) -> np.ndarray:
    """`changes` of numbers that never descend, by a search for every machine between the first and the last."""
    begins = np.searchsorted(machine, np.arange(machine[0], machine[-1] + 1))
    return begins[differ(begins)]  # a machine that is not there begins where the next one does


def sizes_of(begins: np.ndarray, total: int) -> np.ndarray:
    """How many records every run has, of `total` in all: several times as fast as `np.diff` with `append`."""
    sizes = np.empty_like(begins)
    np.subtract(begins[1:], begins[:-1], out=sizes[:-1])
    sizes[-1:] = total - begins[-1:]
    return sizes


def changes(numbers: np.ndarray) -> np.ndarray:
    """The places, (runs,) int64, at which a number differs from the one before it, and the first."""
    return np.flatnonzero(differ(numbers))
