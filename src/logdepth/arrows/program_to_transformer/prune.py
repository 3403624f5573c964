"""Leave out what no output depends on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from logdepth.arrows.program_to_transformer.plan import Plan, Segment
from logdepth.gadgets import Affine, Cell, Head, Neurons, Read, State, form


def prune(plan: Plan) -> Plan:
    """The plan without the heads, the values of heads and the states that no output or held cell depends on."""
    wanted = reachable(x for x, _ in plan.outputs.values())
    wanted |= reachable(form(cell) for segment in plan.segments for cell in segment.held)
    size = -1
    while size != len(wanted):
        size = len(wanted)
        for segment in plan.segments:
            for head in segment.heads:
                read = [x for x, cell in zip(head.values, head.outputs, strict=True) if cell in wanted]
                if read:
                    wanted |= reachable([*head.query, *head.key, *read])
            wanted |= reachable(x for state, x in segment.moves if state in wanted)
    return replace(plan, segments=tuple(prune_segment(segment, wanted) for segment in plan.segments))


def reachable(forms: Iterable[Affine]) -> set[Cell]:
    """The cells of the forms and all cells that their neurons are computed from."""
    found: set[Cell] = set()
    open_ = [cell for x in forms for cell in x.weights]
    while open_:
        cell = open_.pop()
        if cell not in found:
            found.add(cell)
            if isinstance(cell, Neurons):
                for _, x in cell.terms:
                    open_.extend(x.weights)
    return found


def prune_segment(segment: Segment, wanted: set[Cell]) -> Segment:
    heads: list[Head] = []
    for head in segment.heads:
        read: list[tuple[Affine, Read]] = [
            (x, c) for x, c in zip(head.values, head.outputs, strict=True) if c in wanted
        ]
        if read:
            values, outputs = zip(*read, strict=True)
            heads.append(replace(head, values=values, outputs=outputs))
    moves: tuple[tuple[State, Affine], ...] = tuple((state, x) for state, x in segment.moves if state in wanted)
    return replace(segment, heads=tuple(heads), moves=moves)
