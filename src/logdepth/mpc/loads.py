"""How many words every machine of a block holds, sends or receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from logdepth.mpc.runs import NONE, Runs


@dataclass(frozen=True)
class Most:
    """The most words that one machine of a block holds, sends or receives, and the first such machine."""

    words: int = 0
    machine: int = 0


Load = tuple[Runs, int]
"""The records of one kind, in the order of their machines, and the words of one record."""
Kinds = Mapping[str, Load]


def most_of(kinds: Kinds) -> Most:
    """The most words of one machine, of all kinds together."""
    some = sorted([(runs, words) for runs, words in kinds.values() if words and runs.total], key=lambda one: one[0].end)
    if not some:
        return Most()
    if all(before.end <= int(runs.machine[0]) for (before, _), (runs, _) in pairwise(some)):  # no machine has two kinds
        return max((busiest(*one) for one in some), key=lambda most: most.words)
    load = np.zeros(longest_of(kinds), dtype=np.int64)
    for runs, words in some:
        add(load, runs, words)
    return busiest_of_all(load)


@dataclass(eq=False)
class Loads:
    """What every machine holds, kept from step to step: only what has changed is added up again."""

    kinds: Kinds = field(default_factory=dict)
    load: np.ndarray = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    most: Most = Most()

    def change(self, kinds: Kinds) -> Most:
        """The most words of one machine, which from now on holds these kinds.

        A kind has changed if it has other runs, by identity, or another number of words.
        """
        before, self.kinds = self.kinds, dict(kinds)
        changed = [kind for kind in before.keys() | kinds.keys() if before.get(kind) is not kinds.get(kind)]
        if not changed:
            return self.most
        longest = longest_of(kinds)
        if longest > len(self.load):
            self.load = np.append(self.load, np.zeros(longest - len(self.load), dtype=np.int64))
        for kind in changed:
            old, old_words = before.get(kind, NOTHING)
            new, new_words = kinds.get(kind, NOTHING)
            if old is new:
                add(self.load, new, new_words - old_words)
            else:
                add(self.load, old, -old_words)
                add(self.load, new, new_words)
        self.most = busiest_of_all(self.load)
        return self.most


NOTHING = NONE, 0


def longest_of(kinds: Kinds) -> int:
    """One more than the last machine that has some."""
    return max((runs.end for runs, _ in kinds.values()), default=0)


def add(load: np.ndarray, runs: Runs, words: int) -> None:
    """So many words for each record."""
    if words and runs.total:
        machines, counts = runs.by_machine
        load[machines] += counts if words == 1 else counts * words


def busiest(runs: Runs, words: int) -> Most:
    place = int(runs.sizes.argmax())
    return Most(int(runs.sizes[place]) * words, int(runs.machine[place]))


def busiest_of_all(load: np.ndarray) -> Most:
    """load: words of every machine, from machine 0."""
    machine = int(load.argmax())
    most = int(load[machine])
    return Most(most, machine) if most else Most()
