"""Who sends to whom: the words of every round, counted between neighbourhoods of machines, for a picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logdepth.mpc.protocol import Protocol
from logdepth.mpc.records import Mail, words_per_record
from logdepth.numerics.errors import UsageError

MOST_BINS = 64


class Recorder:
    """Counts the words of a run from bin to bin; its `watch` is one for `run_locally`.

    groups: kinds of machines, name -> how many, in the order of their numbers; together all of the protocol's. By
    default those of the protocol. A bin is a run of neighbouring machines of one group; there are at most
    `most_bins`, and none but the smallest groups get fewer than the others.
    words: for every round, (bins, bins) int64, [receiver, sender]; their sum is the round's `total`.

    Errors: UsageError for groups that are not all machines, and for more groups than bins.
    """

    def __init__(self, protocol: Protocol, groups: Mapping[str, int] | None = None, most_bins: int = MOST_BINS) -> None:
        self.groups = dict(protocol.groups) if groups is None else {n: m for n, m in groups.items() if m}
        if sum(self.groups.values()) != protocol.machines or len(self.groups) > most_bins:
            raise UsageError(
                f"groups must be all {protocol.machines} machines in at most {most_bins} groups;"
                f" got {len(self.groups)} groups of {sum(self.groups.values())} machines together."
            )
        self.bins = shares(list(self.groups.values()), most_bins)
        self.starts = first_machines(list(self.groups.values()), self.bins)
        self.words: list[np.ndarray] = []
        self._bin_of = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def watch(self, number: int, rounds: int, mail: Mail) -> None:
        """See what is sent in a round."""
        bins = len(self.starts) - 1
        words = np.zeros(bins * bins, dtype=np.int64)
        for packets in mail.values():
            cells = self._bin_of[packets.destination] * bins + self._bin_of[packets.source]
            words += np.bincount(cells, minlength=len(words)) * words_per_record(packets.fields)
        self.words.append(words.reshape(bins, bins))


def shares(sizes: list[int], most: int) -> list[int]:
    """How many of `most` bins every group gets: equally many, but no more than it has machines."""
    given = [1] * len(sizes)
    while sum(given) < min(most, sum(sizes)):
        open_groups = [group for group, size in enumerate(sizes) if given[group] < size]
        given[min(open_groups, key=given.__getitem__)] += 1
    return given


def first_machines(sizes: list[int], bins: list[int]) -> np.ndarray:
    """The first machine of every bin, and the number of all machines: (bins + 1,)."""
    before = np.cumsum([0, *sizes])
    starts = [first + np.arange(count) * size // count for first, size, count in zip(before, sizes, bins, strict=False)]
    return np.concatenate([*starts, before[-1:]])
