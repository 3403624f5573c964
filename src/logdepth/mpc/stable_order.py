"""Stable orders of numbers of machines, several times as fast as `np.argsort`: what every round of an engine does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

STRETCH = 2**14
"""Numbers that are looked at together, few enough for a fast cache."""
SHORT = 2**12
"""Fewer of them, where these make words of 32 bits out of words of 64, which take twice as long to sort."""


def in_order(numbers: np.ndarray) -> bool:
    """Whether numbers never descend. Of large arrays out of order most is never looked at."""
    below, above = numbers[:-1], numbers[1:]
    if len(below) <= STRETCH:
        return bool((above >= below).all())
    stretches = (slice(begin, begin + STRETCH) for begin in range(0, len(below), STRETCH))
    return all((above[stretch] >= below[stretch]).all() for stretch in stretches)


def stable_order(numbers: np.ndarray) -> np.ndarray:
    """`np.argsort(numbers, kind="stable")` for whole numbers."""
    return sort_stably(numbers)[0]


def sort_stably(numbers: np.ndarray, highest: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The stable order of whole numbers, and the numbers in that order, both int64.

    Number and place are sorted as one word, by values, and of 32 bits if they fit into these. highest: `highest_of` the
    numbers, if it is known.
    """
    bits = len(numbers).bit_length()
    wide = (highest_of(numbers) if highest is None else highest).bit_length() + bits
    if wide > 63:
        order = np.argsort(numbers, kind="stable")
        return order, numbers[order].astype(np.int64, copy=False)
    packed: np.ndarray = numbers.astype(np.uint32 if wide <= 32 else np.int64)
    for begin in range(0, len(packed), STRETCH):
        add_places(packed[begin : begin + STRETCH], bits, begin)
    packed.sort()
    order = (packed & ((1 << bits) - 1)).astype(np.int64, copy=False)
    packed >>= bits
    return order, packed.astype(np.int64, copy=False)


def add_places(numbers: np.ndarray, bits: int, first: int = 0) -> None:
    """Make each number a word that holds its place, too, in the lowest bits."""
    numbers <<= bits
    numbers |= np.arange(first, first + len(numbers), dtype=numbers.dtype)


def order_within(owner: np.ndarray, key: np.ndarray) -> np.ndarray:
    """The stable order in which every machine puts its own records by key, (n,) int64.

    owner: whole numbers from 0 that never descend. key: whole numbers.
    """
    return order_and_runs(owner, key)[0]


def order_and_runs(owner: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`order_within`, and where runs of equal owners and keys begin in this order.

    Machines are sorted by stretches that fit into a fast cache; and number, key and place of a stretch into 32 bits, if
    short stretches make them fit.
    """
    wide = highest_of(key) + 1
    if len(owner) and wide * (int(owner[-1]) + 1) >= 2**63:
        order = np.lexsort((key, owner))
        new = differ(owner) | differ(key[order])
    else:
        order, new = np.empty(len(owner), dtype=np.int64), np.empty(len(owner), dtype=bool)
        for begin, end in pairwise(stretches(owner, wide)):
            within(owner[begin:end], key[begin:end], wide, order[begin:end], new[begin:end])
            order[begin:end] += begin
    return order, np.flatnonzero(new)


def differ(numbers: np.ndarray) -> np.ndarray:
    """Which numbers differ from the one before them, the first among them, (n,) bool."""
    new = np.ones(len(numbers), dtype=bool)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return new


def within(owner: np.ndarray, key: np.ndarray, wide: int, order: np.ndarray, new: np.ndarray) -> None:
    """`order_and_runs` of a few machines, into `order` and flags `new`. wide: more than every key."""
    first, bits = int(owner[0]), len(owner).bit_length()
    highest = (int(owner[-1]) - first + 1) * wide - 1
    if highest >> (63 - bits):
        order[:], number = sort_stably((owner - first) * wide + key)
    else:
        word = np.uint32 if highest >> (32 - bits) == 0 else np.int64
        number = np.subtract(owner, first, out=np.empty(len(owner), word), casting="unsafe")
        number *= wide
        number += key.astype(word, copy=False)
        add_places(number, bits)
        number.sort()
        np.bitwise_and(number, (1 << bits) - 1, out=order, casting="unsafe")
        number >>= bits
    new[:1] = True
    np.not_equal(number[1:], number[:-1], out=new[1:])


def stretches(owner: np.ndarray, wide: int) -> list[int]:
    """Where to part some machines, and the end: about `STRETCH` records each, or fewer if 32 bits hold these."""
    if not len(owner):
        return [0]
    each = (int(owner[-1]) - int(owner[0]) + 1) / len(owner)  # machines for a record
    bits = {size: (int(size * each * wide) + wide).bit_length() + size.bit_length() for size in (STRETCH, SHORT)}
    size = SHORT if bits[STRETCH] > 32 >= bits[SHORT] else STRETCH
    return [*np.unique(np.searchsorted(owner, owner[::size])).tolist(), len(owner)]


def highest_of(numbers: np.ndarray) -> int:
    """The highest of some whole numbers, 0 of none; at least 2^63 if one of them is negative."""
    signed = numbers.dtype.kind == "i"
    highest = int((numbers.view(f"u{numbers.itemsize}") if signed else numbers).max(initial=0))
    negative = signed and highest >> (8 * numbers.itemsize - 1)
    return 2**63 if negative else highest


def gather(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """`values[places]`, for places that are known to be there: numpy need not look."""
    return values.take(places, axis=0, mode="clip")
