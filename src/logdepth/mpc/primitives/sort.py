"""Sorting: counting sorts by one digit after another, from the last. Balanced to the record, whatever the keys.

In a pass every machine counts its records by digit; a tree adds up the counts and tells every machine, for every digit,
how many records come before its own: those of smaller digits, and those of the same digit on machines before it. So it
knows the place of each record in the whole order, and place P goes to machine P // per_machine.

Counts of different digits are added by different nodes, in slices of a few digits each, so that no node is sent more
than it holds.

Source: radix sort by stable counting sorts; in MPC, sorting in O(1/δ) rounds is Goodrich, Sitchinava, Zhang 2011. With
keys of O(log n) bits and digits of Ω(log s) bits there are O(1/δ) passes of O(1/δ) rounds; no records are sampled, and
no bucket can overflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np

from logdepth.mpc.primitives.costs import Sorting, key_groups, sorting
from logdepth.mpc.primitives.order import begins_of, sums_before
from logdepth.mpc.primitives.tree import Tree
from logdepth.mpc.protocol import Routine, Step
from logdepth.mpc.records import Mail, Memory, Packets, Records
from logdepth.mpc.runs import sizes_of
from logdepth.mpc.stable_order import gather, order_within
from logdepth.numerics.errors import UsageError

Array = np.ndarray


def sort(kind: str, by: Mapping[str, int], *, machines: int, per_machine: int, spare: int) -> Routine:
    """Put the records of `kind` in ascending order: afterwards the record of rank r = 0, 1, … is on machine r //
    per_machine, and a machine's own records are in order.

    by: the fields to sort by, most significant first, and the highest value that each may hold; the least is 0. Records
    of equal keys keep their order: by machine, then as they are found. spare: words that every machine has besides its
    records; the more, the fewer rounds (`mpc.primitives.costs.sorting`). At the start a machine may hold any number of
    records.
    Errors: UsageError for no field, fewer spare words than any sort needs; while it runs, for keys out of range and
    for more records than machines · per_machine.
    """
    if not by or per_machine < 1:
        raise UsageError(f"sort {kind!r} by at least 1 field, at least 1 record a machine; got {by}, {per_machine}.")
    plan = sorting(machines, spare, list(by.values()))
    digits = digits_of(by, plan)
    if not plan.levels:
        return Routine(f"sort {kind}", (partial(in_place, kind, digits),))
    passes = [
        Pass(kind, plan, Tree(plan.widths), per_machine, digits[number - 1] if number else None, digit)
        for number, digit in enumerate(digits)
    ]
    steps = [step for each in passes for step in each.steps()]
    return Routine(f"sort {kind}", (*steps, partial(settle, kind, digits[-1])))


@dataclass(frozen=True)
class Digit:
    """One digit of the number that a group of keys makes: the fields with their highest values, and its weight."""

    fields: tuple[tuple[str, int], ...]
    weight: int
    base: int
    first: bool  # of its group: the one that looks whether the keys are in range

    def of(self, records: Records | Packets) -> Array:
        """This digit of every record, (n,)."""
        first, *others = (self.key(records, name, highest) for name, highest in self.fields)
        number = first
        for key, (_, highest) in zip(others, self.fields[1:], strict=True):
            number = number * (highest + 1) + key
        if self.weight > 1:
            number = number // self.weight
        if self.leading:
            return number
        return number - number // self.base * self.base

    def key(self, records: Records | Packets, name: str, highest: int) -> Array:
        key = records[name]
        if self.first and len(key) and (key.min() < 0 or key.max() > highest):
            wrong = key.min() if key.min() < 0 else key.max()
            raise UsageError(f"field {name!r} holds {wrong}, but is sorted as 0..{highest}")
        return key.astype(self.word, copy=False)

    @property
    def numbers(self) -> int:
        """How many numbers the keys of the group can make."""
        return prod(high + 1 for _, high in self.fields)

    @property
    def leading(self) -> bool:
        """Whether no digit stands before it."""
        return self.numbers <= self.weight * self.base

    @property
    def word(self) -> type[np.signedinteger]:
        """For the number that the keys make: short words are divided faster, and remainders are taken one by one."""
        return np.int32 if self.numbers < 2**31 else np.int64

    @property
    def highest(self) -> int:
        return min(self.base, self.numbers) - 1


def digits_of(by: Mapping[str, int], plan: Sorting) -> list[Digit]:
    """The digits to sort by, in the order of the passes."""
    keys = list(by.items())
    return [
        Digit(tuple(keys[place] for place in group), plan.base**number, plan.base, number == 0)
        for group, passes in zip(key_groups(list(by.values())), plan.passes, strict=True)
        for number in range(passes)
    ]


@dataclass(frozen=True)
class Pass:
    """One counting sort. The records lie as they were delivered: by the digit `before`, once they are sorted stably."""

    kind: str
    plan: Sorting
    tree: Tree
    per_machine: int
    before: Digit | None
    digit: Digit

    def steps(self) -> list[Step]:
        """All steps but the last, which is the first of the next pass."""
        levels = self.tree.levels
        steps: list[Step] = [self.count, *(partial(self.add, level) for level in range(1, levels))]
        steps += [self.add_slices, self.offset_slices] if self.plan.slices > 1 else [self.offset_all]
        return [*steps, *(partial(self.offset, level) for level in range(levels - 1, 0, -1)), self.place]

    def counted(self, level: int) -> str:
        """The kind of record in which nodes keep what their children counted."""
        return f"{self.kind}: counts {level}"

    def count(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Every machine counts its records by digit, and sends the counts slice by slice."""
        memory = take_mail(self.kind, memory, mail)
        records = memory[self.kind]
        begins = begins_of(records.owner)
        width = self.plan.slices * self.plan.counts
        cell = self.digit.of(records) + np.repeat(np.arange(len(begins)) * width, sizes_of(begins, len(records)))
        counts = np.bincount(cell, minlength=len(begins) * width).reshape(-1, self.plan.counts)
        machine = np.repeat(records.owner[begins], self.plan.slices)
        slices = np.tile(np.arange(self.plan.slices), len(begins))
        return memory, {"counts": Packets(machine, self.tree.above(1, machine, slices), {"counts": counts})}

    def add(self, level: int, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Nodes keep what their children counted, and send the sum up."""
        counts = mail["counts"]
        memory = memory | {self.counted(level): keep_counts(counts)}
        begins = begins_of(counts.destination)
        node = counts.destination[begins]
        above = self.tree.above(level + 1, node, self.tree.slice_of(node))
        return memory, {"counts": Packets(node, above, {"counts": totals(counts["counts"], begins)})}

    def add_slices(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """The top node of a slice tells its sum to those of all later slices."""
        counts = mail["counts"]
        memory = memory | {self.counted(self.tree.levels): keep_counts(counts)}
        begins = begins_of(counts.destination)
        node = counts.destination[begins]
        total = totals(counts["counts"].sum(axis=1), begins)
        mine = self.tree.slice_of(node)
        place, later = np.nonzero(mine[:, None] < np.arange(self.plan.slices)[None, :])
        top = self.tree.node(self.tree.levels, np.zeros_like(later), later)
        return memory, {"sums": Packets(node[place], top, {"sum": total[place]})}

    def offset_slices(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """The top nodes tell their children how many records come before theirs, digit by digit."""
        children = memory[self.counted(self.tree.levels)]
        nodes = children.owner[begins_of(children.owner)]
        sums = mail["sums"]
        before = np.zeros(len(nodes), dtype=np.int64)
        listening = np.searchsorted(nodes, sums.destination)
        np.add.at(before, listening[listening < len(nodes)], sums["sum"][listening < len(nodes)])
        return self.tell_from_top(memory, nodes, before)

    def offset_all(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """As `offset_slices`, where there is but one slice."""
        memory = memory | {self.counted(self.tree.levels): keep_counts(mail["counts"])}
        nodes = np.unique(mail["counts"].destination)
        return self.tell_from_top(memory, nodes, np.zeros(len(nodes), dtype=np.int64))

    def tell_from_top(self, memory: Memory, nodes: Array, before: Array) -> tuple[Memory, Mail]:
        children = memory[self.counted(self.tree.levels)]
        total = totals(children["counts"], begins_of(children.owner))
        return self.tell(self.tree.levels, memory, nodes, before[:, None] + np.cumsum(total, axis=1) - total)

    def offset(self, level: int, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Nodes pass on to their children what comes before them."""
        return self.tell(level, memory, mail["offsets"].destination, mail["offsets"]["offsets"])

    def tell(self, level: int, memory: Memory, nodes: Array, offsets: Array) -> tuple[Memory, Mail]:
        children = memory[self.counted(level)]
        before = sums_before(children["counts"], begins_of(children.owner))
        before += gather(offsets, np.searchsorted(nodes, children.owner))
        down = Packets(children.owner, children["child"], {"offsets": before})
        return {kind: held for kind, held in memory.items() if kind != self.counted(level)}, {"offsets": down}

    def place(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Every machine knows the places of its records, and sends them there."""
        records, offsets = memory[self.kind], mail["offsets"]
        key = digit = self.digit.of(records)
        if self.before is not None:  # the order of the pass before has not been made yet: both at once
            key = digit * (self.before.highest + 1) + self.before.of(records)
        order = order_within(records.owner, key)
        digit = gather(digit, order)
        runs = begins_of(records.owner, digit)
        width = self.plan.slices * self.plan.counts
        row = np.zeros(self.tree.widths[0], dtype=np.int64)  # where what each machine was told begins
        row[offsets.destination[:: self.plan.slices]] = np.arange(0, offsets["offsets"].size, width)
        before = gather(offsets["offsets"].reshape(-1), row[records.owner[runs]] + digit[runs])
        place = np.repeat(before - runs, sizes_of(runs, len(records)))
        place += np.arange(len(records))
        machine = place // self.per_machine
        if len(machine) and machine.max() >= self.tree.widths[0]:
            raise UsageError(
                f"more than {self.tree.widths[0]} · {self.per_machine} records of kind {self.kind!r} are sorted"
            )
        fields = {name: gather(values, order) for name, values in records.fields.items()}
        stays = {kind: held for kind, held in memory.items() if kind != self.kind}
        return stays, {self.kind: Packets(records.owner, machine, fields)}


def keep_counts(counts: Packets) -> Records:
    """What children counted, at their node, with their numbers."""
    return Records(counts.destination, {"child": counts.source, "counts": counts["counts"]})


def totals(values: Array, begins: Array) -> Array:
    return np.add.reduceat(values, begins, axis=0) if len(begins) else values


def take_mail(kind: str, memory: Memory, mail: Mail) -> Memory:
    """The records as they came in the mail; before the first pass, as they are."""
    return memory | {kind: Records(mail[kind].destination, mail[kind].fields)} if kind in mail else memory


def settle(kind: str, digit: Digit, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
    """After the last pass: put what came in the order of its last digit."""
    memory = take_mail(kind, memory, mail)
    records = memory[kind]
    order = order_within(records.owner, digit.of(records))
    fields = {name: gather(values, order) for name, values in records.fields.items()}
    return memory | {kind: Records(records.owner, fields)}, {}


def in_place(kind: str, digits: list[Digit], memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
    """On one machine."""
    for digit in digits:
        memory, _ = settle(kind, digit, memory, {})
    return memory, {}
