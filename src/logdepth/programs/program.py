"""The value `Program`: columns, and statements in order; and its reference meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from logdepth.numerics.columns import as_table, integer_columns
from logdepth.numerics.errors import UsageError, expect
from logdepth.programs.codings import Coding, decode_values, encode_values
from logdepth.programs.interpret import See, TableState, Values, in_range, run_statements
from logdepth.programs.json_form import ColumnForm, ProgramForm, columns_given, plain, written_values
from logdepth.programs.letters import encode_texts
from logdepth.programs.statements import Column, Statement


@dataclass(frozen=True, eq=False)
class Program:
    """A parallel algorithm on a table of at most `rows` rows.

    causal: row i sees rows 1..i only. index: the built-in column that holds the row number, from 1.
    blank: so many rows at the end are blank tokens, which hold 0 in every input. Then a table is given without them, as
    exactly `rows - blank` rows, or with them, and outputs come back as long as it was given.
    inputs: the columns that the user fills in. statements: in order; each gives new columns of what was there before.
    outputs: name -> the column that holds this answer. Write one with a `Table`.
    """

    name: str
    rows: int
    causal: bool
    index: Column
    inputs: tuple[Column, ...]
    statements: tuple[Statement, ...]
    outputs: dict[str, Column]
    blank: int = field(default=0, kw_only=True)

    def __repr__(self) -> str:
        inputs, outputs = ", ".join(map(repr, self.inputs)), ", ".join(map(str, self.outputs))
        text = " ".join(f"{self.name!r}, {inputs} -> {outputs}".split())
        text = text if len(text) <= 200 else f"{text[:199]}…"
        return f"Program({text}; {self.rows} rows{', causal' * self.causal}, {len(self.statements)} statements)"

    @property
    def lengths(self) -> range:
        """How many rows a table may be given with, without blank ones."""
        return range(self.rows - self.blank if self.blank else 1, self.rows - self.blank + 1)

    def pad(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns (N,) or (B, N) with the blank rows after their own, if they are given without them.

        Errors: UsageError for columns that are neither so long nor so.
        """
        return {name: self._padded(values) for name, values in columns.items()}

    def _padded(self, values: np.ndarray) -> np.ndarray:
        if not self.blank or values.shape[-1:] == (self.rows,):
            return values
        given = self.rows - self.blank
        if values.shape[-1:] != (given,):
            raise UsageError(
                f"program {self.name!r} takes columns of {given} rows, not of shape {values.shape}: its {self.blank}"
                " blank rows stand for no fewer and no more. Give every column that many entries."
            )
        return np.concatenate([values, np.zeros((*values.shape[:-1], self.blank), dtype=values.dtype)], axis=-1)

    @property
    def input_letters(self) -> dict[str, str]:
        """The letters of every input that holds letters."""
        return {column.name: column.letters for column in self.inputs if column.letters is not None}

    @property
    def output_letters(self) -> dict[str, str]:
        """The letters of every output that holds letters."""
        return {name: column.letters for name, column in self.outputs.items() if column.letters is not None}

    @property
    def input_values(self) -> dict[str, Coding]:
        """What the numbers stand for, of every input with values."""
        return {column.name: column.values for column in self.inputs if column.values is not None}

    @property
    def output_values(self) -> dict[str, Coding]:
        """What the numbers stand for, of every output with values."""
        return {name: column.values for name, column in self.outputs.items() if column.values is not None}

    def as_json(self) -> dict[str, Any]:
        """The program as plain data, which `program_from_json` reads."""
        numbers: dict[Column, int] = {}
        for column in [self.index, *self.inputs, *columns_given(self.statements)]:
            numbers[column] = len(numbers)
        form = ProgramForm(
            version=1,
            name=self.name,
            rows=self.rows,
            causal=self.causal,
            blank=self.blank,
            columns=[ColumnForm(c.name, c.high, c.letters, c.low, written_values(c)) for c in numbers],
            inputs=[numbers[column] for column in self.inputs],
            statements=[plain(statement, numbers) for statement in self.statements],
            outputs={name: numbers[column] for name, column in self.outputs.items()},
        )
        document: dict[str, Any] = msgspec.to_builtins(form)
        return document

    def run(self, columns: Mapping[str, ArrayLike | str]) -> dict[str, np.ndarray]:
        """The output columns of one table by the reference meaning of every statement, (N,) int64 each.

        As `interpret`, but for columns of values, which are numbers here: `input_values` says what they stand for.
        """
        given = check_columns(self, columns)
        held = carry_out_checked(self, given)
        rows = len(next(iter(given.values())))
        return {name: held[column][:rows] for name, column in self.outputs.items()}


class Draft:
    """A program that is being written: a `Table`."""

    def program(self) -> Program:
        raise NotImplementedError


def program_of(given: Program | Draft, taker: str) -> Program:
    """A program, or that of a table; `taker` says in messages what takes it. Errors: UsageError for anything else."""
    if isinstance(given, Draft):
        return given.program()
    expect(given, Program, taker, "Write one with a Table: table.program().")
    return given


def interpret(program: Program | Draft, columns: Mapping[str, ArrayLike | str]) -> dict[str, np.ndarray]:
    """Run the program, or that of a `Table`, on one table and return its output columns, each (N,) int64.

    A column of letters may be given as text; `decode_texts(outputs, program.output_letters)` gives texts back. Columns
    of values are given as these values, and come back so.
    Raises UsageError if an input is missing, or a value leaves its column's declared range.
    """
    program = program_of(program, "interpret")
    if not program.input_values and not program.output_values:
        return program.run(columns)
    owner = f"program {program.name!r}"
    table = as_table(columns, {column.name for column in program.inputs}, owner)
    return decode_values(program.run(encode_values(table, program.input_values, owner)), program.output_values)


def carry_out(
    program: Program, columns: Mapping[str, ArrayLike | str], see: See | None = None
) -> dict[Column, np.ndarray]:
    """What every column holds in the end; `see` sees every statement on the way. As `interpret`."""
    return carry_out_checked(program, check_columns(program, columns), see)


def carry_out_checked(
    program: Program, columns: Mapping[str, np.ndarray], see: See | None = None
) -> dict[Column, np.ndarray]:
    """The same of columns that `check_columns` gives."""
    values = check_rows(program, columns)
    run_statements(TableState(program.index, program.causal, values, see), program.statements)
    return values


def check_promises(program: Program, columns: Mapping[str, ArrayLike | str]) -> None:
    """UsageError for inputs on which the program breaks a promise of its own: a value leaves its range, a row pulls one
    that is not there, … A compiled model is right on all other inputs.

    columns: of one table, (N,) each, or of a batch of tables, (B, N) each.
    """
    arrays = {name: values if isinstance(values, str) else np.asarray(values) for name, values in columns.items()}
    batch = {values.shape[0] for values in arrays.values() if not isinstance(values, str) and values.ndim == 2}
    if len(batch) != 1:
        program.run(columns)
        return
    for number in range(batch.pop()):
        table = {name: values if isinstance(values, str) else values[number] for name, values in arrays.items()}
        try:
            program.run(table)
        except UsageError as error:
            raise UsageError(f"table {number + 1} of the batch:", error) from error


def check_inputs(program: Program, columns: Mapping[str, ArrayLike | str]) -> Values:
    """The input columns as arrays, checked: names, equal lengths within the program's rows, ranges."""
    return check_rows(program, check_columns(program, columns))


def check_rows(program: Program, columns: Mapping[str, np.ndarray]) -> Values:
    """The same of columns that `check_columns` gives: lengths and ranges are left to check."""
    arrays = program.pad(columns)
    shape = next(iter(arrays.values())).shape
    if len(shape) != 1 or not 1 <= shape[0] <= program.rows:
        raise UsageError(f"program {program.name!r} takes columns of 1..{program.rows} rows, not of shape {shape}")
    values = {program.index: np.arange(1, shape[0] + 1)}
    for column in program.inputs:
        values[column] = in_range(column, arrays[column.name])
    return values


def check_columns(program: Program, columns: Mapping[str, ArrayLike | str]) -> dict[str, np.ndarray]:
    """The input columns as int64 arrays of one shape, texts as numbers."""
    owner = f"program {program.name!r}"
    names = {column.name for column in program.inputs}
    return integer_columns(encode_texts(as_table(columns, names, owner), program.input_letters, owner), names, owner)
