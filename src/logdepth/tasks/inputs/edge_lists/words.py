"""A list whose vertices are any words, read line by line."""

import re
from array import array
from pathlib import Path

import numpy as np

from logdepth.numerics.errors import UsageError, quoted
from logdepth.tasks.inputs.edge_lists.cells import split_rows
from logdepth.tasks.inputs.edge_lists.header import Columns, split_header
from logdepth.tasks.inputs.edge_lists.lines import split_question, stated_lines
from logdepth.tasks.inputs.edge_lists.plain import LEAST_BOTH_WAYS
from logdepth.tasks.inputs.edge_lists.row import Row, weight_in_dictionary
from logdepth.tasks.inputs.files import check_no_control
from logdepth.tasks.inputs.raw_graph import RawGraph

ARROW = re.compile(r"<?-{1,2}>?|=>|→|—")
"""What stands between two vertices in other notations; it is no vertex."""

_DIRECTIONS = {"undirected": False, "directed": True}


def read_edges_in_words(
    text: str, path: Path, delimiter: str | None = None, *, suffix: str = "", guessed: bool = False
) -> RawGraph:
    """A list whose vertices are any words, or numbers in a table with a header."""
    check_no_control(text, path)
    lines = list(stated_lines(text, path))
    question, lines = split_question(lines, path)
    rows, mark = split_rows(lines, path, delimiter, suffix)
    rows, columns, notes = split_header(rows, mark, path)
    return _graph(rows, columns, mark, path, question, notes, guessed)


def _graph(
    rows: list[Row],
    columns: Columns,
    mark: str,
    path: Path,
    question: tuple[str, str] | None,
    notes: tuple[str, ...],
    guessed: bool,
) -> RawGraph:
    number: dict[str, int] = {}
    ends, lines, weights = array("q"), array("q"), []
    directions: set[str] = set()
    widths: dict[bool, int] = {}
    for row in rows:
        cells = row.cells
        if len(cells) == 1:
            number.setdefault(cells[0], len(number) + 1)
            continue
        if mark == " " and len(cells) == 3 and ARROW.fullmatch(cells[1]):
            raise UsageError(
                f"{path}, line {row.line}, has {quoted(cells[1])} between two words; an edge is 'u v'. Leave it out."
            )
        pair = [number.setdefault(cells[place], len(number) + 1) for place in (columns.source, columns.target)]
        weight = weight_in_dictionary(row.dictionary) if row.dictionary else ""
        if weight is None:
            raise UsageError(
                f"{path}, line {row.line}, ends with data that cannot be read: {quoted(row.dictionary)}. Write it again"
                " without data."
            )
        if not row.dictionary and 0 <= columns.weight < len(cells):
            weight = cells[columns.weight]
        if columns.direction >= 0:
            directions.add(cells[columns.direction].lower())
        widths.setdefault(bool(weight), len(lines))
        ends.extend(pair)
        weights.append(weight)
        lines.append(row.line)
    if guessed and number and not lines:
        raise UsageError(
            f"no line of {path} has two words; line {rows[0].line} is {quoted(rows[0].cells[0])}. Say the delimiter or"
            " the format of the file; as an edge list it would be vertices without edges."
        )
    if mark == " " and len(widths) == 2 and not any(row.dictionary for row in rows):
        line, word = lines[widths[True]], weights[widths[True]]
        notes += (
            f"{path}, line {line}: {quoted(word)} is read as a weight, though other edges have none; if it is of a"
            " name, part the words by tabs.",
        )
    return RawGraph(
        labels=tuple(number),
        ends=np.array(ends, dtype=np.int64).reshape(-1, 2),
        weights=weights,
        place=lambda edge: f"line {lines[edge]}",
        question=question,
        directed=_direction(directions, path),
        both_ways=LEAST_BOTH_WAYS,
        notes=notes,
    )


def _direction(said: set[str], path: Path) -> bool | None:
    if not said <= set(_DIRECTIONS):
        return None  # types of another kind
    if len(said) > 1:
        raise UsageError(f"{path} has directed and undirected edges. Give edges of one type.")
    return _DIRECTIONS[said.pop()] if said else None
