"""How many words every machine of a block holds, sends or receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Most:
    """The most words that one machine of a block holds, sends or receives, and the first such machine."""

    words: int = 0
    machine: int = 0


Load = tuple[np.ndarray, int]
"""How many records of one kind each machine has, from machine 0 up to any that is the last with some; and the words of
one record."""
Kinds = Mapping[str, Load]


def most_of(kinds: Kinds) -> Most:
    """The most words of one machine, of all kinds together."""
    some = [(counts, words) for counts, words in kinds.values() if words and len(counts)]
    if not some:
        return Most()
    if len(some) == 1:
        return busiest(*some[0])
    load = np.zeros(longest_of(kinds), dtype=np.int64)
    for counts, words in some:
        add(load, counts, words)
    return busiest(load)


@dataclass(eq=False)
class Loads:
    """What every machine holds, kept from step to step: only what has changed is added up again."""

    kinds: Kinds = field(default_factory=dict)
    load: np.ndarray = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    most: Most = Most()

    def change(self, kinds: Kinds) -> Most:
        """The most words of one machine, which from now on holds these kinds.

        A kind has changed if it has another array of counts, by identity, or another number of words.
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
        self.most = busiest(self.load)
        return self.most


NOTHING = np.zeros(0, dtype=np.int64), 0


def longest_of(kinds: Kinds) -> int:
    return max((len(counts) for counts, _ in kinds.values()), default=0)


def add(load: np.ndarray, counts: np.ndarray, words: int) -> None:
    """So many words for each record."""
    if words:
        load[: len(counts)] += counts if words == 1 else counts * words


def busiest(counts: np.ndarray, words: int = 1) -> Most:
    machine = int(counts.argmax())
    most = int(counts[machine]) * words
    return Most(most, machine) if most else Most()
