"""Columns of numbers as the inputs and outputs of a circuit: `token[3].0` is the lowest bit of `token` in row 3."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from logdepth.numerics.errors import UsageError

NAME = re.compile(r"(?P<column>.+)\[(?P<row>[1-9][0-9]*)\]\.(?P<place>[0-9]+)", re.DOTALL)

MOST_ROWS, HIGHEST = 2**20, 62
"""Of a column: its rows, and the place of the highest bit of an int64."""


@dataclass(frozen=True)
class Bit:
    """One bit of a number in a column; rows count from 1, places from the lowest."""

    column: str
    row: int
    place: int

    def __str__(self) -> str:
        return f"{self.column}[{self.row}].{self.place}"


def bits_of(columns: Mapping[str, int], rows: int) -> list[Bit]:
    """The bits of a table, row by row. columns: name -> highest value."""
    return [
        Bit(name, row, place)
        for row in range(1, rows + 1)
        for name, high in columns.items()
        for place in range(high.bit_length())
    ]


def read_bits(names: Iterable[str]) -> list[Bit]:
    """What names of inputs or outputs say. Errors: UsageError for one that names no bit of a column that can be."""
    found = []
    for name in names:
        said = NAME.fullmatch(name)
        if said is None:
            raise UsageError(f"{name!r} is not called as a bit of a column is, as token[3].0. Give the circuit bits.")
        row, place = said["row"], said["place"]
        if len(row) > 7 or int(row) > MOST_ROWS or len(place) > 2 or int(place) > HIGHEST:
            raise UsageError(
                f"{name!r} is beyond the {MOST_ROWS:,} rows and {HIGHEST + 1} bits of a column. Give the circuit bits."
            )
        found.append(Bit(said["column"], int(row), int(place)))
    return found


def encode_columns(names: Iterable[str], columns: Mapping[str, ArrayLike]) -> np.ndarray:
    """The inputs of these names, (inputs,) of 0 and 1, for columns (rows,) of numbers from 0.

    Errors: UsageError for a missing or an unknown column, another number of rows, or a number with more bits.
    """
    bits = read_bits(names)
    tables = {name: np.asarray(column) for name, column in columns.items()}
    known = {bit.column for bit in bits}
    if tables.keys() - known or known - tables.keys():
        raise UsageError(
            f"the circuit takes the columns {', '.join(sorted(known))}; got {', '.join(tables) or 'none'}."
        )
    rows = max((bit.row for bit in bits), default=0)
    places = {name: 1 + max(bit.place for bit in bits if bit.column == name) for name in known}
    for name, column in tables.items():
        if column.shape != (rows,):
            raise UsageError(f"column {name!r} has shape {column.shape}, and the circuit takes {rows} rows. Change it.")
        if not np.issubdtype(column.dtype, np.integer) or column.min() < 0 or column.max() >= 2 ** places[name]:
            raise UsageError(f"column {name!r} holds whole numbers of {places[name]} bits. Change those that are none.")
    return np.array([int(tables[bit.column][bit.row - 1]) >> bit.place & 1 for bit in bits], dtype=np.int64)


def decode_columns(names: Iterable[str], values: ArrayLike) -> dict[str, np.ndarray]:
    """The inverse, for outputs of these names: column -> (rows,) int64."""
    bits = read_bits(names)
    rows = max((bit.row for bit in bits), default=0)
    found = {bit.column: np.zeros(rows, dtype=np.int64) for bit in bits}
    for bit, value in zip(bits, np.asarray(values).tolist(), strict=True):
        found[bit.column][bit.row - 1] += int(value) << bit.place
    return found
