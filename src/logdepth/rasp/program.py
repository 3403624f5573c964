"""A RASP program as a value, `Rasp`, and the program on a table that it becomes, `RaspProgram`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.programs import Program, Table, decode_values, encode_values
from logdepth.rasp.answers import Answer, declare
from logdepth.rasp.causality import looks_back
from logdepth.rasp.evaluate import Evaluation
from logdepth.rasp.translate import Translation
from logdepth.rasp.tree import SOp
from logdepth.rasp.values import NoValue, Value
from logdepth.rasp.vocabulary import Vocabulary

INPUT = "tokens"
"""The name of the input column."""

ATTEMPTS = 500
"""Random inputs that are tried before a program is said to have a value on none."""


@dataclass(frozen=True, eq=False)
class Rasp:
    """S-ops by name, on inputs of 1..rows tokens of a vocabulary. causal: no position sees a later one."""

    name: str
    outputs: Mapping[str, SOp]
    vocabulary: Vocabulary
    rows: int
    causal: bool = False

    @cached_property
    def program(self) -> RaspProgram:
        """The program on a table that it becomes. Errors: as of `translate`."""
        return translate(self)

    def evaluate(self, tokens: Iterable[object]) -> dict[str, list[Value]]:
        """The values of every output, in plain Python. Errors: NoValue."""
        evaluation = Evaluation([*tokens], self.causal)
        return {name: evaluation.of(sop) for name, sop in self.outputs.items()}

    def run(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What the columns of its program hold, by evaluation. Errors: NoValue."""
        return self.program.oracle(columns)


@dataclass(frozen=True, eq=False, repr=False)
class RaspProgram(Program):
    """A program on a table, and the RASP that it comes from: `source`, which judges it, and how outputs are read."""

    source: Rasp
    answers: Mapping[str, Answer]

    def encode(self, tokens: Iterable[object]) -> dict[str, np.ndarray]:
        """The input column of a text, or of other tokens. Errors: UsageError for one outside the vocabulary."""
        return {INPUT: self.source.vocabulary.encode(tokens)}

    def decode(self, outputs: Mapping[str, np.ndarray]) -> dict[str, list[Value]]:
        """The values that output columns stand for, which are given as `interpret` and `model.run` give them."""
        outputs = encode_values(outputs, self.output_values, f"program {self.name!r}")
        return {
            name: [
                answer.value(row)
                for row in zip(*(np.asarray(outputs[each]).tolist() for each in answer.columns), strict=True)
            ]
            for name, answer in self.answers.items()
        }

    def oracle(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The output columns by evaluation of the source, independent of the program. Errors: NoValue."""
        tokens = self.source.vocabulary.decode(np.asarray(columns[INPUT]))
        evaluation = Evaluation(tokens, self.source.causal)
        found: dict[str, np.ndarray] = {}
        for name, answer in self.answers.items():
            values = evaluation.of(self.source.outputs[name])
            below: Sequence[Any] = values if answer.under is None else evaluation.of(answer.under)
            rows = [answer.held(value, under) for value, under in zip(values, below, strict=True)]
            found |= {
                column: np.array(held, dtype=np.int64)
                for column, held in zip(answer.columns, zip(*rows, strict=True), strict=True)
            }
        return decode_values(found, self.output_values)

    def sample(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """A random input on which the source has a value: of few tokens or many, often of few different ones.

        Errors: UsageError if none of ATTEMPTS inputs is such.
        """
        codes = [*self.source.vocabulary.codes.values()]
        for _ in range(ATTEMPTS):
            columns = {INPUT: np.array(draw(rng, codes, self.rows), dtype=np.int64)}
            try:
                self.oracle(columns)
            except NoValue as error:
                refusal = error
            else:
                return columns
        raise UsageError(f"{self.name!r} has no value on {ATTEMPTS} random inputs, on the last because {refusal}")


def draw(rng: np.random.Generator, codes: Sequence[int], rows: int) -> list[int]:
    """Random tokens: any, of a small part of the vocabulary, or all different."""
    size = int(rng.integers(1, rows + 1)) if rng.integers(3) else int(rng.integers(1, min(rows, 5) + 1))
    kind = int(rng.integers(3))
    if kind == 0:
        return rng.permutation(codes)[:size].tolist()
    pool = rng.choice(codes, int(rng.integers(1, len(codes) + 1)), replace=False) if kind == 1 else codes
    return rng.choice(pool, size).tolist()


def translate(source: Rasp) -> RaspProgram:
    """The program on a table that does what RASP says.

    The table is causal if the source is, or if no selector selects a later position.
    Errors: UsageError for values that cannot be known, and CapacityExceeded for a table or heads that are too many.
    """
    back = source.causal or looks_back(source.outputs.values(), source.rows)
    table = Table(source.name, source.rows, causal=back)
    _, tokens = source.vocabulary.column(table, INPUT)
    translation = Translation(table, tokens)
    answers = {name: declare(translation.writer, name, translation.form(sop)) for name, sop in source.outputs.items()}
    program = table.program()
    return RaspProgram(
        **{name: getattr(program, name) for name in Program.__dataclass_fields__}, source=source, answers=answers
    )
