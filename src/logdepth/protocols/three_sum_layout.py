"""3-SUM as an MPC protocol: blocks of the numbers in order, and a machine for every three blocks that may hold a sum.

N numbers in g blocks of b. Three blocks *may hold* a sum T if T lies between the sum of their least and the sum of
their greatest values. Of the threes (I + t, J + t, K + t), t = 0, 1, 2, …, only one may hold T, since the values are
distinct: the least values of each lie above the greatest of the one before. There are g (g + 1) / 2 such sequences with
I ≤ J ≤ K, and T is M or 2M, or 0, which only three times the first block may hold: at most g (g + 1) + 1 threes.

A block goes to all machines that want it, however many, in groups of at most g. There are at most 4 g + 6 groups: each
has a machine that leads it, gets the block, and deals it out; then the members of the group tell one another.
"""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.mpc.primitives.costs import least_on_tree, least_spare, reduction_levels, sorting, words_of_ends
from logdepth.numerics.errors import UsageError, Wording
from logdepth.theory import Claim
from logdepth.theory.logarithm import ceil_div

BLOCKS_EXPONENT = 0.495
"""g = N^0.495 blocks, so that g² threes make N^0.99 machines, and blocks have N^0.505 numbers."""

OWN_ROUNDS = 13
"""Home, boundaries (2), to leaders (2), to members (2), all of it back (4), to the copies, and to the numbers."""

COPY_WORDS = 4
"""Of a number's copy, which is sorted: its value, whose copy it is, whether it is the first of its value, its rank."""

SCANS = ((1, 1), (0, 2), (1, 2))
"""Keys and words of state of the scans over all copies: who is first, how many values there are so far, the answers."""


@dataclass(frozen=True)
class Layout:
    """How `numbers` modulo `modulus` are cut: `blocks` of `each`, on `machines` with `memory` words.

    per_machine: numbers of the input on a machine, at most, and of their copies.
    """

    numbers: int
    modulus: int
    blocks: int
    memory: int

    @property
    def each(self) -> int:
        return ceil_div(self.numbers, self.blocks)

    @property
    def across(self) -> int:
        """Machines in a row, of which every block has one: one machine for every three blocks that may hold a sum, and
        for every group of those who want a block."""
        return ceil_div(max(self.blocks * (self.blocks + 1) + 1, 4 * self.blocks + 6), self.blocks)

    @property
    def machines(self) -> int:
        """A grid; g (g + 2) from 3 blocks on."""
        return self.blocks * self.across

    @property
    def per_machine(self) -> int:
        return ceil_div(self.numbers, self.machines)

    @property
    def spare(self) -> int:
        """Words besides the numbers and their copies."""
        return self.memory - (1 + COPY_WORDS) * self.per_machine

    @property
    def rounds(self) -> int:
        """A sort, three scans up and down a tree, and our own."""
        sort = sorting(self.machines, self.spare, [self.modulus - 1])
        levels = [reduction_levels(self.machines, self.spare, words_of_ends(*scan)) for scan in SCANS]
        return sort.rounds + 2 * sum(levels) + OWN_ROUNDS


def three_sum_layout(numbers: int, modulus: int, memory: int | None = None) -> Layout:
    """With this memory the fewest machines; without one, N^0.495 blocks and the memory that they need.

    Errors: UsageError, naming the least memory.
    """
    if memory is None:
        blocks = max(1, min(numbers, round(numbers**BLOCKS_EXPONENT)))
        return Layout(numbers, modulus, blocks, memory_for(numbers, blocks))
    most = min(numbers, 2 * round(numbers**0.5))  # beyond, the boundaries alone take more than the blocks
    for blocks in range(1, most + 1):
        if 3 * (ceil_div(numbers, blocks) + blocks) <= memory and memory_for(numbers, blocks) <= memory:
            return Layout(numbers, modulus, blocks, memory)
    least = min(memory_for(numbers, blocks) for blocks in range(1, most + 1))
    raise UsageError(
        f"3-SUM of {numbers} numbers needs machines with at least {least} words; got {memory}.",
        Wording("Raise {memory}."),
    )


def memory_for(numbers: int, blocks: int) -> int:
    """Words that every machine needs with so many blocks.

    Members tell one another three blocks, each in equal parts that are rounded up: 3 (b + g). A home holds a block,
    where every value came from, the boundaries, and numbers with their copies. Sums over all machines need their trees.
    """
    cut = Layout(numbers, 1, blocks, 0)
    records = (1 + COPY_WORDS) * cut.per_machine
    trees = max(least_spare(cut.machines), *(least_on_tree(cut.machines, words_of_ends(*scan)) for scan in SCANS))
    return max(3 * (cut.each + blocks), 2 * cut.each + blocks + records, cut.across, trees + records)


def three_sum_protocol(numbers: int, modulus: int, memory: int | None = None) -> Claim:
    """What our protocol takes at this size, exactly."""
    return claim_on(three_sum_layout(numbers, modulus, memory))


def claim_on(layout: Layout) -> Claim:
    """`three_sum_protocol` on this layout."""
    return Claim(
        model="MPC",
        direction="upper",
        exactness="exact",
        sizes={"rounds": layout.rounds, "machines": layout.machines, "memory_words": layout.memory},
        source="logdepth, after HajiAghayi, Lattanzi, Seddighin, Stein 2019; proved in"
        " logdepth.protocols.three_sum_layout",
        note=f"{layout.blocks} blocks of {layout.each} numbers.",
    )
