"""A transformer in floats of p bits: every product is cut off, and every sum once.

Merrill and Sabharwal (arXiv 2207.00729) leave open what floats a transformer computes with, but for sums. Here weights
are cut off first; a matrix product cuts off each product of two numbers and then their sum, ⊕; what is added to the
residual stream is in one sum with it. Softmax is either as their Definition 8 prints it, exp(s) / ⊕ exp(s), or with the
largest score subtracted first. That step is outside the definition's form. It is a maximum of n numbers, which constant
depth computes as well (TC⁰), and without it a score must fit the exponent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from logdepth.circuits import FloatFormat
from logdepth.transformer.transformer import Transformer, check

Row = list[int]
"""Numbers in units of the format."""

Sparse = list[list[tuple[int, int]]]
"""Of every column of a matrix its entries that are not 0: their rows, and what they are."""


class InFloats:
    """A transformer whose weights are floats of a format.

    stabilised: the largest score is subtracted before the exponential.
    """

    def __init__(self, model: Transformer, number_format: FloatFormat, stabilised: bool = True) -> None:
        self.model = model
        self.format = number_format
        self.stabilised = stabilised

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

    def product(self, row: Row, matrix: Sparse) -> Row:
        """A row times a matrix."""
        form = self.format
        return [form.add(form.multiply(row[place], weight) for place, weight in column) for column in matrix]

    def weigh(self, scores: Row) -> Row:
        """The softmax of the scores of one query."""
        form = self.format
        most = max(scores) if self.stabilised else 0
        weights = [form.exponential(form.cut(score - most)) for score in scores]
        total = form.add(weights)
        return [form.divide(weight, total) for weight in weights]

    # --- the weights ---

    @cached_property
    def positions(self) -> list[Row]:
        return self.floats(self.model.positions)

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

    def floats(self, matrix: Tensor) -> list[Row]:
        return [[self.format.nearest(entry) for entry in row] for row in matrix.to(torch.float64).tolist()]

    def sparse(self, matrix: Tensor) -> Sparse:
        columns = zip(*self.floats(matrix), strict=True)
        return [[(place, entry) for place, entry in enumerate(column) if entry] for column in columns]


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
                scores = self.scores(self.of.product(row, query), keys[:seen])
                mixed[token] += self.mix(self.of.weigh(scores), values[:seen])
        return [self.add(row, found, self.output) for row, found in zip(x, mixed, strict=True)]

    def scores(self, query: Row, keys: Sequence[Row]) -> Row:
        form = self.of.format
        return [form.add(form.multiply(q, k) for q, k in zip(query, key, strict=True)) for key in keys]

    def mix(self, weights: Row, values: Sequence[Row]) -> Row:
        form = self.of.format
        return [form.add(map(form.multiply, weights, column)) for column in zip(*values, strict=True)]

    def compute(self, x: list[Row]) -> list[Row]:
        if self.block.mlp is None:
            return x
        return [self.add(row, [max(0, unit) for unit in self.of.product(row, self.into)], self.out) for row in x]

    def add(self, row: Row, found: Row, matrix: Sparse) -> Row:
        """A row of the residual stream, and what a matrix makes of others, in one sum."""
        form = self.of.format
        return [
            form.add([own, *(form.multiply(found[place], weight) for place, weight in column)])
            for own, column in zip(row, matrix, strict=True)
        ]
