"""Matches other than equality on machines: a comparison, or a table, as some equalities of which at most one holds.

A key is less than a query if above some binary digit they are equal, and there the key has 0 and the query 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from logdepth.programs import Constant, Operand, Relation

Compute = Callable[[Callable[[Tensor], Tensor], Operand, int], Operand]
"""A function of one operand, with the highest value that it has: a new column, or a constant of a constant."""

Equalities = list[tuple[Operand, Operand]]  # of the asking and of the offering row


def equalities(relation: Relation, query: Operand, key: Operand, compute: Compute) -> list[Equalities]:
    """Of these one holds, all its parts, if the key matches the query; else none."""
    if not isinstance(relation, str):
        return of_table(relation, query, key, compute)
    if relation == "==":
        return [[(query, key)]]
    shift = 1 if relation in ("<=", ">=") else 0
    if relation in ("<", "<="):
        most = min(key.high + 1, query.high + shift)
        return less(cut(key, 0, most, compute), cut(query, shift, most, compute), most, True, compute)
    most = min(query.high + 1, key.high + shift)
    return less(cut(query, 0, most, compute), cut(key, shift, most, compute), most, False, compute)


def cut(x: Operand, shift: int, most: int, compute: Compute) -> Operand:
    """x + shift, or `most` where it is more."""
    return compute(lambda v: (v + shift).clamp(max=most), x, most)


def less(x: Operand, y: Operand, most: int, of_key: bool, compute: Compute) -> list[Equalities]:
    """x < y, of numbers up to `most`; x is of the offering row if `of_key`, else of the asking row."""
    return [less_at(place, x, y, most, of_key, compute) for place in range(most.bit_length())]


def less_at(place: int, x: Operand, y: Operand, most: int, of_key: bool, compute: Compute) -> Equalities:
    """The binary digit of x at this place is 0, that of y is 1, and all above are equal."""
    x_digit, y_digit = (compute(lambda v: v >> place & 1, side, 1) for side in (x, y))
    x_above, y_above = (compute(lambda v: v >> (place + 1), side, most >> (place + 1)) for side in (x, y))
    if of_key:
        return [(y_above, x_above), (Constant(0), x_digit), (y_digit, Constant(1))]
    return [(x_above, y_above), (x_digit, Constant(0)), (Constant(1), y_digit)]


def of_table(table: np.ndarray, query: Operand, key: Operand, compute: Compute) -> list[Equalities]:
    """A key has one line of the table, and a query is in one column: a way for every different line, or column."""
    lines, line_of_key = np.unique(table, axis=0, return_inverse=True)
    columns, column_of_query = np.unique(table.T, axis=0, return_inverse=True)

    def looked_up(x: Operand, entries: np.ndarray) -> Operand:
        values = torch.from_numpy(np.ascontiguousarray(entries.ravel(), dtype=np.int64))
        return compute(lambda v: values[v], x, int(values.max()))

    if len(lines) <= len(columns):
        line = looked_up(key, line_of_key)
        return [[(Constant(n), line), (looked_up(query, said), Constant(1))] for n, said in enumerate(lines)]
    column = looked_up(query, column_of_query)
    return [[(column, Constant(n)), (Constant(1), looked_up(key, said))] for n, said in enumerate(columns)]
