"""How an instance is typed and how its answer is read, as data: what a page needs that takes inputs of its reader.

A form says what stands in the rows of the table, so that whoever reads it can encode an input without knowing the task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


class Form:
    """How an instance is typed. `kind` says which form it is; an instance is typed as JSON, see each of them."""

    kind: ClassVar[str]

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, **asdict(self)}  # type: ignore[call-overload]  # every form is a dataclass


@dataclass(frozen=True)
class TextForm(Form):
    """A text of at most `most` letters, one a row: number t of the column, from 1, is letter t. Typed as the text."""

    kind: ClassVar[str] = "text"
    column: str
    letters: str
    most: int


@dataclass(frozen=True)
class NumbersForm(Form):
    """At most `most` numbers of one column. Typed as a list.

    low, high: their range; high None is the length of the list. turns: ranges that they take by turns instead, and then
    the list ends with the first of them. names: what values are called, from 0, None is no letter; empty: as numbers.
    pairs: number k stands on row k (k + 1) / 2, after blank rows for (1, k) to (k - 1, k). lists: each number names
    the row after its own in one of disjoint lists, which end with 0.
    """

    kind: ClassVar[str] = "numbers"
    column: str
    low: int
    high: int | None
    most: int
    turns: tuple[tuple[int, int], ...] = ()
    names: tuple[str | None, ...] = ()
    pairs: bool = False
    lists: bool = False


@dataclass(frozen=True)
class GraphForm(Form):
    """A graph. Typed as {"vertices": ids, "edges": [[u, v]], "weights": list or None, "question": [u, v] or None}.

    columns: of both ends of an edge. weight, question: the columns of these, None if there are none. one: the question
    is about one vertex, [v, v]. places: the
    vertices that each blank row stands for, of the largest graph, and blank: how many of these rows a graph of 1, 2, …
    vertices has. directed: an edge leads from u to v; both_ways: it is two arcs, and a graph of m edges has its arcs,
    all edges and then all turned, in the order `orders[m]`. cycles: it is one cycle or two.
    """

    kind: ClassVar[str] = "graph"
    columns: tuple[str, str]
    most: int
    most_edges: int
    directed: bool = False
    weight: str | None = None
    highest_weight: int | None = None
    question: str | None = None
    one: bool = False
    blank: tuple[int, ...] = ()
    places: tuple[tuple[int, ...], ...] = ()
    both_ways: bool = False
    orders: Mapping[int, Sequence[int]] | None = None
    cycles: bool = False


@dataclass(frozen=True)
class FactsForm(Form):
    """Facts (subject, relation, object), and a question that follows `steps` relations from a start.

    Typed as {"names": texts, "relations": texts, "facts": [[subject, relation, object]], "question": [start, relation,
    …]}, by numbers from 1. columns: of subjects, relations, objects and steps. Each name has `blank` blank rows, one
    for every step or none; then comes a row for every fact, and one for every step, with the start. most,
    most_relations, most_facts: of each.
    """

    kind: ClassVar[str] = "facts"
    columns: tuple[str, str, str, str]
    most: int
    most_relations: int
    most_facts: int
    steps: int
    blank: int


@dataclass(frozen=True)
class ColumnForm:
    """A column of a table: 0..high. letters: value t, from 1, is letter t. values: value v stands for values[v]."""

    name: str
    high: int
    letters: str | None = None
    values: tuple[str | int | float | None, ...] | None = None


@dataclass(frozen=True)
class TableForm(Form):
    """A table of at most `most` rows. Typed as {column: its numbers}. distinct: columns that differ in every row."""

    kind: ClassVar[str] = "table"
    columns: tuple[ColumnForm, ...]
    most: int
    distinct: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerForm:
    """How an answer is read from an output column, and what its values are called.

    rows: "all", "vertices", "edges", "last", or "numbers": those on which a NumbersForm puts its numbers. names: what
    the values from 0 are called, None is no letter; "number"; "vertex": the vertex of this number; or "name": the same
    of the names of facts, where 0 is none. divisor: of every value. partition: values name groups; a value is replaced
    by the first place of its group, or by 0 where the place that it names has another.
    """

    output: str
    rows: str = "all"
    names: str | tuple[str | None, ...] = "number"
    divisor: int | None = None
    partition: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
