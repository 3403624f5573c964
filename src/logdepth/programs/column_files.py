"""A user's file as the input columns of a program: CSV, JSON, plain numbers, or text.

- JSON: an object of lists, `{"a": [1, 2], "b": [0, 3]}`; or a list of rows, `[{"a": 1, "b": 0}, …]`.
- CSV: the first line names the columns, every other line is a row; parted by commas, semicolons or tabs.
- A program of one input also takes its numbers alone: a JSON list, or numbers parted by blanks, commas or newlines; and
  if the column holds letters, a text.

Where a column has letters, an entry is a letter; JSON also takes numbers, 0 for no letter. Where it has
values, an entry is a value.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.numerics.documents import Departure, parse_json
from logdepth.numerics.errors import BeyondTask, UsageError, Wording, did_you_mean
from logdepth.programs.codings import Coding, shown
from logdepth.programs.program import Program
from logdepth.programs.statements import Column
from logdepth.tasks import read_integer_lines, read_text, whole_number

DELIMITERS = ",;\t"
MOST_LETTERS = 2**24
"""Of a file, 16 MiB: no table that a model takes comes near this."""
SHOWN = 40
"""Letters of a bad entry that a message repeats."""


@dataclass(frozen=True)
class Cell:
    """One entry of a file, and where it stands, in words."""

    value: object
    place: str


def read_columns(program: Program, path: Path) -> dict[str, np.ndarray]:
    """The input columns in a file, (N,) int64 each, N in 1..rows.

    Errors: UsageError as of `read_text`; for columns that are missing or unknown, or differ in length; for too many
    rows; and for an entry that is no number (or letter) of its column, with its row and column.
    """
    text = read_text(path)
    if len(text) > MOST_LETTERS:
        raise UsageError(
            f"{path} is larger than {MOST_LETTERS // 2**20} MiB, more than any table. Give a smaller file."
        )
    if not text.strip() and not is_plain_text(program, path):
        raise UsageError(f"{path} holds no entry. {what_to_give(program)}")
    cells = cells_of(program, text, path)
    lengths = {name: len(column) for name, column in cells.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        raise UsageError(f"the columns of a table are equally long; in {path} {told}. Give every row a value in each.")
    rows = next(iter(lengths.values()))
    if not rows:
        raise UsageError(f"{path} holds no row. {what_to_give(program)}")
    check_rows(program, rows, path)
    return {column.name: numbers_in(column, cells[column.name]) for column in program.inputs}


def read_entries(program: Program, path: Path) -> list[object]:
    """The entries of its one input column in a file, as they stand there: texts in CSV, texts and numbers in JSON.

    Errors: UsageError as of `read_columns`, but for the entries, of which nothing is known yet.
    """
    (column,) = program.inputs
    return [cell.value for cell in cells_of(program, read_text(path), path)[column.name]]


def check_rows(program: Program, rows: int, path: Path) -> None:
    if rows > program.rows:
        raise BeyondTask(
            f"program {program.name!r} takes at most {program.rows} rows; {path} holds {rows}.",
            "Shorten it",
            Wording(f"rows={rows} in the program"),
        )


def cells_of(program: Program, text: str, path: Path) -> dict[str, list[Cell]]:
    """The entries of every input column, by the form that the file has."""
    suffixes = [suffix for suffix in path.suffixes if suffix != ".gz"]
    suffix = suffixes[-1].lower() if suffixes else ""
    if suffix == ".json":
        return json_cells(program, text, path)
    if suffix in (".csv", ".tsv"):
        return csv_cells(program, text, path)
    if is_plain_text(program, path):
        return text_cells(program, text, path)
    if text.lstrip()[:1] in ("{", "["):
        return json_cells(program, text, path)
    if len(program.inputs) == 1 and not heading(text)[0] & {column.name for column in program.inputs}:
        return number_cells(program, path)
    return csv_cells(program, text, path)


def is_plain_text(program: Program, path: Path) -> bool:
    """Whether a file is the letters of the one column: a program of one lettered input, and no name that says CSV."""
    named = {".json", ".csv", ".tsv"} & {suffix.lower() for suffix in path.suffixes}
    return len(program.inputs) == 1 and program.inputs[0].letters is not None and not named


def what_to_give(program: Program) -> str:
    """The remedy for a file that cannot be read as a table."""
    names = [column.name for column in program.inputs]
    if len(names) > 1:
        return f"Give CSV whose first line is {','.join(names)}, or JSON like {{{json_example(names)}}}."
    if program.inputs[0].letters is not None:
        return f"Give a text of the letters {show(program.inputs[0].letters)}."
    return f"Give numbers, CSV whose first line is {names[0]}, or JSON like {{{json_example(names)}}}."


def json_example(names: Sequence[str]) -> str:
    return ", ".join(f"{json.dumps(name, ensure_ascii=False)}: [0, 1]" for name in names)


# --- the forms ---


def text_cells(program: Program, text: str, path: Path) -> dict[str, list[Cell]]:
    """Every letter is a row; if newline is no letter, a single newline at the end is dropped."""
    (column,) = program.inputs
    if "\n" not in (column.letters or ""):
        text = text.removesuffix("\n")
    check_rows(program, len(text), path)
    cells, line, start = [], 1, 0
    for i, letter in enumerate(text):
        cells.append(Cell(letter, f"{path}, line {line}, column {i - start + 1}"))
        if letter == "\n":
            line, start = line + 1, i + 1
    return {column.name: cells}


def number_cells(program: Program, path: Path) -> dict[str, list[Cell]]:
    """Numbers of one column, parted by blanks, commas or newlines; # starts a comment."""
    entries = [entry for line in read_integer_lines(path) for entry in line]
    check_rows(program, len(entries), path)
    return {program.inputs[0].name: [Cell(entry.word, entry.place) for entry in entries]}


def csv_cells(program: Program, text: str, path: Path) -> dict[str, list[Cell]]:
    """The first line names the columns."""
    names = [column.name for column in program.inputs]
    _, delimiter = heading(text)
    lines = csv_lines(text, delimiter, path)
    number, header = next(lines, (1, []))
    header = [name.strip() for name in header]
    check_names(program, header, f"{path}, line {number}")
    cells: dict[str, list[Cell]] = {name: [] for name in names}
    rows = 0
    for rows, (number, entries) in enumerate(lines, start=1):
        if len(entries) != len(header):
            raise UsageError(
                f"{path}, line {number} has {count_of(len(entries), 'entry')}, and its first line names"
                f" {count_of(len(header), 'column')}. Give every row one entry in each."
            )
        if rows <= program.rows:
            for name, entry in zip(header, entries, strict=True):
                cells[name].append(Cell(entry, f"{path}, line {number}, row {rows}"))
    check_rows(program, rows, path)
    return cells


def heading(text: str) -> tuple[set[str], str]:
    """The words of the first line of a CSV file, and what parts them: the delimiter that is most frequent there."""
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    return {word.strip().strip('"') for word in first.split(delimiter)}, delimiter


def csv_lines(text: str, delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and entries of every line; empty ones at the beginning and at the end are left out."""
    reader = csv.reader(io.StringIO(text.strip("\n") + "\n"), delimiter=delimiter, strict=True)
    skipped = len(text) - len(text.lstrip("\n"))
    try:
        for entries in reader:
            yield skipped + reader.line_num, entries or [""]
    except csv.Error as error:
        raise UsageError(f"{path}, line {skipped + reader.line_num} is not CSV ({error}). Correct it.") from None


def json_cells(program: Program, text: str, path: Path) -> dict[str, list[Cell]]:
    """An object of lists, a list of objects, or of one column the bare list."""
    try:
        value = parse_json(text)
    except Departure as error:
        raise UsageError(f"{path} cannot be read:", error, what_to_give(program)) from None
    if isinstance(value, dict):
        check_names(program, list(value), str(path))
        return {name: split_entries(entries, f"{path}: column {name!r}") for name, entries in value.items()}
    if isinstance(value, str | list) and len(program.inputs) == 1 and not (value and isinstance(value[0], dict)):
        return {program.inputs[0].name: split_entries(value, str(path))}
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        for number, row in enumerate(value, start=1):
            check_names(program, list(row), f"{path}, row {number}")
        names = [column.name for column in program.inputs]
        return {name: [Cell(row[name], f"{path}, row {i}") for i, row in enumerate(value, start=1)] for name in names}
    raise UsageError(f"{path} holds neither an object of lists nor a list of rows. {what_to_give(program)}")


def split_entries(entries: object, place: str) -> list[Cell]:
    """The entries of a list, or the letters of a text."""
    if not isinstance(entries, str | list):
        raise UsageError(f"{place} is not a list. Give one entry for every row.")
    return [Cell(entry, f"{place}, row {number}") for number, entry in enumerate(entries, start=1)]


def check_names(program: Program, given: Sequence[str], place: str) -> None:
    """UsageError unless these are the names of the program's inputs, each once."""
    names = [column.name for column in program.inputs]
    for name in given:
        if name not in names:
            raise UsageError(
                f"{place}: program {program.name!r} has no input column {name[:SHOWN]!r}. {did_you_mean(name, names)}"
            )
        if list(given).count(name) > 1:
            raise UsageError(f"{place}: column {name!r} is there twice. Give it once.")
    for name in names:
        if name not in given:
            raise UsageError(f"{place}: column {name!r} is missing. {what_to_give(program)}")


# --- the entries ---


def numbers_in(column: Column, cells: Sequence[Cell]) -> np.ndarray:
    """The entries of a column as numbers in 0..high."""
    if column.values is not None:
        return values_in(column, column.values, cells)
    letters = column.letters
    number = {letter: value for value, letter in enumerate(letters or "", start=1)}
    return np.array([number_in(column, cell, number, letters) for cell in cells], dtype=np.int64)


def number_in(column: Column, cell: Cell, number: Mapping[str, int], letters: str | None) -> int:
    value = cell.value
    if letters is not None and isinstance(value, str):
        found = number.get(value, number.get(value.strip()))
        if found is None:
            raise UsageError(
                f"column {column.name!r} holds letters of {show(letters)}; got {show(value)} at {cell.place}."
                " Correct that entry."
            )
        value = found
    whole = whole_number(value.strip()) if isinstance(value, str) else value
    if not isinstance(whole, int) or isinstance(whole, bool):
        raise UsageError(
            f"column {column.name!r} holds whole numbers from 0 to {column.high}; got {show(value)} at {cell.place}."
            " Correct that entry."
        )
    if not 0 <= whole <= column.high:
        raise UsageError(
            f"column {column.name!r} holds numbers from 0 to {column.high}; got {show(whole)} at {cell.place}."
            " Correct it, or declare a larger range in the program."
        )
    return whole


def values_in(column: Column, coding: Coding, cells: Sequence[Cell]) -> np.ndarray:
    """The numbers of values: an entry is one as JSON has it, or the text of one."""
    texts = [str(value) for value in coding]
    numbers: dict[object, int] = {(str, text): n for n, text in enumerate(texts) if texts.count(text) == 1}
    numbers |= {(type(value), value): number for number, value in enumerate(coding)}
    return np.array([value_in(column, coding, numbers, cell) for cell in cells], dtype=np.int64)


def value_in(column: Column, coding: Coding, numbers: Mapping[object, int], cell: Cell) -> int:
    value = tuple(cell.value) if isinstance(cell.value, list) else cell.value
    for entry in (value, value.strip() if isinstance(value, str) else value):
        if (type(entry), entry) in numbers:
            return numbers[type(entry), entry]
    raise UsageError(
        f"column {column.name!r} holds {shown(coding)}; got {show(value)} at {cell.place}. Correct that entry."
    )


def show(value: object) -> str:
    """An entry in a message: as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
