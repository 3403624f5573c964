"""Expressions that choose by a column, in a table or among columns; and expressions with other leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from logdepth.numerics.errors import UsageError, first_line
from logdepth.programs.expressions.operands import common_letters, operand_of
from logdepth.programs.expressions.operators import Expression, operate, simpler
from logdepth.programs.expressions.terms import Ranged, show, span_of


def lookup(table: ArrayLike | Tensor, places: Sequence[Any]) -> Any:
    """The entry of a table of integers, (entries,) or (rows, columns), at one place or at two, counted from 0.

    Errors: UsageError for a table that holds anything else, or a place that may lie outside.
    """
    try:
        entries = table.detach().cpu().numpy() if isinstance(table, Tensor) else np.asarray(table)
    except ValueError as error:
        raise UsageError(f"a lookup takes a table of integers, and this is none: {first_line(error)}") from error
    if entries.dtype.kind == "u" and entries.size and int(entries.max()) >= 2**63:
        raise UsageError(f"a lookup takes entries below 2^63, not {int(entries.max())}")
    if entries.dtype.kind not in "iub" or not entries.size or entries.ndim not in (1, 2):
        raise UsageError(
            f"a lookup takes a table of integers with one or two dimensions, not {entries.dtype} of shape"
            f" {entries.shape}"
        )
    if len(places) != entries.ndim:
        raise UsageError(f"a table of shape {entries.shape} is looked up at {entries.ndim} columns, not {len(places)}")
    at = [operand_of(place, "lookup", places) for place in places]
    for place, size in zip(at, entries.shape, strict=True):
        low, high = span_of(place)
        if isinstance(place, int) and not 0 <= place < size:
            raise UsageError(f"a table with entries 0..{size - 1} is looked up at {place}")
        if low < 0 or high >= size:
            raise UsageError(
                f"{show(place)!r} holds {low}..{high}, and the table has entries 0..{size - 1} there; give it"
                f" {high + 1} entries, or look up {show(place, inside=True)}.clip(0, {size - 1})"
            )
    place = at[0] if len(at) == 1 else operate("add", operate("mul", at[0], entries.shape[1]), at[1])
    flat = np.ascontiguousarray(entries, dtype=np.int64).reshape(-1)
    return int(flat[place]) if isinstance(place, int) else Expression("table", (place,), flat)


def choose(which: Any, columns: Sequence[Any]) -> Any:
    """columns[which], row by row."""
    at = operand_of(which, "choose", columns)
    choices = [operand_of(column, "choose", columns) for column in columns]
    low, high = span_of(at)
    if not choices:
        raise UsageError(f"{show(at)!r} chooses among at least one column, and there is none")
    if low < 0 or high >= len(choices):
        raise UsageError(
            f"{show(at)!r} holds {low}..{high}, and {len(choices)} columns to choose from are 0..{len(choices) - 1};"
            f" give {high + 1}, or choose by {show(at, inside=True)}.clip(0, {len(choices) - 1})"
        )
    if isinstance(at, int):
        return choices[at]
    numbers = [choice for choice in choices if isinstance(choice, int)]
    if len(numbers) == len(choices):
        return lookup(numbers, [at])
    return simpler("choose", [at, *choices[: high + 1]], common_letters(columns[: high + 1]))


def replace_leaves(x: Ranged | int, values: Mapping[Ranged, Ranged | int]) -> Ranged | int:
    """The expression with other columns or numbers in the place of some, made simpler where that is possible."""
    known: dict[Ranged, Ranged | int] = dict(values)

    def of(operand: Ranged | int) -> Ranged | int:
        return operand if isinstance(operand, int) else known.get(operand, operand)

    if isinstance(x, Expression):
        for part in x.parts():
            operands: list[Any] = [of(operand) for operand in part.operands]
            if part.operation == "abs":
                known[part] = abs(operands[0])
            elif part.table is not None:
                known[part] = lookup(part.table, operands)
            else:
                known[part] = simpler(part.operation, operands, part.letters)
    return of(x)
