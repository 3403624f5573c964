"""The tokens of a RASP program, and how they stand in the input column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.numerics.errors import UsageError, quoted
from logdepth.programs import Column, Table
from logdepth.rasp.forms import Coded, Form, Number, constant
from logdepth.rasp.tables import from_entries
from logdepth.rasp.values import NoValue, Value, is_number, settle
from logdepth.rasp.writing import Writer


@dataclass(frozen=True)
class Vocabulary:
    """The values that a token can be. Whole numbers of 0 or more stand for themselves; other values are numbered from
    1, and 0 is no token.

    Errors: UsageError for no tokens, or for one that comes twice.
    """

    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise UsageError("a vocabulary has at least one token; got none. Give the tokens.")
        if len(set(self.values)) < len(self.values):
            raise UsageError(f"the tokens of a vocabulary are distinct; got {quoted([*self.values])}. Give each once.")

    @property
    def letters(self) -> str | None:
        """The letters, if all tokens are single ones."""
        if all(isinstance(value, str) and len(value) == 1 for value in self.values):
            return "".join(map(str, self.values))
        return None

    @property
    def codes(self) -> dict[Value, int]:
        """The number of every token in the input column."""
        if all(isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in self.values):
            return {value: value for value in self.values if isinstance(value, int)}
        return {value: code for code, value in enumerate(self.values, start=1)}

    def encode(self, tokens: Iterable[object]) -> np.ndarray:
        """The numbers of tokens, (N,) int64. Errors: UsageError for another token, with its position."""
        codes, given = self.codes, [settle(token) for token in tokens]
        for position, token in enumerate(given, start=1):
            if token not in codes:
                raise UsageError(
                    f"token {quoted(token)} at position {position} is not in the vocabulary"
                    f" {quoted([*self.values])}. Change it, or give a larger vocabulary."
                )
        return np.array([codes[token] for token in given], dtype=np.int64)

    def decode(self, column: np.ndarray) -> list[Value]:
        """The tokens. Errors: NoValue for a number that stands for none, with its position."""
        tokens = {code: value for value, code in self.codes.items()}
        for position, code in enumerate(column.tolist(), start=1):
            if code not in tokens:
                raise NoValue(f"position {position} of the input holds {code}, which is no token of the vocabulary.")
        return [tokens[code] for code in column.tolist()]

    def column(self, table: Table, name: str) -> tuple[Column, Form]:
        """The input of a table, and the s-op of tokens that it makes."""
        letters, codes = self.letters, self.codes
        column = table.input(name, letters=letters) if letters else table.input(name, high=max(1, *codes.values()))
        if len(self.values) == 1:
            return column, constant(self.values[0])
        if all(value == code for value, code in codes.items()):
            return column, Number({column: 1}, 0, 0, column.high)
        if all(map(is_number, self.values)):
            entries = [self.values[0], *self.values]
            return column, from_entries(Writer(table), [Number({column: 1}, 0, 0, column.high)], entries)
        return column, Coded(table.lookup([0, *range(len(self.values))], column), self.values)


def vocabulary_of(values: Iterable[object] | str) -> Vocabulary:
    """The letters of a text, or any values; a set is put in order, so that the same set is the same vocabulary."""
    if not isinstance(values, Iterable):
        raise UsageError(f"a vocabulary is a text of letters, or a list of tokens; not {quoted(values)}.")
    settled: Sequence[Value] = [settle(value) for value in values]
    if isinstance(values, (set, frozenset)):
        settled = sorted(settled, key=lambda value: (type(value).__name__, value))
    return Vocabulary(tuple(settled))
