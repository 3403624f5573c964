"""What rows say of a statement: an exchange runs it, by a sort, by homes or by a scan, whatever the memory allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from logdepth.arrows.program_to_mpc.straight import Talk
from logdepth.mpc import Memory, Records, Routine
from logdepth.mpc.primitives import Scan
from logdepth.programs import Column, Constant, in_range

Array = np.ndarray

OFFERS = "offers"
"""Of a question or offer, whether it is an offer; of an answer, whether or how often anything was found."""


class Exchange(Protocol):
    """One statement of those under way at once."""

    @property
    def kind(self) -> str:
        """The kind of record in which its questions and offers come together, and its own name."""

    def ask(self, rows: Records) -> Memory:
        """What rows ask and offer."""

    def routine(self) -> Routine:
        """From there to what rows learn."""

    def hear(self, memory: Memory) -> dict[Column, Array]:
        """The columns that it writes."""


def kind_of(number: int) -> str:
    """The kind of statement `number` of those under way."""
    return f"questions {number}"


def answer_name(kind: str, field: str) -> str:
    """What a row learns by an exchange, before it is a column."""
    return f"{kind}: {field}"


def value(line: Talk, column: Column) -> str:
    """What a column is called where it is offered."""
    return f"value {next(place for place, carried in enumerate(line.carried) if carried is column)}"


def answers(line: Talk) -> list[str]:
    """The fields that a row learns: what it reads, and whether or how often a match was found, if that matters."""
    return [*(value(line, column) for column in line.sent), *([OFFERS] if line.counts else [])]


def scan_of(line: Talk) -> Scan:
    """The scan of what is offered; `offers` holds afterwards whether anything was found, or how many were added."""
    sent = tuple(value(line, column) for column in line.sent)
    if line.op == "sum":
        return Scan("sum", sent or (OFFERS,), sent or (OFFERS,), line.order, OFFERS)
    priority = value(line, line.priority) if line.priority is not None else None
    return Scan(line.op, sent, sent, line.order, OFFERS, priority, OFFERS)


def results(line: Talk, found: Callable[[str], Array]) -> dict[Column, Array]:
    """The columns of a statement, of what was found under the names of `answers`.

    Errors: UsageError for values out of range.
    """
    columns = {}
    for operand, column in zip(line.reads, line.outputs, strict=True):
        values = found(OFFERS) * operand.value if isinstance(operand, Constant) else found(value(line, operand))
        in_range(column, values)
        columns[column] = values
    return columns
