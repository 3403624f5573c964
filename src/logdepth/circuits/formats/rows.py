"""Inputs of a circuit in a file, and outputs as such rows: bits, an input a line, or one table of numbers by column."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from logdepth.circuits.circuit import Circuit
from logdepth.circuits.columns import encode_columns, read_bits
from logdepth.numerics.errors import UsageError, did_you_mean, quoted
from logdepth.numerics.files import read_file

MOST_BYTES = 2**29
BETWEEN = b" ,;\t\r"
"""What may stand between two bits; nothing may as well."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """bits: (instances, inputs) of 0 and 1. table: whether they are the one instance of a table of columns."""

    bits: np.ndarray
    table: bool = False


def read_inputs(circuit: Circuit, path: str | Path) -> Inputs:
    """What a file gives a circuit, by its first line.

    Bits: an input a line, all bits in order, as 0 1 1, 0,1,1 or 011. Names of all inputs: the bits below stand in that
    order. Names of columns, where inputs are bits of columns: the lines below are one table of numbers.
    Errors: UsageError for what is none of these, with the line.
    """
    data = read_file(path, MOST_BYTES).removeprefix(codecs.BOM_UTF8)
    first, _, rest = data.partition(b"\n")
    if not first.strip(BETWEEN + b"01"):
        return Inputs(read_rows(data, len(circuit.inputs), path, 1))
    names = [name.strip() for name in next(csv.reader([first.decode("utf-8", "replace")], delimiter=mark_of(first)))]
    if set(names) == set(circuit.inputs) and len(names) == len(circuit.inputs):
        rows = read_rows(rest, len(names), path, 2)
        return Inputs(rows[:, [names.index(name) for name in circuit.inputs]])
    if set(names) == columns_of(circuit):
        return Inputs(encode_columns(circuit.inputs, read_table(names, rest, mark_of(first), path))[None], table=True)
    raise UsageError(f"{path} begins with {quoted(first.decode('utf-8', 'replace'))}.", remedy(circuit, names))


def mark_of(line: bytes) -> str:
    return next((mark for mark in ",;\t" if mark.encode() in line), ",")


def columns_of(circuit: Circuit) -> set[str]:
    """The columns whose bits the inputs are; none of other inputs."""
    try:
        return {bit.column for bit in read_bits(circuit.inputs)}
    except UsageError:
        return set()


def remedy(circuit: Circuit, names: Sequence[str]) -> str:
    known = [*circuit.inputs, *columns_of(circuit)]
    strange = next((name for name in names if name not in known), "")
    near = f"{did_you_mean(strange, known)} " if strange and len(names) > 1 else ""
    columns = f", or name the columns {', '.join(sorted(columns_of(circuit)))}" if columns_of(circuit) else ""
    count = len(circuit.inputs)
    return f"{near}Give lines of {count:,} bits, or name all {count:,} inputs in the first line{columns}."


def read_rows(data: bytes, width: int, path: str | Path, first: int) -> np.ndarray:
    """(rows, width) of 0 and 1; empty lines are none. first: the number of the first line."""
    letters = np.frombuffer(data if data.endswith(b"\n") else data + b"\n", dtype=np.uint8)
    is_bit, ends = (letters == ord("0")) | (letters == ord("1")), np.flatnonzero(letters == ord("\n"))
    strange = ~is_bit & ~np.isin(letters, list(BETWEEN + b"\n"))
    if strange.any():
        place = int(np.argmax(strange))
        letter = bytes(letters[place : place + 4]).decode("utf-8", "replace")[:1]
        line = first + int(np.searchsorted(ends, place))
        raise UsageError(f"line {line} of {path} has {quoted(letter)}; the inputs of a circuit are bits. Change it.")
    counts = np.diff(np.cumsum(is_bit)[ends], prepend=0)
    wrong = (counts != width) & (counts != 0)
    if wrong.any():
        line = int(np.argmax(wrong))
        raise UsageError(
            f"line {first + line} of {path} has {counts[line]} bits; the circuit takes {width}. Change it."
        )
    if not counts.any():
        raise UsageError(f"{path} holds no bits. Give a line of {width} bits for every input.")
    return (letters[is_bit] - ord("0")).reshape(-1, width)


def read_table(names: Sequence[str], data: bytes, mark: str, path: str | Path) -> dict[str, np.ndarray]:
    """Columns of whole numbers from 0."""
    columns: list[list[int]] = [[] for _ in names]
    for number, row in enumerate(csv.reader(io.StringIO(data.decode("utf-8", "replace")), delimiter=mark), start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(names) or not all(cell.isascii() and cell.isdigit() and len(cell) < 19 for cell in cells):
            raise UsageError(f"line {number} of {path} is no row of {len(names)} whole numbers from 0. Change it.")
        for column, cell in zip(columns, cells, strict=True):
            column.append(int(cell))
    return {name: np.array(column, dtype=np.int64) for name, column in zip(names, columns, strict=True)}


def write_rows(bits: np.ndarray, mark: str) -> bytes:
    """(rows, columns) of 0 and 1, a line for every row."""
    letters = np.full((len(bits), 2 * bits.shape[1]), ord(mark), dtype=np.uint8)
    letters[:, ::2] = bits.astype(np.uint8) + ord("0")
    letters[:, -1:] = ord("\n")
    return letters.tobytes()
