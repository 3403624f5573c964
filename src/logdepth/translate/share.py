"""Cells that say the same become one: a number is computed once, however many heads and functions ask for it."""

from __future__ import annotations

from dataclasses import replace

from logdepth.gadgets.cells import ONE, START, Affine, Cell, Embedded, Head, Neurons
from logdepth.translate.plan import Plan, Segment


def share(plan: Plan) -> Plan:
    """The same plan with equal cells merged."""
    merged: dict[Cell, Cell] = {ONE: ONE, START: START}
    first: dict[object, Cell] = {}

    def cell_of(cell: Cell) -> Cell:
        if cell not in merged:
            match cell:
                case Embedded():
                    merged[cell] = first.setdefault(("embedded", cell.source, cell.table.tobytes()), cell)
                case Neurons():
                    terms = tuple((weight, form_of(x)) for weight, x in cell.terms)
                    signature = ("neurons", tuple(sorted((weight, x.key()) for weight, x in terms)))
                    merged[cell] = first.setdefault(signature, replace(cell, terms=terms))
                case _:
                    merged[cell] = cell
        return merged[cell]

    def form_of(x: Affine) -> Affine:
        total = Affine()
        for cell, weight in x.weights.items():
            total = total + Affine({cell_of(cell): weight})
        return Affine(total.weights, x.bounds)

    def head_of(head: Head) -> Head:
        query, key, values = (tuple(form_of(x) for x in forms) for forms in (head.query, head.key, head.values))
        return replace(head, query=query, key=key, values=values)

    def segment_of(segment: Segment) -> Segment:
        heads = tuple(head_of(head) for head in segment.heads)
        return Segment(segment.times, heads, tuple((state, form_of(x)) for state, x in segment.moves))

    outputs = {name: (form_of(x), high) for name, (x, high) in plan.outputs.items()}
    return replace(plan, segments=tuple(segment_of(segment) for segment in plan.segments), outputs=outputs)
