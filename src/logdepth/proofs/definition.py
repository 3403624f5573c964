"""Definition: what a task asks, as gates over the bits of its columns, written without the library's constructions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from logdepth.circuits import CircuitBuilder
from logdepth.numerics.errors import UsageError
from logdepth.tasks import Task

T = TypeVar("T", bound=Task[Any])


class Bits:
    """Bits of columns as nodes: what a definition reads."""

    def __init__(self, builder: CircuitBuilder, nodes: Mapping[str, int]) -> None:
        self.builder = builder
        self.nodes = nodes

    def number(self, column: str, row: int) -> list[int]:
        """The bits of a number, the lowest first. Errors: UsageError where the circuit has no such number."""
        found: list[int] = []
        while (name := f"{column}[{row}].{len(found)}") in self.nodes:
            found.append(self.nodes[name])
        if not found:
            raise UsageError(f"the circuit has no bits of {column!r} in row {row}. Take one of this task and size.")
        return found

    def equals(self, bits: Sequence[int], value: int) -> int:
        """Whether a number is this one."""
        if value >> len(bits):
            return self.builder.constant(False)
        ones = [bit for place, bit in enumerate(bits) if value >> place & 1]
        zeros = [bit for place, bit in enumerate(bits) if not value >> place & 1]
        return self.builder.conjunction(ones, zeros)

    def same(self, one: int, other: int) -> int:
        """Whether two bits are equal."""
        make = self.builder
        return make.disjunction([make.conjunction([one, other]), make.conjunction([], [one, other])])


def fills_rows(bits: Bits, task: Task[Any]) -> int:
    """Whether every row holds what the task says of it; of a task that says nothing, always."""
    make = bits.builder
    good = []
    for row in range(1, task.rows + 1):
        tuples = task.row_values(row)
        if tuples is not None:
            ways = [[bits.equals(bits.number(*at), value) for at, value in fields(task, row, one)] for one in tuples]
            good.append(make.disjunction([make.conjunction(way) for way in ways]))
    return make.conjunction(good)


def fields(task: Task[Any], row: int, values: Sequence[int]) -> list[tuple[tuple[str, int], int]]:
    """Column and row of every field, with its value."""
    return [((column, row), value) for column, value in zip(task.inputs, values, strict=True)]


@dataclass(frozen=True, kw_only=True)
class Definition(Generic[T]):
    """What a task asks, of tables of `rows(task)` rows.

    promised: whether the input columns are those of an instance. right: whether the answer columns are an answer to
    them. Both make gates and give a node; the first argument makes gates, and reads bits of the columns by name.
    decode: the instance of input columns.
    """

    task: type[T]
    rows: Callable[[T], int]
    promised: Callable[[Bits, T], int]
    right: Callable[[Bits, Bits, T], int]
    decode: Callable[[Mapping[str, Any], T], Any]
