"""What parts the words of a line: its mark, quotes, a dictionary, a comment."""

import csv
import re
from pathlib import Path

from logdepth.numerics.errors import UsageError, Wording, quoted
from logdepth.tasks.inputs.edge_lists.delimiters import DELIMITERS
from logdepth.tasks.inputs.edge_lists.header import is_header
from logdepth.tasks.inputs.edge_lists.lines import BLANKS
from logdepth.tasks.inputs.edge_lists.row import DICTIONARY, DICTIONARY_END, Row
from logdepth.tasks.inputs.written_numbers import looks_like_a_number

_MARKS = re.compile("[ \t,;]")
_EMPTY_CELL = re.compile("^ *\t|\t *\t")
_OF_ANOTHER_KIND = "Correct it, or say the format or the delimiter of the file."
_OF_NEIGHBOURS = Wording("Correct it; if a line is a vertex and its neighbours, say {format}.", format="adjlist")


def split_rows(lines: list[tuple[int, str]], path: Path, delimiter: str | None, suffix: str) -> tuple[list[Row], str]:
    """The rows, and the mark between their cells: of the marks by which every line is an edge or a vertex, the one."""
    if delimiter is not None:
        return _split_all(lines, delimiter, path), delimiter
    marks = [mark for mark in "\t;," if any(mark in line for _, line in lines)]
    able = {mark: rows for mark in [*marks, " "] if (rows := _split_or_none(lines, mark, path)) is not None}
    if "\t" in able:
        able = {"\t": able["\t"]}
    if suffix == ".csv" and marks:
        able = {mark: rows for mark, rows in able.items() if mark != " "}
    if " " in able and any(_part_alike(rows, able[" "]) for mark, rows in able.items() if mark != " "):
        del able[" "]
    if len(able) > 1:
        named = " or ".join(name for name, mark in DELIMITERS.items() if mark in able and name != "space")
        raise UsageError(f"the words of {path} may be parted by {named}, with different edges. Say by which delimiter.")
    if " " in able and any(all(mark in line for _, line in lines) for mark in marks):
        raise UsageError(
            f"each line of {path} holds a mark that could part its words ({quoted(lines[0][1])}). Say the delimiter, if"
            " it is blank."
        )
    if able:
        ((mark, rows),) = able.items()
        return rows, mark
    mark = marks[0] if marks else " "
    return _split_all(lines, mark, path), mark


def _part_alike(marked: list[Row], blank: list[Row]) -> bool:
    """Whether blanks stand but behind the marks, as in "a, b"."""
    bare = [tuple(cell[:-1] if cell[-1] in ",;" else cell for cell in row.cells) for row in blank]
    return bare == [row.cells for row in marked]


def _split_or_none(lines: list[tuple[int, str]], mark: str, path: Path) -> list[Row] | None:
    """The rows if every line is an edge or one word, and some line has the mark."""
    try:
        rows = _split_all(lines, mark, path)
    except UsageError:
        return None
    return rows if mark == " " or any(len(row.cells) > 1 for row in rows) else None


def _split_all(lines: list[tuple[int, str]], mark: str, path: Path) -> list[Row]:
    wide = mark != " " and bool(lines) and is_header(_split(*lines[0], mark, path).cells)
    rows = []
    known: dict[str, str] = {}  # a vertex is one string, however often it comes
    for line, content in lines:
        row = _split(line, content, mark, path)
        row = row._replace(cells=tuple([known.setdefault(cell, cell) for cell in row.cells]))
        rows.append(row)
        if not wide and not _is_edge_or_vertex(row, mark):
            what = "has an empty cell; it" if "" in row.cells[:2] else ""
            raise UsageError(
                f"an edge list has lines 'u v' or 'u v weight'; {path}, line {line}, {what} is {quoted(content)}.",
                _OF_NEIGHBOURS if mark == " " and len(row.cells) > 2 else _OF_ANOTHER_KIND,
            )
    return rows


def _is_edge_or_vertex(row: Row, mark: str) -> bool:
    cells = row.cells
    if mark in ",;" and any(cell.strip("\t,;") != cell or "\t" in cell for cell in cells):
        return False
    if len(cells) == 1:
        return bool(cells[0]) and not row.dictionary and not _MARKS.search(cells[0])
    if row.dictionary:
        return len(cells) == 2 and all(cells)
    return (
        2 <= len(cells) <= 3
        and all(cells[:2])
        and not any(map(DICTIONARY_END.search, cells))
        and (len(cells) == 2 or looks_like_a_number(cells[2]) or (cells[2] == "" and mark != " "))
    )


def _split(line: int, content: str, mark: str, path: Path) -> Row:
    """The cells of one line; quotes hold a cell together, and a dictionary at the end is not part of the cells."""
    dictionary = ""
    if content.endswith("}") and (found := re.search(rf"{re.escape(mark)} *({DICTIONARY.pattern})$", content)):
        dictionary, content = found[1], content[: found.start(1)].rstrip(" ").removesuffix(mark).rstrip(" ")
    elif '"' not in content and re.search(r"[ \t][#%](?:[ \t]|$)", content):
        content = _before_comment(line, content, mark, path)
    if '"' in content:
        try:
            cells = next(csv.reader([content], delimiter=mark, strict=True, skipinitialspace=True))
        except csv.Error as error:
            raise UsageError(
                f"{path}, line {line}, has quotes that do not fit ({error}): {quoted(content)}. Correct it."
            ) from None
        cells = [cell for cell in cells if cell] if mark == " " else [cell.strip(" ") for cell in cells]
    elif mark == " " and _EMPTY_CELL.search(content):
        cells = [""]
    elif mark == " ":
        cells = BLANKS.split(content.strip(" \t"))
    else:
        cells = [cell.strip(" ") for cell in content.split(mark)]
    return Row(line, tuple(cells), dictionary)


def _before_comment(line: int, content: str, mark: str, path: Path) -> str:
    """The part of a line before a comment: behind two or three words of a list that is parted by blanks."""
    found = re.search(r"[ \t]+[#%][ \t]+[^ \t]", content)
    before = content[: found.start()] if found else content
    words = BLANKS.split(before.strip(" \t"))
    if found is None or mark != " " or not 2 <= len(words) <= 3:
        raise UsageError(
            f"{path}, line {line}, is {quoted(content)}: the mark # or % may begin a comment or be of a name. Put"
            " comments on lines of their own."
        )
    return before
