"""A header: the columns that it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from logdepth.numerics.errors import UsageError, quoted
from logdepth.tasks.inputs.edge_lists.row import Row
from logdepth.tasks.inputs.written_numbers import looks_like_a_number

SOURCES = frozenset({"source", "from", "src", "tail", "node1", "node_1", "fromnodeid", "from_node_id", "source_id"})
TARGETS = frozenset(
    ["target", "to", "dst", "dest", "destination", "head", "node2", "node_2", "tonodeid", "to_node_id", "target_id"]
)


_WEIGHTS = ("weight", "value")


@dataclass(frozen=True)
class Columns:
    """Which cells hold the ends, the weight and the direction (-1: none does)."""

    source: int = 0
    target: int = 1
    weight: int = 2
    direction: int = -1


def is_header(cells: Sequence[str]) -> bool:
    names = [cell.lower() for cell in cells]
    return bool(SOURCES & set(names)) and bool(TARGETS & set(names))


def split_header(rows: list[Row], mark: str, path: Path) -> tuple[list[Row], Columns, tuple[str, ...]]:
    """The rows below a header, the columns that it names, and a note if it was found by its names."""
    if not rows:
        return rows, Columns(), ()
    first = rows[0]
    if is_header(first.cells):
        names = [cell.lower() for cell in first.cells]
        held = {cell for row in rows[1:] for cell in row.cells}
        if not rows[1:] or any(cell in held for cell in first.cells if cell.lower() in SOURCES | TARGETS):
            raise UsageError(
                f"{path}, line {first.line}, can be a header or an edge: {quoted(' '.join(first.cells))}. Name the"
                " vertices in another way, or move this edge below the others."
                if rows[1:]
                else f"{path} holds a header alone."
            )
        if len(set(names)) < len(names):
            raise UsageError(f"{path}, line {first.line}, names a column twice. Correct the header.")
        columns = Columns(
            source=next(place for place, name in enumerate(names) if name in SOURCES),
            target=next(place for place, name in enumerate(names) if name in TARGETS),
            weight=next((names.index(name) for name in _WEIGHTS if name in names), -1),
            direction=names.index("type") if "type" in names else -1,
        )
        for row in rows[1:]:
            if len(row.cells) != len(names) or not row.cells[columns.source] or not row.cells[columns.target]:
                raise UsageError(
                    f"{path}, line {row.line}, has not a word in each of the columns that line {first.line} names:"
                    f" source {first.cells[columns.source]!r}, target {first.cells[columns.target]!r}. Correct it."
                )
        return rows[1:], columns, (f"{path}, line {first.line}, is read as a header: {', '.join(first.cells)}.",)
    if (
        len(rows) > 1
        and len(first.cells) > 1
        and not _any_number(first.cells[:2])
        and all(all(cell.isascii() and cell.isdigit() for cell in row.cells[:2]) for row in rows[1:])
    ):
        raise UsageError(
            f"{path}, line {first.line}, looks like a header: {quoted(' '.join(first.cells))}, above numbers. Remove"
            " it, or call its columns source and target."
        )
    return rows, Columns(), ()


def _any_number(cells: Sequence[str]) -> bool:
    return any(looks_like_a_number(cell) for cell in cells)
