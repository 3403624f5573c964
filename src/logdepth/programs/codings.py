"""What the numbers of a column stand for: number v is values[v], any hashable value, such as a negative number."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError, quoted

Coding = Sequence[Hashable]
"""values[v] is what number v stands for, counted from 0; a `range` if they are whole numbers in order."""


def coding_of(name: str, values: Any) -> Coding:
    """The values of a column, checked. Errors: UsageError unless they are hashable, and no two are equal."""
    if isinstance(values, range) and len(values):
        return values
    if isinstance(values, (str, Mapping)) or not hasattr(values, "__iter__"):
        found: tuple[Any, ...] = tuple(values) if isinstance(values, str) else ()
    else:
        found = tuple(values)
    try:
        distinct = len(set(found)) == len(found) > 0 and all(value == value for value in found)
    except TypeError:
        distinct = False
    if not distinct:
        raise UsageError(f"column {name!r} needs a list of different hashable values, not {quoted(values)}")
    return found


def encode_values(columns: Mapping[str, Any], codings: Mapping[str, Coding], owner: str) -> dict[str, Any]:
    """The columns, with the values of those that have a coding as numbers; other columns as they are.

    `owner` says in messages who takes them. Errors: UsageError for a value that a column does not hold.
    """
    return {
        name: encode_value(values, codings[name], f"column {name!r} of {owner}") if name in codings else values
        for name, values in columns.items()
    }


def encode_value(given: Any, coding: Coding, place: str) -> np.ndarray:
    """One column, or a batch of them: values, lists or arrays of values, or a text of values that are letters."""
    numbers = {value: number for number, value in enumerate(coding)}

    def is_word(value: Any) -> bool:
        return isinstance(value, str) and len(value) > 1 and any(letter in numbers for letter in value)

    def encode(value: Any) -> Any:
        if isinstance(value, Hashable) and value in numbers:
            return numbers[value]
        if isinstance(value, (list, tuple)) or is_word(value):
            return [encode(entry) for entry in value]
        raise UsageError(f"{place} holds no {show(value)}; it holds {shown(coding)}")

    listed = given.tolist() if hasattr(given, "tolist") else list(given) if isinstance(given, range) else given
    return np.asarray(encode(listed), dtype=np.int64)


def decode_values(columns: Mapping[str, np.ndarray], codings: Mapping[str, Coding]) -> dict[str, np.ndarray]:
    """The columns, with what the numbers stand for in those that have a coding: int64 if all are, else as they are."""
    return {name: as_array(codings[name])[values] if name in codings else values for name, values in columns.items()}


def as_array(coding: Coding) -> np.ndarray:
    """(values,), of one type if all are whole numbers or texts, else of Python's objects."""
    kinds = {type(value) for value in coding}
    if kinds == {int} or kinds == {str}:
        return np.array(coding)
    found = np.empty(len(coding), dtype=object)
    found[:] = list(coding)
    return found


def show(value: Any) -> str:
    """A value in a message."""
    return quoted(value) if isinstance(value, str) else repr(value)[:80]


def shown(coding: Coding) -> str:
    """The values in a message."""
    if isinstance(coding, range) and coding.step == 1:
        return f"{coding[0]}..{coding[-1]}"
    return ", ".join(map(repr, coding[:10])) + (", …" if len(coding) > 10 else "")
