"""3-SUM's plan: which machine tries which three of blocks, and who wants which block.

Every machine makes it by itself, from the least value of every block: the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from logdepth.mpc.primitives import begins_of, each_of, place_in_run, sizes_of
from logdepth.protocols.three_sum_layout import Layout

Array = np.ndarray

SLOTS = ("first", "second", "third")
"""A machine holds at most three different blocks, each in a slot."""


@dataclass(frozen=True, eq=False)
class Threes:
    """Every three of blocks that may hold a sum: blocks first ≤ second ≤ third, (threes,), and the sum, (threes,)."""

    blocks: Array  # (threes, 3)
    total: Array


def threes(lows: Array, modulus: int) -> Threes:
    """The list, from the least values of the blocks, ascending; a block reaches up to the next one's."""
    highs = np.append(lows[1:] - 1, modulus - 1)
    first, second = np.triu_indices(len(lows))
    found, totals = [], []
    for total in (0, modulus, 2 * modulus):
        least = np.searchsorted(highs, total - highs[first] - highs[second])  # from this block on, it may be enough
        most = np.searchsorted(lows, total - lows[first] - lows[second], side="right") - 1  # up to here, not too much
        begin = np.maximum(least, second)
        count = np.maximum(most + 1 - begin, 0)
        pair, number = each_of(count)
        third = begin[pair] + number
        found.append(np.stack([first[pair], second[pair], third], axis=1))
        totals.append(np.full(len(pair), total))
    return Threes(np.concatenate(found), np.concatenate(totals))


@dataclass(frozen=True, eq=False)
class Plan:
    """Who wants which block, in the order of blocks and then machines: a *wish* each.

    wish_of: (machines, 3) the wish of a machine's slot, or -1. machine, slot, group, member: of a wish. begin, size,
    block: of a group, its first wish, how many it has, and what they are for. leaders, first_leader: of a block.
    """

    threes: Threes
    wish_of: Array
    machine: Array
    slot: Array
    group: Array
    member: Array
    begin: Array
    size: Array
    block: Array
    leaders: Array
    first_leader: Array


def plan(lows: Array, layout: Layout) -> Plan:
    return _plan(lows.tobytes(), layout)


@lru_cache(maxsize=4)
def _plan(lows: bytes, layout: Layout) -> Plan:
    """All machines hold the same boundaries, and this process plans for many of them: once."""
    bounds = np.frombuffer(lows, dtype=np.int64)
    listed = threes(bounds, layout.modulus)
    assert len(listed.total) <= layout.machines, "more threes may hold a sum than there are machines"
    different = np.ones(listed.blocks.shape, dtype=bool)
    different[:, 1:] = listed.blocks[:, 1:] != listed.blocks[:, :-1]
    machine, slot = np.nonzero(different)
    wanted = listed.blocks[machine, slot]
    order = np.argsort(wanted, kind="stable")
    machine, slot, wanted = machine[order], slot[order], wanted[order]
    wishes = np.bincount(wanted, minlength=len(bounds))
    place = place_in_run(wanted)
    leaders = -(-wishes // layout.blocks)
    first_leader = np.cumsum(leaders) - leaders
    group = first_leader[wanted] + place // layout.blocks
    begin = begins_of(group)
    assert len(begin) <= layout.machines, "more groups than machines"
    wish_of = np.full((layout.machines, len(SLOTS)), -1)
    wish_of[machine, slot] = np.arange(len(wanted))
    return Plan(
        listed,
        wish_of,
        machine,
        slot,
        group,
        place % layout.blocks,
        begin,
        sizes_of(begin, len(group)),
        wanted[begin],
        leaders,
        first_leader,
    )
