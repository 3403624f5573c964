"""What a compiled program claims: its rounds as layers, and what its passes plan before they make a weight."""

from __future__ import annotations

from logdepth.arrows.program_to_transformer.emit import head_widths
from logdepth.arrows.program_to_transformer.laid_out import LaidOut
from logdepth.arrows.program_to_transformer.row_numbers import COUNTED, TABLE, formulas_of, series_of
from logdepth.numerics.formats import Format
from logdepth.programs import Program, rounds_of
from logdepth.theory import Claim


def claim_of(program: Program, way: LaidOut, number_format: Format) -> Claim:
    """An attention layer for every round in which rows talk; the other sizes are those of the plan."""
    schedule = way.schedule
    blocks = sum(
        times * (last - first)
        for first, last, times in zip(schedule.bounds, schedule.bounds[1:], schedule.times, strict=False)
    )
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={
            "layers": rounds_of(program) + int(schedule.plan.positions == COUNTED),
            "heads": max((len(slot.heads) for slot in schedule.blocks), default=0),
            "width": way.layout.width,
            "blocks": blocks,
            "hidden": max((len(layer.units) for layer in way.hidden), default=0),
            "parameters": parameters(way),
            "precision_bits": number_format.mantissa_bits,
        },
        source="logdepth, a program of R rounds in R attention layers",
        note="Layers: the statements by which rows talk that wait for one another. The other sizes are the plan's:"
        " heads that share a layer, residual columns that are used again, ReLU units of equal form as one.",
    )


def parameters(way: LaidOut) -> int:
    """All stored numbers: tables of the embedding, read-outs, heads padded to the widest of their layer, ReLU units."""
    plan, width = way.schedule.plan, way.layout.width
    lines = plan.rows if plan.positions == TABLE else len(formulas_of(series_of(way.schedule, way.layout)))
    embedded = lines + 1 + sum(high + 1 for high in plan.fields.values()) + len(plan.outputs)
    attention = 0
    for slot in way.schedule.blocks:
        if slot.heads:
            keys, values = head_widths(slot.heads, way.layout)
            attention += len(slot.heads) * width * 2 * (keys + values)
    return width * (embedded + 2 * sum(len(layer.units) for layer in way.hidden)) + attention
