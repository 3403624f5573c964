"""All machines learn the same: what all records add up to, or a few records of one machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from logdepth.mpc.primitives.costs import reduction_levels
from logdepth.mpc.primitives.order import begins_of, each_of
from logdepth.mpc.primitives.tree import Tree
from logdepth.mpc.protocol import Routine, Step
from logdepth.mpc.records import Fields, Mail, Memory, Packets, Records
from logdepth.mpc.stable_order import order_within
from logdepth.numerics.errors import UsageError

Array = np.ndarray

REDUCE = {"or": np.bitwise_or, "sum": np.add, "min": np.minimum, "max": np.maximum}


def agree(
    kind: str,
    into: str,
    reduce: Mapping[str, tuple[Literal["or", "sum", "min", "max"], str]],
    *,
    machines: int,
    spare: int,
) -> Routine:
    """Tell every machine what all records of `kind` add up to: one record of kind `into` each.

    reduce: field of `into` -> (how, field of `kind`). A loop's verdict is `{"go_on": ("or", field)}`, for a field of 0
    and 1. There must be at least one record somewhere; if there is none, no machine learns anything.
    Errors: UsageError for no field, an unknown way to reduce, or fewer spare words than a binary tree needs.
    """
    if not reduce or any(how not in REDUCE for how, _ in reduce.values()):
        raise UsageError(f"agree on {kind!r}: reduce fields by one of {', '.join(REDUCE)}; got {dict(reduce)}.")
    telling = Telling(kind, into, dict(reduce), Tree.of(machines, reduction_levels(machines, spare, len(reduce))))
    levels = telling.tree.levels
    if not levels:
        return Routine(f"agree on {into}", (telling.alone,))
    up: list[Step] = [telling.start, *(partial(telling.add, level) for level in range(1, levels))]
    down = [partial(telling.tell, level) for level in range(levels, 0, -1)]
    return Routine(f"agree on {into}", (*up, *down, telling.keep))


def broadcast(kind: str, into: str, *, words: int, machines: int, spare: int) -> Routine:
    """Give every machine a copy of all records of `kind`, as kind `into`; together they must not be more than `words`.

    They are gathered on one machine, in one round, and told down a tree.
    Errors: UsageError for fewer spare words than a binary tree needs.
    """
    telling = Telling(kind, into, {}, Tree.of(machines, reduction_levels(machines, spare, words)))
    levels = telling.tree.levels
    if not levels:
        return Routine(f"broadcast {kind}", (telling.copy,))
    down = [partial(telling.tell, level) for level in range(levels, 0, -1)]
    return Routine(f"broadcast {kind}", (telling.gather, *down, telling.keep))


@dataclass(frozen=True)
class Telling:
    """Up a tree, every machine adds what it has heard; down, all learn the same. Machine 0 is at the top."""

    kind: str
    into: str
    reduce: Mapping[str, tuple[str, str]]
    tree: Tree

    def add_numbers(self, owner: Array, fields: Fields) -> tuple[Array, dict[str, Array]]:
        """One number per machine."""
        begins = begins_of(owner)
        reduced = {
            name: REDUCE[how].reduceat(fields[name], begins) if len(begins) else fields[name]
            for name, (how, _) in self.reduce.items()
        }
        return owner[begins], reduced

    def said(self, records: Records) -> dict[str, Array]:
        """What there is to add up."""
        return {name: numbers(records[field]) for name, (_, field) in self.reduce.items()}

    def start(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        records = memory[self.kind]
        machine, fields = self.add_numbers(records.owner, self.said(records))
        return memory, {"up": Packets(machine, self.tree.above(1, machine, 0 * machine), fields)}

    def add(self, level: int, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        node, fields = self.add_numbers(mail["up"].destination, mail["up"].fields)
        return memory, {"up": Packets(node, self.tree.above(level + 1, node, 0 * node), fields)}

    def tell(self, level: int, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Nodes of a level tell their children what they have heard, from below at the top and from above else."""
        (heard,) = mail.values()
        node, fields = heard.destination, dict(heard.fields)
        if level == self.tree.levels and self.reduce:
            node, fields = self.add_numbers(node, fields)
        group = self.tree.group(level, node)
        first = self.tree.first_child(level, group)
        children = self.tree.first_child(level, group + 1) - first
        packet, number = each_of(children)
        child = first[packet] + number
        if not self.reduce:  # child by child, so that each finds records in order, where a node has several
            order = order_within(node[packet], number)
            packet, child = packet[order], child[order]
        below = child if level == 1 else self.tree.node(level - 1, child, 0 * child)
        told = Packets(node[packet], below, {name: value[packet] for name, value in fields.items()})
        return memory, {"down": told}

    def keep(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        told = mail["down"]
        return memory | {self.into: Records(told.destination, told.fields)}, {}

    def gather(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        records = memory[self.kind]
        return memory, {"gathered": Packets(records.owner, 0 * records.owner, records.fields)}

    def alone(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        records = memory[self.kind]
        return memory | {self.into: Records(*self.add_numbers(records.owner, self.said(records)))}, {}

    def copy(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        return memory | {self.into: memory[self.kind]}, {}


def numbers(values: Array) -> Array:
    return values.astype(np.int64) if values.dtype.kind in "bui" else values
