"""The tree on which machines add up, and where its nodes live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.mpc.primitives.costs import tree_widths

Array = np.ndarray


@dataclass(frozen=True)
class Tree:
    """`widths`: machines G_0, groups of machines G_1, groups of groups G_2, …, G_L = 1; all of about equal size.

    Every group has a node for each of some slices, on one of its first machines each: a machine serves at most one node
    of a level.
    """

    widths: tuple[int, ...]

    @classmethod
    def of(cls, machines: int, levels: int) -> Tree:
        return cls(tree_widths(machines, levels))

    @property
    def levels(self) -> int:
        return len(self.widths) - 1

    def parent(self, level: int, group: Array) -> Array:
        """The group at `level` of groups at the level below."""
        return group * self.widths[level] // self.widths[level - 1]

    def first_child(self, level: int, group: Array) -> Array:
        return -(-group * self.widths[level - 1] // self.widths[level])

    def group(self, level: int, machine: Array) -> Array:
        """The group at `level` that a machine belongs to."""
        for below in range(level):
            machine = self.parent(below + 1, machine)
        return machine

    def node(self, level: int, group: Array, slice_: Array) -> Array:
        """The machine that serves a group at `level` ≥ 1 for a slice: one of its first machines."""
        for above in range(level, 0, -1):
            group = self.first_child(above, group)
        return group + slice_

    def slice_of(self, node: Array) -> Array:
        """The slice that a machine serves."""
        return node - self.first_child(1, self.parent(1, node))

    def above(self, level: int, machine: Array, slice_: Array) -> Array:
        """The node at `level` above a machine."""
        return self.node(level, self.group(level, machine), slice_)
