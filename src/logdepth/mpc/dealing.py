"""How machines are dealt out to blocks: neighbours together, and to every block as many of each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from logdepth.mpc.protocol import Protocol
from logdepth.mpc.stable_order import gather

CHUNKS = 16
"""Of a group for every block, if it has as many machines. Neighbours send each other much, so few chunks mean little
mail between blocks; but some are busier than others, and then many chunks mean equal loads. Another number makes
another version of checkpoints."""

LONG = 128
"""Machines of one block in a row, on average, for which numpy copies rows sooner than it gathers numbers."""


@dataclass(frozen=True, eq=False)
class Deal:
    """Machines in chunks of neighbours, of which each block has every so-manieth.

    begins: where the chunks begin, and the number of all machines, (chunks + 1,). block: of every machine.
    """

    blocks: int
    begins: np.ndarray
    block: np.ndarray

    @classmethod
    def of(cls, protocol: Protocol, blocks: int) -> Deal:
        """Each group of a protocol is cut into equal chunks."""
        bounds = [0]
        for size in protocol.groups.values():
            chunks = min(size, CHUNKS * blocks)
            bounds += [bounds[-1] + number * size // chunks for number in range(1, chunks)] + [bounds[-1] + size]
        begins = np.array(bounds)
        block = np.arange(len(begins) - 1) % blocks
        return cls(blocks, begins, np.repeat(block.astype(np.min_scalar_type(blocks - 1)), np.diff(begins)))

    @property
    def machines(self) -> int:
        return len(self.block)

    def block_of(self, machine: np.ndarray) -> np.ndarray:
        """The block of every one of these machines, which are there."""
        return gather(self.block, machine)

    def shares(self, machine: np.ndarray) -> list[np.ndarray]:
        """For every block, which of these machines it has: their flags, or their places; `pick` takes both."""
        block = self.block_of(machine)
        flags = [block == number for number in range(self.blocks)]
        in_rows = np.count_nonzero(block[1:] != block[:-1]) * LONG < len(block)
        return flags if in_rows else [np.flatnonzero(own) for own in flags]

    def chunks_of(self, machine: np.ndarray) -> list[tuple[int, int, int]]:
        """Of numbers of machines that never descend: the chunks that some are in, and where these begin and end."""
        first = self.begins[:-1].astype(machine.dtype)
        bounds = [*np.searchsorted(machine, first).tolist(), len(machine)]
        return [(chunk, begin, end) for chunk, (begin, end) in enumerate(pairwise(bounds)) if begin < end]

    def merge(self, parts: Sequence[np.ndarray]) -> Merge:
        """How to put numbers of machines of several blocks in order, none of which descend."""
        chunks = sorted(
            (chunk, number, begin, end)
            for number, machine in enumerate(parts)
            for chunk, begin, end in self.chunks_of(machine)
        )
        return Merge([(number, begin, end) for _, number, begin, end in chunks])


@dataclass(frozen=True)
class Merge:
    """Slices of arrays of several blocks, (array, begin, end), in the order of machines."""

    slices: list[tuple[int, int, int]]

    def of(self, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """A new array."""
        if not self.slices:
            return np.empty_like(arrays[0])
        return np.concatenate([arrays[number][begin:end] for number, begin, end in self.slices])


def pick(values: np.ndarray, own: np.ndarray) -> np.ndarray:
    return values[own] if own.dtype == bool else gather(values, own)
