"""How many rounds of messages a program takes: how deep its rows wait for one another."""

from __future__ import annotations

from collections.abc import Sequence

from logdepth.programs.program import Program
from logdepth.programs.statements import (
    Column,
    Earlier,
    Last,
    Rank,
    Repeat,
    Select,
    Spread,
    Statement,
    Sum,
    inputs_of,
    outputs_of,
)

TALKS = (Select, Last, Sum, Rank, Earlier, Spread)
"""The statements by which rows talk; the others are local."""


def rounds_of(program: Program) -> int:
    """Rounds in which every statement by which rows talk finds what it reads; statements that do not wait share one.

    A loop begins when all before it is there, and ends before all after it.
    """
    return rounds_of_statements(program.statements)


def rounds_of_statements(statements: Sequence[Statement]) -> int:
    """The parts between loops one after the other, and every loop as often as it runs."""
    total = 0
    known: dict[Column, int] = {}  # after how many rounds of this part a column is there; others are there before
    for statement in statements:
        if isinstance(statement, Repeat):
            total += max(known.values(), default=0) + statement.times * rounds_of_statements(statement.body)
            known = {}
            continue
        waits = max((known.get(column, 0) for column in inputs_of(statement)), default=0)
        for column in outputs_of(statement):
            known[column] = waits + isinstance(statement, TALKS)
    return total + max(known.values(), default=0)
