"""Building blocks of MPC protocols: sums over all machines, sorting, and what is made of them.

Trees: q machines form G_1 groups of about equal size, these G_2 groups, and so on up to G_L = 1, so that none has
more than f children for the least f with f^L ≥ q. A sum over all machines goes up in L rounds and down in L.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import inf, isqrt, prod

from logdepth.numerics.errors import UsageError
from logdepth.theory.logarithm import ceil_div

LARGEST_WORD = 2**62
"""What a number made of several keys may reach."""

MOST_SLICES = 64
"""Packets that one machine sends to count its records. More would only make mail of many small packets."""


@cache
def tree_widths(machines: int, levels: int) -> tuple[int, ...]:
    """G_0 = machines, G_1, …, G_L = 1 for the least fan-in f with f^L ≥ machines."""
    fan_in = least_fan_in(machines, levels)
    widths = [machines]
    for _ in range(levels):
        widths.append(ceil_div(widths[-1], fan_in))
    return tuple(widths)


def least_fan_in(machines: int, levels: int) -> int:
    """The least f with f^levels ≥ machines."""
    fan_in = 1
    while fan_in**levels < machines:
        fan_in += 1
    return fan_in


def fan_ins(widths: Sequence[int]) -> list[int]:
    """The most children that a node of level 1, 2, …, L has."""
    return [ceil_div(below, above) for below, above in pairwise(widths)]


def deepest(machines: int) -> int:
    """The levels of a binary tree."""
    return (machines - 1).bit_length()


@dataclass(frozen=True)
class Sorting:
    """How a sort by numbers 0..K-1 runs: `passes` counting sorts, each by one digit to base `base`; a sum over all
    machines of the counts of every digit, in `slices` parts, on a tree of these `widths`."""

    widths: tuple[int, ...]
    passes: tuple[int, ...]  # of every group of keys, last group first
    base: int
    slices: int

    @property
    def levels(self) -> int:
        return len(self.widths) - 1

    @property
    def counts(self) -> int:
        """Digits of one slice."""
        return ceil_div(self.base, self.slices)

    @property
    def rounds(self) -> int:
        """Each pass: up the tree, between the slices if there are several, down the tree, and the records."""
        return sum(self.passes) * (2 * self.levels + (self.slices > 1) + 1) if self.levels else 0

    @property
    def spare(self) -> int:
        """Words that a machine needs besides its records: it keeps what its children counted, with their numbers, on
        every level of the tree; it sends and receives all its counts, and one sum for every slice."""
        held = sum(children * (self.counts + 1) for children in fan_ins(self.widths))
        return max(held, self.slices * self.counts) if self.levels else 0

    def words_of_one_pass(self) -> int:
        """Words in all packets of one pass that are no records, if every machine has records."""
        edges = sum(self.widths[:-1]) * self.slices * self.counts  # up; and down
        return 2 * edges + self.slices * (self.slices - 1) // 2


def key_groups(highest: Sequence[int]) -> list[list[int]]:
    """Places of neighbouring keys that together make one number below 2^62; the last group first, in order within."""
    groups: list[list[int]] = []
    for place in reversed(range(len(highest))):
        if groups and prod(highest[other] + 1 for other in [place, *groups[-1]]) <= LARGEST_WORD:
            groups[-1].insert(0, place)
        else:
            groups.append([place])
    return groups


def passes_for(highest: Sequence[int], base: int) -> tuple[int, ...]:
    """Digits to this base of the number that each group of keys makes; 1 at least of the first."""
    passes = []
    for group in key_groups(highest):
        count, reach = 0, 1
        while reach < prod(highest[place] + 1 for place in group):
            count, reach = count + 1, reach * base
        passes.append(count)
    return tuple(passes) if sum(passes) else (1, *passes[1:])


def sorting(machines: int, spare: int, highest: Sequence[int]) -> Sorting:
    """The sort of fewest rounds, and then of fewest passes, for keys 0..highest each.

    spare: words that every machine has besides its records.
    Errors: UsageError, naming the least number of spare words.
    """
    plan = best_sort(machines, spare, tuple(highest))
    if plan is None:
        raise UsageError(
            f"{machines} machines need at least {least_spare(machines)} words besides their records to sort; got"
            f" {spare}. Give them more memory."
        )
    return plan


@cache
def best_sort(machines: int, spare: int, highest: tuple[int, ...]) -> Sorting | None:
    plans = [plan for plan in sortings(machines, spare, highest) if plan.spare <= spare]
    return min(plans, key=lambda plan: (plan.rounds, sum(plan.passes), plan.slices, plan.base), default=None)


def sortings(machines: int, spare: int, highest: tuple[int, ...]) -> list[Sorting]:
    """For every depth of the tree and every number of slices, the sort of fewest passes that fits, if any fits."""
    if machines == 1:
        return [Sorting((1,), passes_for(highest, 2), 2, 1)]
    plans = []
    for levels in range(1, deepest(machines) + 1):
        widths = tree_widths(machines, levels)
        children = sum(fan_ins(widths))
        for slices in range(1, min(MOST_SLICES, machines // widths[1]) + 1):
            counts = min(spare // slices, (spare - children) // children)
            if counts * slices < 2:
                continue
            passes = passes_for(highest, counts * slices)
            base = least_base(highest, passes, counts * slices)
            plans.append(Sorting(widths, passes, base, min(slices, base)))
    return plans


def least_base(highest: Sequence[int], passes: tuple[int, ...], enough: int) -> int:
    """The least base for which so many passes do; `enough` is one."""
    low, high = 2, enough
    while low < high:
        middle = (low + high) // 2
        if sum(passes_for(highest, middle)) <= sum(passes):
            high = middle
        else:
            low = middle + 1
    return high


@cache
def least_spare(machines: int) -> int:
    """The fewest words besides the records with which any sort runs."""
    spare = 0
    while not any(plan.spare <= spare for plan in sortings(machines, spare, (1,))):
        spare += 1
    return spare


@cache
def rows_and_columns(machines: int) -> tuple[int, int]:
    """Rows of machines, and columns of homes: about √q each, and no more corners, where they meet, than machines."""
    rows = isqrt(machines)
    return rows, machines // rows


@dataclass(frozen=True)
class Homes:
    """Sends and questions to `keys` keys whose homes are known, from `each` records on a machine at most."""

    machines: int
    each: int
    keys: int

    @property
    def at_home(self) -> int:
        """Keys of one home."""
        return ceil_div(self.keys, self.machines)

    @property
    def met(self) -> int:
        """What a corner gets: all that the machines of a row have, at most."""
        return self.each * ceil_div(self.machines, rows_and_columns(self.machines)[0])

    @property
    def told(self) -> int:
        """What it passes on: each key of a column once."""
        return min(self.met, self.at_home * ceil_div(self.machines, rows_and_columns(self.machines)[1]))

    @property
    def heard(self) -> int:
        """What a home gets: each of its keys once from every row."""
        return rows_and_columns(self.machines)[0] * min(self.at_home, self.met)

    def to_send(self, words: int) -> int:
        """Words that a machine holds, sends or receives at most, if what is sent has so many and becomes no more at
        home; and what it has to send is held nowhere else."""
        return words * max(self.met, self.told, self.heard, self.each, self.at_home)

    def to_ask(self, words: int, table: int, question: int = 1) -> int:
        """The same, if an answer, a record of the table, and a question have so many words; a question is its key, and
        whatever else is held with it."""
        held = question * self.each + 2 * self.met + table * self.at_home
        return max(held, self.each * (question + words), max(1, words) * max(self.met, self.told, self.heard))


def words_of_ends(keys: int, state: int) -> int:
    """Words that a child tells of its first and its last run, or hears of the runs around it; with its own number, or
    with whether there are any. A run has so many keys, and its state so many words."""
    return 2 * (keys + state) + 2


@dataclass(frozen=True)
class Joining:
    """What a join costs: rounds, and words of a record while both kinds are sorted together."""

    rounds: int
    words: int


def joining(machines: int, spare: int, highest: Sequence[int], *, offered: int, state: int, more: int = 0) -> Joining:
    """A join on keys 0..highest: sort, scan the runs, and send the answers back.

    offered: fields that are offered; state: words of the state of all scans (`Scan.words`); more: results beyond those
    that take the place of an offered field or of the mark of an offer.
    """
    sort = sorting(machines, spare, highest).rounds
    levels = reduction_levels(machines, spare, words_of_ends(len(highest), state))
    return Joining(sort + 2 * levels + 1, len(highest) + 2 + offered + more)


@cache
def reduction_levels(machines: int, spare: int, words: int) -> int:
    """Levels of the flattest tree whose nodes can keep `words` from every child, on every level.

    Errors: UsageError, naming the least number of spare words.
    """
    for levels in range(deepest(machines) + 1):
        if words_on_tree(machines, levels, words) <= spare:
            return levels
    raise UsageError(
        f"{machines} machines need at least {least_on_tree(machines, words)} words besides their records for this; got"
        f" {spare}. Give them more memory."
    )


@cache
def least_on_tree(machines: int, words: int) -> int:
    """The fewest words besides the records with which some tree can keep `words` from every child."""
    return int(min(words_on_tree(machines, levels, words) for levels in range(deepest(machines) + 1)))


def words_on_tree(machines: int, levels: int, words: int) -> float:
    """Words that one machine keeps, sends or receives if every child on every level has `words`."""
    if not levels:
        return 0 if machines == 1 else inf
    return sum(fan_ins(tree_widths(machines, levels))) * words
