"""How the root of a star chooses among the edges that leave its star, as numbers of which the least is chosen.

An order of urgency will do in which only edges between the same two stars are equal. Without weights the parent of the
other end is such an order: of all pairs of roots {x, y}, ordered by the smaller and then the larger, x finds its first
where y is least. With weights it is the order of edges by (weight, place), and what a root needs besides is the parent
of the other end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.mpc import Memory, Packets, Records

Array = np.ndarray

TALL = -1
"""Said instead of a choice: your tree is no star."""


@dataclass(frozen=True)
class Choices:
    """n vertices; edges, if their urgency counts, else None."""

    vertices: int
    edges: int | None

    @property
    def nothing(self) -> int:
        """No edge leaves."""
        return self.vertices * (1 if self.edges is None else self.edges)

    @property
    def gone(self) -> int:
        """No edge leaves any more, and whoever says so will not be there to be asked again."""
        return self.nothing + 1

    def words(self, choice: Array) -> dict[str, Array]:
        """A choice as it is sent and held: no word holds two numbers."""
        if self.edges is None:
            return {"target": choice}
        urgency, target = np.divmod(choice, self.vertices)
        return {"urgency": urgency, "target": target}

    def number(self, words: Packets | Records) -> Array:
        if self.edges is None:
            return words["target"]
        return words["urgency"].astype(np.int64) * self.vertices + words["target"]

    def of_arcs(self, arcs: Records, target: Array) -> Array:
        """What arcs propose, from the parents of their heads."""
        return target if self.edges is None else arcs["urgency"].astype(np.int64) * self.vertices + target

    def of_edge(self, edge: Array) -> dict[str, Array]:
        """What an arc has to remember of its edge."""
        return {} if self.edges is None else {"urgency": edge}

    def urgency(self, choice: Array) -> Array:
        return choice // self.vertices

    def target(self, choice: Array) -> Array:
        return choice if self.edges is None else choice % self.vertices

    def mark(self, choice: Array, chooser: Array) -> Array:
        """What the chooser tells its target: if two have chosen each other, each hears its own `answer`."""
        return chooser if self.edges is None else choice // self.vertices

    def answer(self, choice: Array) -> Array:
        return choice if self.edges is None else choice // self.vertices

    def kept_of(self, edges: Records) -> Memory:
        """What stays of the edges where they are."""
        if self.edges is None:
            return {}
        unchosen = np.zeros(len(edges), dtype=np.int64)
        return {"edge": Records(edges.owner, {"number": edges["number"], "chosen": unchosen})}
