"""Smaller automata with the same transition monoid: a group of 60 elements may act on 5 points alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count, product
from math import factorial

import numpy as np

from logdepth.automata.dfa import Dfa
from logdepth.automata.monoid import Monoid, transition_monoid
from logdepth.automata.structure import letter_maps

NEVER = -1
"""The code of an image that no map has there."""
MOST_SEARCHED = 150
"""States of the largest automaton that is searched for a smaller one."""
MOST_TRIED = 100
"""Partitions from which further ones are sought."""


@dataclass(frozen=True)
class Action:
    """An automaton of blocks of states, on which different maps of the states are still different.

    blocks[state]: the block of a state. ends: of every element of the monoid, where it leads each block, and to which
    state it leads the start; none where the blocks are the states, so that the map of the start says it.
    """

    dfa: Dfa
    blocks: tuple[int, ...]
    ends: tuple[tuple[tuple[int, ...], int], ...] = ()


@lru_cache(maxsize=64)
def smallest_action(dfa: Dfa) -> Action:
    """The one of fewest blocks that is found by merging other states with the start; the automaton itself if none is
    smaller."""
    monoid = transition_monoid(dfa) if len(dfa) <= MOST_SEARCHED else None
    blocks = tuple(range(len(dfa))) if monoid is None else fewest_blocks(dfa, monoid)
    if monoid is None or len(set(blocks)) == len(dfa):
        return Action(dfa, tuple(range(len(dfa))))
    of_blocks = dfa.renumbered(dict(enumerate(blocks)), len(set(blocks)))
    maps = on_blocks(monoid, blocks)
    ends = tuple((tuple(map(int, row)), int(monoid.maps[e, dfa.start])) for e, row in enumerate(maps))
    return Action(of_blocks, blocks, ends)


def fewest_blocks(dfa: Dfa, monoid: Monoid) -> tuple[int, ...]:
    """A partition that every letter respects, such that different elements are different on its blocks."""
    letters = [letter_maps(dfa)[letter] for letter in generating(monoid)]
    best = tuple(range(len(dfa)))
    seen, queue = {best}, [(len(dfa), best)]
    least = fewest_points(monoid)
    for _ in range(MOST_TRIED):
        if not queue or len(set(best)) <= least:
            break
        _, blocks = heappop(queue)
        for other in sorted(set(blocks) - {blocks[dfa.start]}):
            merged = merge(blocks, dfa.start, blocks.index(other), letters)
            if merged not in seen and is_faithful(monoid, merged):
                heappush(queue, (len(set(merged)), merged))
                best = min(best, merged, key=lambda each: len(set(each)))
            seen.add(merged)
    return best


def fewest_points(monoid: Monoid) -> int:
    """So many points have as many maps as the monoid, or as many permutations, if it is a group."""
    maps = factorial if monoid.is_group else lambda points: points**points
    return next(points for points in count(1) if maps(points) >= len(monoid))


def generating(monoid: Monoid) -> list[int]:
    """Letters whose products are all elements of the monoid."""
    chosen: list[int] = []
    reached = frozenset([0])
    for letter, element in enumerate(monoid.letters):
        if element not in reached:
            chosen.append(letter)
            reached = monoid.generated([monoid.letters[each] for each in chosen]) | {0}
    return chosen


def merge(blocks: tuple[int, ...], one: int, other: int, letters: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The finest partition that is coarser, has both states in one block, and is respected by the letters."""
    block = list(blocks)
    pairs = [(one, other)]
    while pairs:
        one, other = pairs.pop()
        if block[one] != block[other]:
            gone, kept = max(block[one], block[other]), min(block[one], block[other])
            members = [state for state, at in enumerate(block) if at in (gone, kept)]
            block = [kept if at == gone else at for at in block]
            pairs += [(letter[members[0]], letter[state]) for letter, state in product(letters, members[1:])]
    numbers = {at: number for number, at in enumerate(dict.fromkeys(block))}
    return tuple(numbers[at] for at in block)


def on_blocks(monoid: Monoid, blocks: tuple[int, ...]) -> np.ndarray:
    """Where each element leads each block, (elements, blocks)."""
    members = [blocks.index(block) for block in range(len(set(blocks)))]
    return np.array(blocks)[monoid.maps[:, members]]


def is_faithful(monoid: Monoid, blocks: tuple[int, ...]) -> bool:
    return len(np.unique(on_blocks(monoid, blocks), axis=0)) == len(monoid)


def decision_tables(ends: Sequence[tuple[tuple[int, ...], int]]) -> list[list[list[int]]]:
    """tables[k][code][image]: the next code, from code 0 on, as the images of block 0, 1, … are read; the last is the
    value.

    ends: images of all blocks, and a value. Beginnings have one code where nothing that may follow gives two values.
    """
    points = len(ends[0][0])
    after = dict(ends)  # beginning -> its code, or at the end the value
    tables: list[list[list[int]]] = []
    for length in reversed(range(points)):
        rows: dict[tuple[int, ...], list[int]] = {}
        for images, code in after.items():
            rows.setdefault(images[:length], [NEVER] * points)[images[length]] = code
        kinds: list[list[int]] = []
        after = {images: place_among(kinds, row) for images, row in rows.items()}
        tables.append([[max(code, 0) for code in kind] for kind in kinds])
    return tables[::-1]


def place_among(kinds: list[list[int]], row: list[int]) -> int:
    """The place of the first row that does not differ, which takes over what it did not have; or a new one."""
    for place, kind in enumerate(kinds):
        if all(NEVER in (one, other) or one == other for one, other in zip(kind, row, strict=True)):
            kinds[place] = [max(one, other) for one, other in zip(kind, row, strict=True)]
            return place
    kinds.append(row)
    return len(kinds) - 1
