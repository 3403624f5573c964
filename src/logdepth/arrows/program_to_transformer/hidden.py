"""The ReLU layer of a block: its hidden units, and the residual columns that they are added to."""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.arrows.program_to_transformer.allocate import Layout
from logdepth.arrows.program_to_transformer.schedule import Schedule
from logdepth.gadgets import Affine, Cell, form

Terms = list[tuple[int, Affine]]  # Σ weight · relu(form)


@dataclass(frozen=True, eq=False)
class HiddenLayer:
    """units: the form of every hidden unit. weights: (unit, residual column) -> output weight.

    peaks: what a cell is called that is written -> the largest number that its sum may reach on the way.
    """

    units: tuple[Affine, ...]
    weights: dict[tuple[int, int], int]
    peaks: dict[str, int]


def hidden_layer(schedule: Schedule, layout: Layout, number: int) -> HiddenLayer:
    """Of block `number`: neurons of equal form are one unit."""
    units: dict[object, tuple[int, Affine]] = {}
    weights: dict[tuple[int, int], int] = {}
    load: dict[int, int] = {}
    peaks: dict[str, int] = {}
    for cell, terms in write_cells(schedule, layout, number):
        if cell not in layout.columns:
            continue
        column = layout.columns[cell]
        for weight, x in terms:
            unit, _ = units.setdefault(x.key(), (len(units), x))
            weights[unit, column] = weights.get((unit, column), 0) + weight
            load[column] = load.get(column, 0) + abs(weight) * max(x.high, 0)
            peaks[cell.label] = max(peaks.get(cell.label, 0), load[column], x.magnitude)
    return HiddenLayer(tuple(x for _, x in units.values()), weights, peaks)


def write_cells(schedule: Schedule, layout: Layout, number: int) -> list[tuple[Cell, Terms]]:
    """What the layer adds to every cell: new cells, states that move on, cells that are cleared."""
    slot = schedule.blocks[number]
    found: list[tuple[Cell, Terms]] = [(cell, list(cell.terms)) for cell in slot.neurons]
    for move in slot.moves:
        found.append((move.state, list(move.terms) if move.first else [*move.terms, (-1, form(move.state))]))
    for cell in layout.clears[number]:
        signed = cell.low < 0 or cell.error
        found.append((cell, [(-1, form(cell)), (1, -form(cell))] if signed else [(-1, form(cell))]))
    return found
