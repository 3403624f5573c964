"""The language between programs and weights: cells, affine forms over them, and the heads and neurons that fill them.

A cell is a number that every token holds, in one residual column, for part of the computation. It is born in the
embedding, in a ReLU layer or by an attention head. Everything linear is free: a value is an `Affine` form over cells,
read by the next weight matrix as it is. Two cells are always there: ONE (1 on every row, 0 on the start token) carries
constants, START (the other way round) tells the start token apart; ranges speak of rows, so START's is 0..0. All forms
are homogeneous, so every cell but START is 0 on the start token: reading it reads "nothing".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from math import inf

import numpy as np

INDEX = "index"  # the field of the position table

STATEMENT: ContextVar[int] = ContextVar("STATEMENT", default=0)
"""The number of the program's statement that is being lowered, from 1, or 0. Heads and neurons are born with it, so
that the gadgets that make them need not know of programs."""


@contextmanager
def lowering(statement: int) -> Iterator[None]:
    """What is born meanwhile belongs to this statement."""
    before = STATEMENT.set(statement)
    try:
        yield
    finally:
        STATEMENT.reset(before)


@dataclass(frozen=True, eq=False)
class Cell:
    """One number per token, always in low..high on rows. `error` bounds its distance to an integer (0: it is one)."""

    label: str
    low: int
    high: int
    error: float = 0.0


@dataclass(frozen=True, eq=False)
class Embedded(Cell):
    """A function of one input column (or of the position), written into the embedding: table[v] for value v."""

    source: str = INDEX
    table: np.ndarray = field(default_factory=lambda: np.zeros(0))  # (highest value + 1,)


@dataclass(frozen=True, eq=False)
class Neurons(Cell):
    """Σ weight · relu(form): written by one ReLU layer. `held`: it stands there on request, under its own label.

    statement: that of the program that asked for it first. others: those of the other cells that it is the sum of.
    """

    terms: tuple[tuple[int, Affine], ...] = ()
    held: bool = False
    statement: int = field(default_factory=STATEMENT.get)
    others: frozenset[int] = frozenset()

    @property
    def statements(self) -> frozenset[int]:
        """The numbers of all statements that it is computed for."""
        return self.others | {self.statement}


@dataclass(frozen=True, eq=False, kw_only=True)
class Staircase(Neurons):
    """values[round(of) - first] - values[0] of an inexact form by its jumps, which a pass may compute another way.

    It is best where the form has few jumps: each takes a column. Where it has many, the form is rounded first.
    """

    of: Affine
    first: int
    values: np.ndarray

    @property
    def last(self) -> int:
        return self.first + len(self.values) - 1

    @property
    def jumps(self) -> frozenset[int]:
        """Where the function changes: at `of` = t it is another than at t - 1."""
        return frozenset((self.first + 1 + np.flatnonzero(np.diff(self.values))).tolist())


@dataclass(frozen=True, eq=False)
class Read(Cell):
    """Filled by an attention head, or by the sum of several in one layer."""


@dataclass(frozen=True, eq=False)
class State(Cell):
    """Carried from one round of a loop to the next, always in the same residual column."""


@dataclass(frozen=True, eq=False)
class Affine:
    """An integer combination of cells. Constants are multiples of ONE.

    `bounds`: what is known of its values on rows, beyond what its cells tell.
    """

    weights: Mapping[Cell, int] = field(default_factory=dict)
    bounds: tuple[float, float] = (-inf, inf)

    def __add__(self, other: Affine) -> Affine:
        total = dict(self.weights)
        for cell, weight in other.weights.items():
            total[cell] = total.get(cell, 0) + weight
        return Affine({cell: weight for cell, weight in total.items() if weight})

    def plus(self, value: int) -> Affine:
        """The form and a constant: as `self + constant(value)`, for functions of many break points."""
        total = dict(self.weights)
        total[ONE] = total.get(ONE, 0) + value
        if not total[ONE]:
            del total[ONE]
        return Affine(total)

    def __mul__(self, factor: int) -> Affine:
        return Affine({cell: weight * factor for cell, weight in self.weights.items()} if factor else {})

    def within(self, low: int, high: int) -> Affine:
        """The same form, whose values are known to lie in low..high."""
        return Affine(self.weights, (max(low, self.bounds[0]), min(high, self.bounds[1])))

    def __neg__(self) -> Affine:
        return self * -1

    def __sub__(self, other: Affine) -> Affine:
        return self + (-other)

    @property
    def low(self) -> int:
        return int(max(self.bounds[0], sum(w * (cell.low if w > 0 else cell.high) for cell, w in self.weights.items())))

    @property
    def high(self) -> int:
        return int(min(self.bounds[1], sum(w * (cell.high if w > 0 else cell.low) for cell, w in self.weights.items())))

    @property
    def largest(self) -> int:
        """The largest absolute value that the form takes, on rows or on the start token."""
        return max(abs(self.low), abs(self.high), abs(self.weights.get(START, 0)))

    @property
    def magnitude(self) -> int:
        """No partial sum of the form can exceed this."""
        return sum(abs(w) * max(abs(cell.low), abs(cell.high)) for cell, w in self.weights.items())

    @property
    def error(self) -> float:
        return sum(abs(w) * cell.error for cell, w in self.weights.items())

    @property
    def constant(self) -> int | None:
        """The value, if the form is the same in every row."""
        return self.weights.get(ONE, 0) if all(cell is ONE for cell in self.weights) else None

    def key(self) -> tuple[tuple[int, int], ...]:
        """Equal for equal forms."""
        return tuple(sorted((id(cell), weight) for cell, weight in self.weights.items()))


ONE = Embedded("one", 1, 1, 0.0, INDEX, np.zeros(0))
START = Embedded("start", 0, 0, 0.0, INDEX, np.zeros(0))


def combine(terms: Iterable[tuple[Affine, int]]) -> Affine:
    """Σ factor · form, as by + and *, in time that grows with the terms and not with their square."""
    total: dict[Cell, int] = {}
    for form, factor in terms:
        for cell, weight in form.weights.items():
            found = total.get(cell, 0) + weight * factor
            if found:
                total[cell] = found
            else:
                total.pop(cell, None)
    return Affine(total)


def constant(value: int) -> Affine:
    return Affine({ONE: value} if value else {})


def form(cell: Cell) -> Affine:
    return Affine({cell: 1})


@dataclass(frozen=True, eq=False)
class Head:
    """One attention head: score = unit · Σ_d query_d · key_d, in whole units.

    What it reads goes to `outputs`, times exp(gain).
    """

    label: str
    query: tuple[Affine, ...]
    key: tuple[Affine, ...]
    values: tuple[Affine, ...]
    outputs: tuple[Read, ...]
    unit: int
    gain: int = 0
    statement: int = field(default_factory=STATEMENT.get)

    @property
    def forms(self) -> tuple[Affine, ...]:
        """Everything that the head reads."""
        return (*self.query, *self.key, *self.values)

    @property
    def magnitude(self) -> int:
        """No partial sum of a query, a key, a value or a score (in units) can exceed this.

        It must be an exact integer of the format.
        """
        scores = sum(q.largest * k.largest for q, k in zip(self.query, self.key, strict=True))
        return max([scores, *(x.magnitude for x in self.forms)])
