"""Weights: every head and every neuron written at the residual columns that its forms stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from logdepth.arrows.program_to_transformer.allocate import Layout
from logdepth.arrows.program_to_transformer.hidden import HiddenLayer
from logdepth.arrows.program_to_transformer.laid_out import LaidOut
from logdepth.arrows.program_to_transformer.row_numbers import TABLE, formulas_of, index_columns, series_of
from logdepth.arrows.program_to_transformer.schedule import Slot
from logdepth.gadgets import START, Affine, Cell, Embedded, Head
from logdepth.numerics.errors import CapacityExceeded
from logdepth.numerics.formats import Format
from logdepth.transformer import Attention, Block, Formulas, Mlp, Transformer


def emit(way: LaidOut, number_format: Format) -> Transformer:
    """The transformer; CapacityExceeded if a ReLU layer or an output could leave the exact integers of the format."""
    schedule = way.schedule
    writer = Writer(way, number_format)
    blocks = tuple(map(writer.block, range(len(schedule.blocks))))
    order: list[int] = []
    for first, last, times in zip(schedule.bounds, schedule.bounds[1:], schedule.times, strict=False):
        order += list(range(first, last)) * times
    positions, formulas = writer.positions()
    outputs = schedule.plan.outputs
    for name, (x, _) in outputs.items():
        writer.check(x.magnitude, f"output {name!r}")
    return Transformer(
        embeddings={name: writer.embedding(name, high) for name, high in schedule.plan.fields.items()},
        positions=positions,
        blocks=blocks,
        order=tuple(order),
        readouts={name: writer.vector(x) for name, (x, _) in outputs.items()},
        outputs={name: high for name, (_, high) in outputs.items()},
        causal=schedule.plan.causal,
        residual=way.layout.names[0],
        formulas=formulas,
    )


def largest_number(way: LaidOut) -> int:
    """What no sum in a ReLU layer exceeds: less than the exact integers of the format, or `emit` refuses."""
    return max((peak for layer in way.hidden for peak in layer.peaks.values()), default=0)


class Writer:
    """Turns forms into columns of weights."""

    def __init__(self, way: LaidOut, number_format: Format) -> None:
        self.schedule, self.layout, self.hidden, self.format = way.schedule, way.layout, way.hidden, number_format

    def zeros(self, *shape: int) -> np.ndarray:
        """Number by number, an array is filled many times as fast as a tensor."""
        return np.zeros(shape, dtype=self.format.name)

    def vector(self, x: Affine) -> Tensor:
        """(width,)"""
        return self.matrices([[x]], 1)[0, :, 0]

    def matrices(self, parts: Sequence[Sequence[Affine]], size: int) -> Tensor:
        """(parts, width, size): the forms of every part as columns, and the rest of the columns 0"""
        result, places = self.zeros(len(parts), self.layout.width, size), self.layout.columns
        for number, forms in enumerate(parts):
            for column, x in enumerate(forms):
                for cell, weight in x.weights.items():
                    result[number, places[cell], column] = weight
        return torch.from_numpy(result)

    def embedding(self, name: str, high: int) -> Tensor:
        """(high + 1, width)"""
        table = self.zeros(high + 1, self.layout.width)
        for cell, column in self.layout.columns.items():
            if isinstance(cell, Embedded) and cell.source == name:
                table[:, column] = cell.table
        for move in self.schedule.starts:
            if move.start and move.start[0] == name and move.state in self.layout.columns:
                table[:, self.layout.columns[move.state]] = move.start[1]
        return torch.from_numpy(table)

    def positions(self) -> tuple[Tensor, Formulas | None]:
        """A line for the start token, and one for every row or every formula, (lines, width); and the formulas."""
        plan = self.schedule.plan
        if plan.positions == TABLE:
            columns = index_columns(self.schedule, self.layout)
            return self.lines(plan.rows, {column: values for column, (_, values) in columns.items()}), None
        series = series_of(self.schedule, self.layout)
        formulas = formulas_of(series)
        weights = {column: [one.get(formula, 0) for formula in formulas] for column, one in series.items()}
        return self.lines(len(formulas), weights), Formulas(plan.rows, formulas)

    def lines(self, count: int, columns: Mapping[int, ArrayLike]) -> Tensor:
        table = self.zeros(count + 1, self.layout.width)
        for column, values in columns.items():
            table[1:, column] = values
        if START in self.layout.columns:
            table[0, self.layout.columns[START]] = 1
        return torch.from_numpy(table)

    def block(self, number: int) -> Block:
        slot = self.schedule.blocks[number]
        return Block(self.attention(slot.heads), self.mlp(self.hidden[number], slot), self.layout.names[number + 1])

    def attention(self, heads: Sequence[Head]) -> Attention | None:
        if not heads:
            return None
        held = [values_held(head, self.layout) for head in heads]
        key_width, value_width = head_widths(heads, self.layout)
        queries = self.matrices([head.query for head in heads], key_width)
        gains = torch.tensor([-head.gain for head in heads], dtype=queries.dtype)
        output, scales = self.zeros(len(heads), value_width, self.layout.width), 1 / torch.exp(gains)
        for number, (scale, pairs) in enumerate(zip(scales.tolist(), held, strict=True)):
            for place, (_, cell) in enumerate(pairs):
                output[number, place, self.layout.columns[cell]] = scale
        units = torch.tensor([head.unit for head in heads], dtype=queries.dtype)
        return Attention(
            query=queries * units[:, None, None],
            key=self.matrices([head.key for head in heads], key_width),
            value=self.matrices([[x for x, _ in pairs] for pairs in held], value_width),
            output=torch.from_numpy(output),
            labels=tuple(head.label for head in heads),
            statements=tuple(head.statement for head in heads),
        )

    def mlp(self, hidden: HiddenLayer, slot: Slot) -> Mlp | None:
        if not hidden.units:
            return None
        for label, peak in hidden.peaks.items():
            self.check(peak, f"the ReLU layer of {label!r}")
        out = self.zeros(len(hidden.units), self.layout.width)
        for (unit, column), weight in hidden.weights.items():
            out[unit, column] = weight
        standing = [cell.statements for cell in slot.neurons if cell in self.layout.columns]
        computed = frozenset[int]().union(*standing, *(move.statements for move in slot.moves)) - {0}
        into = self.matrices([hidden.units], len(hidden.units))[0]
        return Mlp(into, torch.from_numpy(out), tuple(sorted(computed)))

    def check(self, magnitude: int, what: str) -> None:
        if magnitude >= self.format.exact:
            raise CapacityExceeded(
                f"{what} needs {magnitude.bit_length()} bits and {self.format.name} has {self.format.mantissa_bits}"
            )


def values_held(head: Head, layout: Layout) -> list[tuple[Affine, Cell]]:
    """What a head reads, and the cells that take it: those that have a residual column."""
    return [(x, cell) for x, cell in zip(head.values, head.outputs, strict=True) if cell in layout.columns]


def head_widths(heads: Sequence[Head], layout: Layout) -> tuple[int, int]:
    """Of the keys and of the values of one layer: heads are padded to its widest."""
    return max(len(head.query) for head in heads), max(len(values_held(head, layout)) for head in heads)
