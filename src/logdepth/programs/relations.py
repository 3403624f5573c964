"""How a key matches a query in a sum: it equals the query, it is less or more, or a table says so."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import numpy as np

from logdepth.numerics.errors import UsageError

Comparison = Literal["==", "<", "<=", ">", ">="]
"""Of a key with a query: "<" says key < query."""

Relation = Comparison | np.ndarray
"""A comparison, or a table of 0 and 1: table[key, query], (highest key + 1, highest query + 1) int64."""

GivenRelation = Comparison | Sequence[Sequence[int]] | np.ndarray | Callable[[int, int], Any]
"""As a user writes it: also the table as lists, or as a function of key and query."""

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

LARGEST_RELATION = 2**22  # entries of a table


def relation_of(given: GivenRelation, key_high: int, query_high: int) -> Relation:
    """The relation, checked. Errors: UsageError for anything that is none, or a table of another shape."""
    if isinstance(given, str):
        if given not in COMPARISONS:
            raise UsageError(
                f"a key matches a query by {', '.join(get_args(Comparison))}, or by a table; not {given!r}"
            )
        return given
    shape = (key_high + 1, query_high + 1)
    if shape[0] * shape[1] > LARGEST_RELATION:
        raise UsageError(
            f"a table of {shape[0]} keys and {shape[1]} queries has more than {LARGEST_RELATION} entries; declare"
            " smaller ranges, or compare by '<'"
        )
    if callable(given):
        given = np.array([[bool(given(key, query)) for query in range(shape[1])] for key in range(shape[0])])
    table = np.asarray(given) if len({np.shape(line) for line in given}) == 1 else np.zeros(0)
    if table.shape != shape or not np.isin(table, (0, 1)).all():
        raise UsageError(
            f"keys 0..{key_high} match queries 0..{query_high} by a table of {shape[0]} x {shape[1]} numbers 0 and 1,"
            f" table[key][query]; not one of shape {table.shape}{'' if table.shape != shape else ' with other numbers'}"
        )
    return table.astype(np.int64)


def all_equal(parts: int) -> tuple[Relation, ...]:
    """Of a key of so many parts each equals that of the query."""
    equal: Relation = "=="
    return (equal,) * parts


def holds(relation: Relation, key: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Which keys match which queries, (queries, keys) bool, of columns (N,) int64 each."""
    if isinstance(relation, str):
        result: np.ndarray = COMPARISONS[relation](key[None, :], query[:, None])
        return result
    return relation[key[None, :], query[:, None]] == 1
