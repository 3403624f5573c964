"""How the values of an s-op stand in the output columns of a program: letters, numbers, fractions, or any values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from logdepth.programs import Column, write_row_function
from logdepth.rasp.forms import Coded, Form, Number, Ratio, held, whole
from logdepth.rasp.tree import SOp
from logdepth.rasp.values import Value, settle, shown
from logdepth.rasp.writing import Writer

MOST_SHOWN = 10_000
"""Of a list of values that stands in a program: each is written out."""


class Answer(ABC):
    """From output columns to values and back. columns: their names."""

    columns: tuple[str, ...]

    @property
    def under(self) -> SOp | None:
        """Of a fraction, the s-op that holds what stands under the line."""
        return None

    @abstractmethod
    def value(self, held: Sequence[int]) -> Value:
        """The value of a row, of what its columns hold."""

    @abstractmethod
    def held(self, value: Any, below: Any = None) -> Sequence[int]:
        """What the columns hold in a row of this value."""

    @property
    def told(self) -> str:
        """How to read the columns, in words; empty if they say it themselves."""
        return ""


@dataclass(frozen=True)
class Numeric(Answer):
    """(column + low) / denominator."""

    columns: tuple[str, ...]
    low: int
    denominator: int
    truth: bool
    shown: bool = False  # the column's own values say it

    def value(self, held: Sequence[int]) -> Value:
        number = settle(Fraction(held[0] + self.low, self.denominator))
        return bool(number) if self.truth else number

    def held(self, value: Any, below: Any = None) -> Sequence[int]:
        return (int(value * self.denominator) - self.low,)

    @property
    def told(self) -> str:
        if self.shown:
            return ""
        [name] = self.columns
        shifted = f"({name} - {-self.low})" if self.low and self.denominator > 1 else f"{name} - {-self.low}"
        top = shifted if self.low else name
        return (
            ""
            if top == name and self.denominator == 1
            else f"the value is {top}" + (f" / {self.denominator}" if self.denominator > 1 else "")
        )


@dataclass(frozen=True)
class Listed(Answer):
    """values[column]; shown: the column's own letters or values say it."""

    columns: tuple[str, ...]
    values: tuple[Value, ...]
    shown: bool

    def value(self, held: Sequence[int]) -> Value:
        return self.values[held[0]]

    def held(self, value: Any, below: Any = None) -> Sequence[int]:
        return (self.values.index(value),)

    @property
    def told(self) -> str:
        if self.shown:
            return ""
        pairs = ", ".join(f"{code}: {shown(value)}" for code, value in enumerate(self.values[:20]))
        return f"{self.columns[0]} is one of {pairs}{', …' if len(self.values) > 20 else ''}"


@dataclass(frozen=True)
class Divided(Answer):
    """(first column + low) / second column; where the second is 0, `default`."""

    columns: tuple[str, ...]
    low: int
    below: SOp
    default: tuple[Value, ...]

    @property
    def under(self) -> SOp | None:
        return self.below

    def value(self, held: Sequence[int]) -> Value:
        return settle(Fraction(held[0] + self.low, held[1])) if held[1] else self.default[0]

    def held(self, value: Any, below: Any = None) -> Sequence[int]:
        return (int(value * below) - self.low if below else -self.low, int(below))

    @property
    def told(self) -> str:
        top, bottom = self.columns
        return f"the value is {top} / {bottom}"


def declare(writer: Writer, name: str, form: Form) -> Answer:
    """Make an s-op an output of the table."""
    match form:
        case Number():
            low = min(form.low, 0)
            number = Number(form.weights, form.constant - low, 0, form.high - low)
            values = values_of(form, low)
            output(writer, name, number, values=values)
            return Numeric((name,), low, form.denominator, form.truth, values is not None)
        case Coded():
            return declare_values(writer, name, form)
        case Ratio():
            low, below = min(form.top.low, 0), f"{name} denominator"
            values = range(low, form.top.high + 1) if low else None
            top = Number(form.top.weights, form.top.constant - low, 0, form.top.high - low)
            output(writer, name, top, values=values)
            output(writer, below, Number(form.bottom.weights, form.bottom.constant, 0, form.bottom.high))
            return Divided((name, below), low, form.below, form.default)


def values_of(form: Number, low: int) -> Sequence[Hashable] | None:
    """What the column of a number stands for, where that is not what it holds: numbers below 0, fractions as texts."""
    if form.denominator == 1:
        return range(low, form.high + 1) if low else None
    if form.high - low >= MOST_SHOWN:
        return None
    return [in_text(form.value_of(numerator)) for numerator in range(low, form.high + 1)]


def in_text(value: Value) -> Hashable:
    """A value as programs are written with it: a fraction, and what is no number, text or None, as its text."""
    return value if value is None or isinstance(value, (str, int)) else str(value)


def declare_values(writer: Writer, name: str, form: Coded) -> Answer:
    letters = [value for value in form.values if isinstance(value, str) and len(value) == 1]
    others = [value for value in form.values if value not in letters]
    code = whole(form.code) if isinstance(form.code, int) else held(form.code)
    number = Number(code.weights, code.constant, 0, len(form.values) - 1)
    if not letters or others not in ([], [None]):
        texts = [in_text(value) for value in form.values]
        distinct = len(set(texts)) == len(texts) <= MOST_SHOWN
        output(writer, name, number, values=texts if distinct else None)
        return Listed((name,), form.values, shown=distinct)
    values = (None, *letters)
    places = [values.index(value) for value in form.values]
    entries = writer.lookup(places, number)
    if places == [*range(1, len(places) + 1)]:
        entries = writer.sum((1, number), (1, whole(1))).numerator()
    shown_by = (
        Number({}, entries, 0, len(letters)) if isinstance(entries, int) else Number({entries: 1}, 0, 0, len(letters))
    )
    output(writer, name, shown_by, "".join(map(str, letters)))
    return Listed((name,), values, shown=True)


def output(
    writer: Writer, name: str, number: Number, letters: str | None = None, values: Sequence[Hashable] | None = None
) -> None:
    """Declare the numerator, which is 0 or more, as an output; values: what its numbers stand for."""
    table = writer.table
    expression: Any = number.numerator()
    if isinstance(expression, int):
        column = table.column(expression, high=max(expression, number.high), name=name)
    elif isinstance(expression, Column) and letters is None:
        column = expression
    elif isinstance(expression, Column):
        column = table.map(lambda x: x, expression, high=number.high, name=name, letters=letters)
    else:
        leaves = expression.leaves()
        function = write_row_function(expression, leaves)
        column = table.map(function, *leaves, high=number.high, name=name, letters=letters)
    table.output(name, column, values=values)
