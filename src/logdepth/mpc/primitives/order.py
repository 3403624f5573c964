"""Runs of records with equal keys, of all machines of a block at once."""

from __future__ import annotations

import numpy as np

from logdepth.mpc.runs import runs_of, sizes_of
from logdepth.mpc.stable_order import gather

Array = np.ndarray


def begins_of(*keys: Array) -> Array:
    """Where runs of records with equal keys begin, (runs,); the records are in order."""
    first, *others = keys
    if not others or not len(first):
        return runs_of(first).begins
    new = np.zeros(len(first), dtype=bool)
    new[runs_of(first).begins] = True
    for key in others:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


def place_in_run(*keys: Array) -> Array:
    """The place of every record in its run of equal keys, from 0."""
    begins = begins_of(*keys)
    return np.arange(len(keys[0])) - np.repeat(begins, sizes_of(begins, len(keys[0])))


def each_of(counts: Array) -> tuple[Array, Array]:
    """Entry i, counts[i] times over: its place, and which time it is, from 0."""
    others = np.flatnonzero(counts != 1)
    if 4 * len(others) < len(counts):
        return mostly_once(counts, others)
    place = np.repeat(np.arange(len(counts)), counts)
    return place, np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)


def mostly_once(counts: Array, others: Array) -> tuple[Array, Array]:
    """`each_of` where all counts but those of a few `others` are 1: numpy repeats few long stretches much sooner."""
    times = counts[others]
    more = np.cumsum(times - 1)  # entries so far beyond one for each
    total = len(counts) + (int(more[-1]) if len(more) else 0)
    run, time = each_of(times)
    number = np.zeros(total, dtype=np.int64)
    number[(others + more - times + 1)[run] + time] = time
    stretches = np.diff(others + more + 1, prepend=0, append=total)
    return np.arange(total) - number - np.repeat(np.append(0, more), stretches), number


def least_of_each(values: Array, begins: Array) -> Array:
    """The least value of every run, (runs,); none is empty."""
    if len(values) > 1.5 * len(begins):
        return np.minimum.reduceat(values, begins) if len(begins) else values[:0]
    least = gather(values, begins)  # to reduce a run takes numpy as long as 40 numbers, and most have but one
    sizes = sizes_of(begins, len(values))
    longer = np.flatnonzero(sizes > 1)
    run, number = each_of(sizes[longer] - 1)
    np.minimum.at(least, longer[run], values[begins[longer][run] + 1 + number])
    return least


def sums_before(values: Array, begins: Array) -> Array:
    """Along the first axis and within every run: for each record the sum of those before it."""
    if values.ndim > 1 and len(begins):
        sizes = sizes_of(begins, len(values))
        if sizes.max() < len(begins):
            return sums_of_rows_before(values, begins, sizes)
    through = np.cumsum(values, axis=0)
    through -= values
    through -= np.repeat(through[begins], sizes_of(begins, len(values)), axis=0)
    return through


def sums_of_rows_before(values: Array, begins: Array, sizes: Array) -> Array:
    """The same for many short runs, whose records are rows of numbers: numpy adds along rows sooner than down them. So
    all first records of runs are added to all second ones, these to the third, and so on."""
    longest = int(sizes.max())
    place = np.repeat(np.arange(len(begins)) * longest - begins, sizes) + np.arange(len(values))
    table = np.zeros((len(begins) * longest, *values.shape[1:]), values.dtype)
    table[place] = values
    runs = table.reshape(len(begins), longest, *values.shape[1:])
    for number in range(1, longest):
        runs[:, number] += runs[:, number - 1]
    through = gather(table, place)
    through -= values
    return through
