"""A transformer in floats of p bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from logdepth.circuits import FloatFormat
from logdepth.transformer.float_arithmetic import FloatArithmetic, Row, Sparse
from logdepth.transformer.transformer import Transformer, check


class InFloats(FloatArithmetic):
    """A transformer whose weights are floats of a format. stabilised: as `FloatArithmetic` has it."""

    def __init__(self, model: Transformer, number_format: FloatFormat, stabilised: bool = True) -> None:
        super().__init__(number_format, stabilised)
        self.model = model

    def run(self, columns: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
        """The output columns of one table (N,), each number the integer nearest to what is read out.

        Errors: UsageError as the transformer's own `run`.
        """
        tables = check(self.model, columns)
        x = self.embed(tables)
        for block in self.blocks:
            x = block.attend(x)
            x = block.compute(x)
        return {name: self.read(name, x[1:]) for name in self.model.readouts}

    def embed(self, tables: Mapping[str, np.ndarray]) -> list[Row]:
        rows = len(next(iter(tables.values())))
        return [self.embed_token(token, {n: int(v[token - 1]) for n, v in tables.items()}) for token in range(rows + 1)]

    def embed_token(self, token: int, values: Mapping[str, int]) -> Row:
        """Of one token, with the values of its fields; those of the start token are not read."""
        parts = [self.positions[token]] + [self.embeddings[n][v] for n, v in values.items() if token]
        return [self.format.add(column) for column in zip(*parts, strict=True)]

    def read(self, name: str, rows: Sequence[Row]) -> np.ndarray:
        high, vector = self.model.outputs[name], self.readouts[name]
        return np.array([self.nearest(self.product(row, vector)[0], high) for row in rows], dtype=np.int64)

    def nearest(self, number: int, high: int) -> int:
        return min(max(round(self.format.value(number)), 0), high)

    # --- the weights ---

    @cached_property
    def positions(self) -> list[Row]:
        return self.floats(self.model.position_table())

    @cached_property
    def embeddings(self) -> dict[str, list[Row]]:
        return {name: self.floats(table) for name, table in self.model.embeddings.items()}

    @cached_property
    def readouts(self) -> dict[str, Sparse]:
        return {name: self.sparse(vector[:, None]) for name, vector in self.model.readouts.items()}

    @cached_property
    def blocks(self) -> list[BlockInFloats]:
        made = [BlockInFloats(self, number) for number in range(len(self.model.blocks))]
        return [made[number] for number in self.model.order]


class BlockInFloats:
    """A block: attention, then the ReLU layer; either may be absent."""

    def __init__(self, of: InFloats, number: int) -> None:
        self.of = of
        self.block = of.model.blocks[number]

    @cached_property
    def heads(self) -> list[tuple[Sparse, Sparse, Sparse]]:
        """Queries, keys and values of every head."""
        if (attention := self.block.attention) is None:
            return []
        return [
            (self.of.sparse(q), self.of.sparse(k), self.of.sparse(v))
            for q, k, v in zip(attention.query, attention.key, attention.value, strict=True)
        ]

    @cached_property
    def output(self) -> Sparse:
        """What every residual column gets of all that the heads mix, one after the other."""
        return [] if self.block.attention is None else self.of.sparse(self.block.attention.output.flatten(0, 1))

    @cached_property
    def into(self) -> Sparse:
        return [] if self.block.mlp is None else self.of.sparse(self.block.mlp.into)

    @cached_property
    def out(self) -> Sparse:
        return [] if self.block.mlp is None else self.of.sparse(self.block.mlp.out)

    def attend(self, x: list[Row]) -> list[Row]:
        if not self.heads:
            return x
        mixed: list[Row] = [[] for _ in x]
        for query, key, value in self.heads:
            keys, values = ([self.of.product(row, matrix) for row in x] for matrix in (key, value))
            for token, row in enumerate(x):
                seen = token + 1 if self.of.model.causal else len(x)
                scores = self.of.scores(self.of.product(row, query), keys[:seen])
                mixed[token] += self.of.mix(self.of.weigh(scores), values[:seen])
        return [self.of.add(row, found, self.output) for row, found in zip(x, mixed, strict=True)]

    def compute(self, x: list[Row]) -> list[Row]:
        if self.block.mlp is None:
            return x
        return [self.of.add(row, [max(0, unit) for unit in self.of.product(row, self.into)], self.out) for row in x]
