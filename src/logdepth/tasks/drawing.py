"""What a task says of itself so that its instances and answers can be shown, on pages and terminals: plain data."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.tasks.graphs.graph import Graph


@dataclass(frozen=True, eq=False)
class GraphDrawing:
    """A graph, and the rows of the table that stand for its parts: first those of vertices, then those of edges.

    places: for every row before the edges the vertices that it stands for, from 1. ends: (rows, 2), those of every row
    after; of a graph with a question the last row is the question. arcs: these lead from the first end to the second.
    """

    graph: Graph
    places: tuple[tuple[int, ...], ...]
    ends: np.ndarray
    arcs: bool

    def __post_init__(self) -> None:
        assert self.ends.ndim == 2 and self.ends.shape[1] == 2, f"ends are (rows, 2), not {self.ends.shape}"

    @property
    def first_edge(self) -> int:
        """The first row of an edge."""
        return len(self.places) + 1

    def names(self) -> tuple[str, ...]:
        """What the rows are called: a vertex by its id, an edge u–v, an arc u→v, a question u→v? or v?"""
        ids, arrow = ("", *self.graph.labels), "→" if self.arcs else "–"
        rows = [arrow.join(ids[vertex] for vertex in row) for row in (*self.places, *self.ends.tolist())]
        if self.graph.question is not None:
            rows[-1] = arrow.join(ids[vertex] for vertex in dict.fromkeys(self.graph.question)) + "?"
        return tuple(rows)


@dataclass(frozen=True, eq=False)
class Drawing:
    """How an instance is drawn.

    names: what the rows of its table are called, in order; None is no letter. graph: drawn beside them, if it is one.
    size: the instance in a unit of its own, as "5 vertices and 4 edges"; "" where the number of rows says it.
    """

    names: tuple[str | None, ...]
    graph: GraphDrawing | None = None
    size: str = ""


Powers = Callable[[int, str], list[int]]
"""From an attention layer, numbered from 0, and the label of its first head, to the powers that it fetches."""


@dataclass(frozen=True)
class Pointer:
    """A pointer from row to row that a task follows.

    name: of one step. powers: which of them a layer fetches. times: how often it is followed; None: to its end.
    column: the input that holds it. layer: without one, the attention layer, from 0, that looks where it leads.
    Neither: every row has its own way through the table.
    """

    name: str
    powers: Powers
    times: int | None
    column: str | None = None
    layer: int | None = None


def powers_in_labels(name: str) -> Powers:
    """Heads say it: "find 4" fetches the fourth power of `find`."""
    pattern = re.compile(rf"\b{re.escape(name)} (\d+)")
    return lambda layer, label: [int(power) for power in pattern.findall(label)]


@dataclass(frozen=True)
class Tabular:
    """An answer as a table: the names of its columns, and a row for every row, vertex or edge that is answered."""

    names: tuple[str, ...]
    rows: list[list[Any]]


def number_rows(*columns: Sequence[Any]) -> list[list[Any]]:
    """Columns side by side, after the numbers of their rows."""
    return [[number, *row] for number, row in enumerate(zip(*columns, strict=True), start=1)]


def spell(value: int, letters: str) -> str | None:
    """The letter of this number, from 1; None for 0, which is none."""
    return letters[value - 1] if value else None


def row_names(columns: Mapping[str, np.ndarray], letters: Mapping[str, str]) -> tuple[str | None, ...]:
    """What the rows of any table are called: the letter of the first column that has some, or the value of the only
    column, or else the number of the row. letters: column -> its letters."""
    lettered = next((name for name in columns if name in letters), None)
    if lettered is not None:
        return tuple(spell(value, letters[lettered]) for value in columns[lettered].tolist())
    if len(columns) == 1:
        return tuple(map(str, next(iter(columns.values())).tolist()))
    return tuple(str(row) for row in range(1, len(next(iter(columns.values()))) + 1))
