"""The rows on the machines: a record each, with a field for every column that is still read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from logdepth.arrows.program_to_mpc.schedule import Step
from logdepth.arrows.program_to_mpc.straight import read, written
from logdepth.mpc import Memory, Records
from logdepth.mpc.primitives import place_in_run
from logdepth.programs import Column, Constant, Map, Operand, Program, TableState, check_inputs, run_map

Array = np.ndarray

ROWS = "rows"
"""The kind of record that machines hold before the first round and after the last: a row of inputs, and of outputs."""


def row_records(program: Program, columns: Mapping[str, Array], machines: int) -> Memory:
    """What the machines hold at first: input columns (rows,), ⌈rows / machines⌉ rows each.

    Errors: as of `interpret`.
    """
    values = check_inputs(program, columns)
    rows = len(values[program.index])
    owner = np.arange(rows) // -(-rows // machines)
    return {ROWS: Records(owner, {column.name: values[column] for column in program.inputs})}


def output_columns(memory: Memory) -> dict[str, Array]:
    """The outputs, (rows,) int64 each, of what the machines hold in the end."""
    return dict(memory[ROWS].fields)


@dataclass(frozen=True, eq=False)
class Rows:
    """How rows are held: `per_machine` on each of `machines`, with `fields` for columns. And what they do by
    themselves."""

    program: Program  # without its statements: a machine has to know the number of a row, and what maps are called
    rows: int
    per_machine: int
    machines: int
    fields: Mapping[Column, str]

    @property
    def index(self) -> Column:
        return self.program.index

    def of(self, rows: Records, operand: Operand) -> Array:
        """An operand's value in every row, (rows,) int64."""
        if isinstance(operand, Constant):
            return np.full(len(rows), operand.value, dtype=np.int64)
        if operand is self.index:
            return numbers_of(rows, self.per_machine)
        return rows[self.fields[operand]]

    def meeting(self, rows: Records, conditions: Iterable[tuple[Column, int]]) -> Array:
        """The rows that meet all conditions, (rows,) bool."""
        meets = np.ones(len(rows), dtype=bool)
        for column, wanted in conditions:
            meets &= self.of(rows, column) == wanted
        return meets

    def keep(self, rows: Records, columns: Iterable[Column], new: Mapping[Column, Array]) -> Records:
        """The rows with these columns only."""
        order = sorted(columns, key=self.fields.__getitem__)
        return Records(rows.owner, {self.fields[c]: new[c] if c in new else rows[self.fields[c]] for c in order})

    # --- local steps ---

    def inputs(self, memory: Memory) -> Memory:
        """Inputs become columns."""
        rows = memory[ROWS]
        return memory | {ROWS: Records(rows.owner, {self.fields[c]: rows[c.name] for c in self.program.inputs})}

    def outputs(self, outputs: Mapping[str, Operand], memory: Memory) -> Memory:
        """Columns become outputs."""
        rows = memory[ROWS]
        return memory | {ROWS: Records(rows.owner, {name: self.of(rows, operand) for name, operand in outputs.items()})}

    def map(self, step: Step, memory: Memory) -> Memory:
        """Maps, on all rows of a block at once."""
        rows = memory[ROWS]
        columns = (read(step.lines) - written(step.lines)) | {self.index}
        values = {column: self.of(rows, column) for column in columns}
        table = TableState(self.program.index, self.program.causal, values)
        for line in step.lines:
            if isinstance(line, Map):
                run_map(table, line)
        new = {column: values[column] for column in written(step.lines)}
        return memory | {ROWS: self.keep(rows, step.live, new)}


def numbers_of(records: Records, per_machine: int) -> Array:
    """1, 2, … in the order of machines, `per_machine` on each."""
    return records.owner * per_machine + place_in_run(records.owner) + 1
