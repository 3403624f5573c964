"""Terms: what is computed from columns of one row, as a tree of operations. Its range, its parts, how it is shown."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from logdepth.programs.row_function import OPERATIONS, Range

FORMS = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "floordiv": "{} // {}",
    "mod": "{} % {}",
    "minimum": "minimum({}, {})",
    "maximum": "maximum({}, {})",
    "and": "{} & {}",
    "or": "{} | {}",
    "xor": "{} ^ {}",
    "eq": "{} == {}",
    "ne": "{} != {}",
    "lt": "{} < {}",
    "le": "{} <= {}",
    "gt": "{} > {}",
    "ge": "{} >= {}",
    "where": "where({}, {}, {})",
    "abs": "abs({})",
    "choose": "choose({}, …)",
    "table": "table[{}]",
}
"""The operations, as they are written. They are those of a `RowFunction`, and two that are made of others: "abs", and
"choose", which is the operand, of those after the first, whose number the first one says, from 0."""


class Ranged:
    """A number in every row, in the range low..high: a column, or a term. Some numbers stand for letters or values."""

    letters: str | None
    values: Sequence[Hashable] | None = None

    low: int
    high: int


@dataclass(frozen=True, eq=False, repr=False)
class Term(Ranged):
    """An operation on columns of a row, on other terms and on ints. table: of a lookup, (entries,) int64."""

    operation: str
    operands: tuple[Ranged | int, ...]
    table: np.ndarray | None = None
    letters: str | None = None

    @cached_property
    def span(self) -> Range:
        """The range of its values, by interval arithmetic."""
        operands = [span_of(operand) for operand in self.operands]
        if self.operation == "abs":
            (low, high) = operands[0]
            return max(low, -high, 0), max(high, -low)
        if self.operation == "choose":
            possible = operands[1 + operands[0][0] : 2 + operands[0][1]]
            return min(low for low, _ in possible), max(high for _, high in possible)
        if self.table is not None:
            read = self.table[operands[0][0] : operands[0][1] + 1]
            return int(read.min()), int(read.max())
        return OPERATIONS[self.operation].span(*operands)

    @property
    def low(self) -> int:  # type: ignore[override]
        return self.span[0]

    @property
    def high(self) -> int:  # type: ignore[override]
        return self.span[1]

    def __repr__(self) -> str:
        return show(self)

    def parts(self, made: Container[Ranged] = ()) -> list[Term]:
        """The terms that it is made of, itself last, each once and after those that it reads.

        made: these are known already, and are not gone into.
        """
        found: dict[Term, None] = {}
        open_: list[tuple[Term, Iterator[Ranged | int]]] = [(self, iter(self.operands))]
        while open_:  # not by recursion: a sum of thousands of columns is a deep term
            term, rest = open_[-1]
            for x in rest:
                if isinstance(x, Term) and x not in found and x not in made:
                    open_.append((x, iter(x.operands)))
                    break
            else:
                found[term] = None
                open_.pop()
        return list(found)

    def leaves(self, made: Container[Ranged] = ()) -> list[Ranged]:
        """The columns, and the parts in `made`, that it is computed from, each once."""
        parts = self.parts(made)
        inside = set(parts)
        operands = (x for part in parts for x in part.operands if not isinstance(x, int))
        return [x for x in dict.fromkeys(operands) if x not in inside]


def number(x: Ranged | int) -> int | None:
    """An int as it is; None for a column or a term."""
    return x if isinstance(x, int) else None


def span_of(x: Ranged | int) -> Range:
    return (x, x) if isinstance(x, int) else (x.low, x.high)


# --- how they are shown ---


def show(x: Any, inside: bool = False) -> str:
    """A term as text of at most 60 letters. `inside`: in brackets if it needs them beside another operator."""
    text = write(x, 4)
    text = text if len(text) <= 60 else f"{text[:59]}…"
    return f"({text})" if inside and isinstance(x, Term) and "(" not in FORMS[x.operation] else text


def write(x: Any, depth: int) -> str:
    if not isinstance(x, Term):
        return str(getattr(x, "name", x))
    if depth == 0:
        return "…"
    parts = [write(operand, depth - 1) for operand in x.operands]
    form = FORMS[x.operation]
    if "(" not in form and x.table is None:  # between its operands
        parts = [
            f"({text})" if isinstance(operand, Term) and operand.table is None else text
            for text, operand in zip(parts, x.operands, strict=True)
        ]
    return form.format(*parts)
