"""Cells that say the same become one: a number is computed once, however many heads and functions ask for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from logdepth.arrows.program_to_transformer.plan import Plan, Segment
from logdepth.gadgets import ONE, START, Affine, Cell, Embedded, Head, Neurons


def share(plan: Plan) -> Plan:
    """The same plan with equal cells merged.

    What a loop computes is gone after each round, so a loop shares with what is computed before it, but nothing shares
    with the loop.
    """
    sharing = Sharing({ONE: ONE, START: START}, {})
    segments = []
    for segment in plan.segments:
        local = sharing if segment.times == 1 else Sharing(dict(sharing.merged), dict(sharing.first))
        segments.append(local.segment(segment))
    outputs = {name: (sharing.form(x), high) for name, (x, high) in plan.outputs.items()}
    return replace(plan, segments=tuple(segments), outputs=outputs)


@dataclass(frozen=True)
class Sharing:
    """`merged`: what every cell seen so far has become; `first`: the cell that stands for all that say the same."""

    merged: dict[Cell, Cell]
    first: dict[object, Cell]

    def cell(self, cell: Cell) -> Cell:
        if cell not in self.merged:
            match cell:
                case Embedded():
                    signature: object = (cell.source, cell.table.tobytes())
                    plain = np.array_equal(cell.table, np.arange(len(cell.table)))
                    self.merged[cell] = self.first.setdefault(
                        signature, replace(cell, label=cell.source) if plain else cell
                    )
                case Neurons():
                    terms = tuple((weight, self.form(x)) for weight, x in cell.terms)
                    signature = cell if cell.held else tuple(sorted((weight, x.key()) for weight, x in terms))
                    self.merged[cell] = self.first.setdefault(signature, replace(cell, terms=terms))
                case _:
                    self.merged[cell] = cell
        return self.merged[cell]

    def form(self, x: Affine) -> Affine:
        total: dict[Cell, int] = {}
        for cell, weight in x.weights.items():
            merged = self.cell(cell)
            total[merged] = total.get(merged, 0) + weight
        return Affine({cell: weight for cell, weight in total.items() if weight}, x.bounds)

    def head(self, head: Head) -> Head:
        query, key, values = (tuple(self.form(x) for x in forms) for forms in (head.query, head.key, head.values))
        return replace(head, query=query, key=key, values=values)

    def segment(self, segment: Segment) -> Segment:
        heads = tuple(self.head(head) for head in segment.heads)
        held = tuple(cell for cell in map(self.cell, segment.held) if isinstance(cell, Neurons))
        return Segment(segment.times, heads, tuple((state, self.form(x)) for state, x in segment.moves), held)
