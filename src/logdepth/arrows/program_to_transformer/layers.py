"""Which attention layer of its segment a cell has to wait for."""

from __future__ import annotations

from collections.abc import Iterable

from logdepth.arrows.program_to_transformer.plan import Segment
from logdepth.gadgets import Affine, Cell, Head, Neurons


class Layers:
    """Attention layers of one segment, numbered from 1. What stands there before the segment begins waits for none."""

    def __init__(self, segment: Segment) -> None:
        self.writers: dict[Cell, list[Head]] = {}
        for head in segment.heads:
            for cell in head.outputs:
                self.writers.setdefault(cell, []).append(head)
        self.known: dict[Cell, int] = {}
        self.standing: dict[Head, int] = {}

    def of(self, cell: Cell) -> int:
        """How many attention layers of the segment stand before the cell is known; 0: none."""
        if cell not in self.known:
            if cell in self.writers:
                self.known[cell] = 1 + max(self.last_of(head.forms) for head in self.writers[cell])
            else:
                self.known[cell] = self.last_of(x for _, x in cell.terms) if isinstance(cell, Neurons) else 0
        return self.known[cell]

    def of_head(self, head: Head) -> int:
        """The layer that the head stands in: heads that add into one cell stand in one layer."""
        if head not in self.standing:
            self.standing[head] = max(self.of(cell) for cell in head.outputs)
        return self.standing[head]

    def last_of(self, forms: Iterable[Affine]) -> int:
        return max((self.of(cell) for x in forms for cell in x.weights), default=0)
