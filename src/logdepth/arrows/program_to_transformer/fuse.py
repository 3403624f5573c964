"""Numbers that are only ever added up are read into one cell: the residual stream does the addition.

Heads of one layer may write to the same cell. If two cells always occur together
with equal weights, one cell can hold their sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from logdepth.arrows.program_to_transformer.layers import Layers
from logdepth.arrows.program_to_transformer.plan import Plan, Segment
from logdepth.gadgets import Affine, Cell, Head, Neurons, Read, form


def fuse(plan: Plan) -> Plan:
    """The plan with one cell for all cells that one layer reads and every form adds up alike."""
    alike: dict[object, list[Read]] = {}
    uses = occurrences(plan)
    for number, segment in enumerate(plan.segments):
        layers = Layers(segment)
        for cell in dict.fromkeys(cell for head in segment.heads for cell in head.outputs):
            alike.setdefault((number, layers.of(cell), tuple(uses.get(cell, ()))), []).append(cell)
    fused: dict[Cell, Read] = {}
    for cells in alike.values():
        if len(cells) > 1:
            fused |= dict.fromkeys(cells, together(cells))
    return Rewriting(fused, {}).plan(plan) if fused else plan


def together(cells: list[Read]) -> Read:
    """The cell that holds the sum."""
    label = " + ".join(dict.fromkeys(cell.label for cell in cells))
    return Read(label, sum(c.low for c in cells), sum(c.high for c in cells), sum(c.error for c in cells))


def occurrences(plan: Plan) -> dict[Cell, list[tuple[int, int]]]:
    """For every cell the forms in which it occurs, by number, and its weight there."""
    found: dict[Cell, list[tuple[int, int]]] = {}
    for number, x in enumerate(forms(plan)):
        for cell, weight in x.weights.items():
            found.setdefault(cell, []).append((number, weight))
    return found


def forms(plan: Plan) -> Iterator[Affine]:
    """Every form of the plan, those inside neurons once."""
    seen: set[Cell] = set()

    def inside(x: Affine) -> Iterator[Affine]:
        yield x
        for cell in x.weights:
            if isinstance(cell, Neurons) and cell not in seen:
                seen.add(cell)
                for _, y in cell.terms:
                    yield from inside(y)

    for segment in plan.segments:
        for head in segment.heads:
            for x in head.forms:
                yield from inside(x)
        for _, x in segment.moves:
            yield from inside(x)
        for cell in segment.held:
            yield from inside(form(cell))
    for x, _ in plan.outputs.values():
        yield from inside(x)


@dataclass(frozen=True)
class Rewriting:
    """Puts fused cells in the place of their parts, once in every form."""

    fused: dict[Cell, Read]
    neurons: dict[Cell, Neurons]

    def cell(self, cell: Cell) -> Cell:
        return self.rewritten(cell) if isinstance(cell, Neurons) else self.fused.get(cell, cell)

    def rewritten(self, cell: Neurons) -> Neurons:
        if cell not in self.neurons:
            self.neurons[cell] = replace(cell, terms=tuple((weight, self.form(x)) for weight, x in cell.terms))
        return self.neurons[cell]

    def form(self, x: Affine) -> Affine:
        return Affine({self.cell(cell): weight for cell, weight in x.weights.items()}, x.bounds)  # equal weights: once

    def head(self, head: Head) -> Head:
        query, key, values = (tuple(self.form(x) for x in part) for part in (head.query, head.key, head.values))
        outputs = tuple(self.fused.get(cell, cell) for cell in head.outputs)
        return replace(head, query=query, key=key, values=values, outputs=outputs)

    def plan(self, plan: Plan) -> Plan:
        segments = tuple(
            Segment(
                s.times,
                tuple(self.head(h) for h in s.heads),
                tuple((state, self.form(x)) for state, x in s.moves),
                tuple(self.rewritten(cell) for cell in s.held),
            )
            for s in plan.segments
        )
        outputs = {name: (self.form(x), high) for name, (x, high) in plan.outputs.items()}
        return replace(plan, segments=segments, outputs=outputs)
