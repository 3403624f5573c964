"""What transformers compute with, in floats of p bits: every product is cut off, and every sum once.

Merrill and Sabharwal (arXiv 2207.00729) leave open what floats a transformer computes with, but for sums. Here weights
are cut off first; a matrix product cuts off each product of two numbers and then their sum, ⊕; what is added to the
residual stream is in one sum with it. Softmax is either as their Definition 8 prints it, exp(s) / ⊕ exp(s), or with the
largest score subtracted first. That step is outside the definition's form. It is a maximum of n numbers, which constant
depth computes as well (TC⁰), and without it a score must fit the exponent.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from logdepth.circuits import FloatFormat

Row = list[int]
"""Numbers in units of the format."""

Sparse = list[list[tuple[int, int]]]
"""Of every column of a matrix its entries that are not 0: their rows, and what they are."""


class FloatArithmetic:
    """Rows, matrices and softmax in floats of a format.

    stabilised: the largest score is subtracted before the exponential.
    """

    def __init__(self, number_format: FloatFormat, stabilised: bool = True) -> None:
        self.format = number_format
        self.stabilised = stabilised

    def floats(self, matrix: Tensor) -> list[Row]:
        return [[self.format.nearest(entry) for entry in row] for row in matrix.to(torch.float64).tolist()]

    def sparse(self, matrix: Tensor) -> Sparse:
        return [[(place, entry) for place, entry in enumerate(column) if entry] for column in self.floats(matrix.T)]

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

    def scores(self, query: Row, keys: Sequence[Row]) -> Row:
        form = self.format
        return [form.add(form.multiply(q, k) for q, k in zip(query, key, strict=True)) for key in keys]

    def mix(self, weights: Row, values: Sequence[Row]) -> Row:
        form = self.format
        return [form.add(map(form.multiply, weights, column)) for column in zip(*values, strict=True)]

    def add(self, row: Row, found: Row, matrix: Sparse) -> Row:
        """A row of the residual stream, and what a matrix makes of others, in one sum."""
        form = self.format
        return [
            form.add([own, *(form.multiply(found[place], weight) for place, weight in column)])
            for own, column in zip(row, matrix, strict=True)
        ]
