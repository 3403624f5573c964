"""Transformers whose attention layers are weights and whose local functions are Python: theory's φ, any function.

For protocols whose local steps would be too many ReLU units. Every page and output labels it as such, and it is not
written to a folder: a folder holds weights, and loading one never executes code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from logdepth.arithmetic import product, undisturbed
from logdepth.arrows.program_to_transformer.emit import Writer
from logdepth.arrows.program_to_transformer.fuse import fuse
from logdepth.arrows.program_to_transformer.laid_out import lay_out
from logdepth.arrows.program_to_transformer.lower import lower
from logdepth.arrows.program_to_transformer.prune import prune
from logdepth.arrows.program_to_transformer.share import share
from logdepth.gadgets import INDEX, ONE, START, Embedded
from logdepth.numerics.errors import UsageError
from logdepth.numerics.formats import FLOAT32, Format
from logdepth.programs import (
    Column,
    Earlier,
    Hold,
    Last,
    Map,
    Program,
    Rank,
    Repeat,
    Select,
    Spread,
    Statement,
    Sum,
    TableState,
    Values,
    check_inputs,
    inputs_of,
    outputs_of,
    run_statements,
)
from logdepth.transformer import EXACT, Block, step

LABEL = "attention layers are weights, local functions are Python"

Talk = Select | Last | Sum | Rank | Earlier | Spread


@dataclass(frozen=True, eq=False)
class Layer:
    """One attention layer: `written` says which residual column holds which function of a column of the program (None:
    of the row number; row 0 is the start token), by a table, or the column itself; `readouts` where the results stand.
    """

    talk: tuple[Statement, ...]
    block: tuple[Block, ...]
    width: int
    written: tuple[tuple[int, Column | None, np.ndarray | None], ...]
    readouts: Mapping[Column, Tensor]

    @property
    def heads(self) -> int:
        return max(block.attention.heads for block in self.block if block.attention is not None)

    def run(self, values: Values, index: Column) -> None:
        """Fill in the columns that the layer's statements give."""
        rows = len(values[index])
        dtype = next(iter(self.readouts.values())).dtype
        x = torch.zeros(1, rows + 1, self.width, dtype=dtype)
        for place, source, table in self.written:
            if source is None:
                assert table is not None, "the row number is written by a table"
                x[0, :, place] = torch.from_numpy(table[: rows + 1]).to(dtype)
            elif table is None:
                x[0, 1:, place] = torch.from_numpy(values[source]).to(dtype)
            else:
                x[0, 1:, place] = torch.from_numpy(table[values[source]]).to(dtype)
        for block in self.block:
            x = step(x, block.attention, block.mlp, False, None, EXACT)
        for column, vector in self.readouts.items():
            values[column] = product(x[0, 1:], vector).round().to(torch.int64).numpy()


@dataclass(frozen=True, eq=False)
class MixedTransformer:
    """A program as attention layers that are weights, between local functions that are Python.

    layers, heads: as in `Resources`. width: numbers in the residual stream in the widest layer, with the columns that
    it only passes on.
    """

    program: Program
    parts: tuple[Layer | tuple[Statement, ...], ...]
    width: int
    label: str = LABEL

    @property
    def attention(self) -> tuple[Layer, ...]:
        return tuple(part for part in self.parts if isinstance(part, Layer))

    @property
    def layers(self) -> int:
        return len(self.attention)

    @property
    def heads(self) -> int:
        return max((layer.heads for layer in self.attention), default=0)

    def __str__(self) -> str:
        return f"{self.program.name}: {self.layers} layers, {self.heads} heads, width {self.width} ({self.label})"

    @undisturbed()
    def run_held(self, columns: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """The outputs of one table, and every column that the program holds, by name; each (N,) int64. Outputs are as
        long as the table was given, and columns have blank rows too."""
        values, rows = check_inputs(self.program, columns), len(next(iter(columns.values())))
        for part in self.parts:
            if isinstance(part, Layer):
                part.run(values, self.program.index)
            else:
                run_statements(TableState(self.program.index, self.program.causal, values), part)
        held = [s.output for s in self.program.statements if isinstance(s, Hold)]
        outputs = {name: values[column][:rows] for name, column in self.program.outputs.items()}
        return outputs, {column.name: values[column] for column in held}


@undisturbed()
def mixed_transformer(program: Program, number_format: Format = FLOAT32) -> MixedTransformer:
    """The program with its communication as weights. Statements that do not wait for one another share a layer.

    Errors: CapacityExceeded as by `program_to_transformer`; UsageError for a causal program or one with a repeat.
    """
    if program.causal or any(isinstance(statement, Repeat) for statement in program.statements):
        raise UsageError(f"program {program.name!r} is causal or has a repeat; compile it into weights.")
    levels = levels_of(program)
    parts: list[Layer | tuple[Statement, ...]] = []
    for level in range(max(levels.values(), default=0) + 1):
        here = [statement for statement in program.statements if levels[id(statement)] == level]
        talk = [statement for statement in here if isinstance(statement, Talk)]
        if talk:
            sums = linear(here, {column for statement in talk for column in outputs_of(statement)})
            parts.append(layer(program, [*talk, *sums], number_format))
            here = [statement for statement in here if statement not in talk and statement not in sums]
        parts.append(tuple(here))
    return MixedTransformer(program, tuple(parts), widest(program, parts))


def levels_of(program: Program) -> dict[int, int]:
    """How many attention layers come before each statement is done, that of its own counted; by its `id`."""
    known: dict[Column, int] = {}
    levels: dict[int, int] = {}
    for statement in program.statements:
        before = max((known.get(column, 0) for column in inputs_of(statement)), default=0)
        levels[id(statement)] = before + isinstance(statement, Talk)
        known.update(dict.fromkeys(outputs_of(statement), levels[id(statement)]))
    return levels


def linear(statements: Sequence[Statement], read: set[Column]) -> list[Statement]:
    """The additions of what a layer reads: heads add into one residual column, so they are part of it."""
    return [
        statement
        for statement in statements
        if isinstance(statement, Map) and statement.function.adds and read.issuperset(inputs_of(statement))
    ]


def layer(program: Program, statements: Sequence[Statement], number_format: Format) -> Layer:
    """The statements as weights; a result that only an addition among them reads stays inside."""
    results = dict.fromkeys(column for statement in statements for column in outputs_of(statement))
    inside = {column for statement in statements if isinstance(statement, Map) for column in inputs_of(statement)}
    sources = dict.fromkeys(c for s in statements for c in inputs_of(s) if c not in results and c is not program.index)
    named = {f"column {i}": column for i, column in enumerate(sources)}
    copies = {column: Column(name, column.high) for name, column in named.items()}
    outputs = {f"result {i}": column for i, column in enumerate(results) if column not in inside}
    small = Program(
        program.name,
        program.rows,
        False,
        program.index,
        tuple(copies.values()),
        tuple(rename(statement, copies) for statement in statements),
        outputs,
    )
    way = lay_out(fuse(share(prune(lower(small, number_format, tied=False))), number_format.exact))
    plan, layout, writer = way.schedule.plan, way.layout, Writer(way, number_format)
    written: list[tuple[int, Column | None, np.ndarray | None]] = []
    for cell, place in layout.columns.items():
        if cell is START:
            written.append((place, None, np.eye(program.rows + 1, dtype=np.int64)[0]))
        elif cell is ONE:
            written.append((place, None, 1 - np.eye(program.rows + 1, dtype=np.int64)[0]))
        elif isinstance(cell, Embedded) and cell.source == INDEX:
            written.append((place, None, cell.table))
        elif isinstance(cell, Embedded):
            itself = np.array_equal(cell.table, np.arange(len(cell.table)))
            written.append((place, named[cell.source], None if itself else cell.table))
    return Layer(
        tuple(statements),
        tuple(map(writer.block, range(len(way.schedule.blocks)))),
        layout.width,
        tuple(written),
        {outputs[name]: writer.vector(x) for name, (x, _) in plan.outputs.items()},
    )


def rename(statement: Statement, copies: Mapping[Column, Column]) -> Statement:
    """The statement on the input columns of a small program."""
    changes: dict[str, Any] = {}
    for name, value in vars(statement).items():
        if isinstance(value, Column) and name not in ("output", "outputs"):
            changes[name] = copies.get(value, value)
        elif isinstance(value, tuple) and name != "outputs":
            changes[name] = tuple(copies.get(v, v) if isinstance(v, Column) else v for v in value)
        else:
            changes[name] = value
    return type(statement)(**changes)


def widest(program: Program, parts: Sequence[Layer | tuple[Statement, ...]]) -> int:
    """Numbers in the residual stream where it is widest: a layer's own, and those that pass it for later."""
    needed: set[Column] = set(program.outputs.values())
    width = len(needed)
    for part in reversed(parts):
        statements = part.talk if isinstance(part, Layer) else part
        results = {column for statement in statements for column in outputs_of(statement)}
        if isinstance(part, Layer):
            width = max(width, part.width + len(needed - results))
        needed = (needed - results) | {
            c for s in statements for c in inputs_of(s) if c not in results and c is not program.index
        }
    return width
