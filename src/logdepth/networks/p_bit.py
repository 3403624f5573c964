"""A GPT-2 in floats of p bits, with the arithmetic of `InFloats`.

Merrill and Sabharwal (arXiv 2207.00729) say how floats are added, and no more. These are our choices. Layer norm takes
a sum, which is divided by the width; differences from it, squared, added and divided again; and a table for
1 / √(x + ε), which the differences are multiplied with. GELU is a table, and a query is multiplied by 1 / √(size of a
head). Each result is cut off, and so are all weights before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt, pi, sqrt, tanh

import torch
from torch import Tensor

from logdepth.circuits import FloatFormat
from logdepth.networks.gpt2 import Attention, Gpt2, Layer
from logdepth.numerics.errors import UsageError
from logdepth.transformer import FloatArithmetic

Row = list[int]
Sparse = list[list[tuple[int, int]]]


@dataclass(frozen=True)
class Affine:
    """x W + b: of every column of W what is not 0, and b."""

    matrix: Sparse
    bias: Row


@dataclass(frozen=True)
class Norm:
    """Layer norm: what every number is multiplied with at last, and what is added."""

    gain: Row
    bias: Row


@dataclass(frozen=True)
class HeadInFloats:
    query: Affine
    key: Affine
    value: Affine


@dataclass(frozen=True)
class LayerInFloats:
    norm: Norm
    heads: tuple[HeadInFloats, ...]
    output: Affine
    mlp_norm: Norm
    into: Affine
    out: Affine


class Gpt2InFloats(FloatArithmetic):
    """A GPT-2 whose weights are floats of a format. stabilised: as `FloatArithmetic` has it.

    Without a head of its own its logits are what the last layer norm gives.
    Errors: UsageError for another attention than its own.
    """

    def __init__(self, network: Gpt2, number_format: FloatFormat, stabilised: bool = True) -> None:
        super().__init__(number_format, stabilised)
        if any(type(layer.attn) is not Attention for layer in network.layers):
            raise UsageError("floats of p bits take a GPT-2 with softmax attention. Give one.")
        self.network = network

    def classes(self, ids: Sequence[int]) -> list[int]:
        """The class of every token: of the largest logits the first."""
        return [row.index(max(row)) for row in self.logits(ids)]

    def logits(self, ids: Sequence[int]) -> list[Row]:
        """Errors: UsageError for more tokens than positions, or an id that is not in the vocabulary."""
        shape = self.network.shape
        if len(ids) > shape.positions or not all(0 <= number < shape.vocabulary for number in ids):
            raise UsageError(
                f"this GPT-2 takes up to {shape.positions} ids from 0 to {shape.vocabulary - 1}. Change what it is"
                " given."
            )
        x = [self.embed(place, number) for place, number in enumerate(ids)]
        for layer in self.layers:
            x = self.attend(layer, x)
            x = [self.compute(layer, row) for row in x]
        last = [self.normalise(row, self.last_norm) for row in x]
        return last if self.head is None else [self.apply(self.head, row) for row in last]

    # --- the steps ---

    def embed(self, place: int, number: int) -> Row:
        return [self.format.add(pair) for pair in zip(self.tokens[number], self.positions[place], strict=True)]

    def attend(self, layer: LayerInFloats, x: list[Row]) -> list[Row]:
        normal = [self.normalise(row, layer.norm) for row in x]
        mixed: list[Row] = [[] for _ in x]
        for head in layer.heads:
            keys, values = ([self.apply(affine, row) for row in normal] for affine in (head.key, head.value))
            for token, row in enumerate(normal):
                query = [self.format.multiply(number, self.scale) for number in self.apply(head.query, row)]
                weights = self.weigh(self.scores(query, keys[: token + 1]))
                mixed[token] += self.mix(weights, values[: token + 1])
        return [self.absorb(row, found, layer.output) for row, found in zip(x, mixed, strict=True)]

    def compute(self, layer: LayerInFloats, row: Row) -> Row:
        hidden = self.apply(layer.into, self.normalise(row, layer.mlp_norm))
        return self.absorb(row, [self.gelu(number) for number in hidden], layer.out)

    def apply(self, affine: Affine, row: Row) -> Row:
        """x W + b, one sum a column."""
        return self.add(affine.bias, row, affine.matrix)

    def absorb(self, row: Row, found: Row, affine: Affine) -> Row:
        """A row, and x W + b of what was found, in two sums: b is added to the row first."""
        return self.add([self.format.add(pair) for pair in zip(row, affine.bias, strict=True)], found, affine.matrix)

    def normalise(self, row: Row, norm: Norm) -> Row:
        form = self.format
        mean = self.mean(row)
        centred = [form.add((number, -mean)) for number in row]
        scale = self.inverse_root(self.mean([form.multiply(number, number) for number in centred]))
        return [
            form.add((form.multiply(form.multiply(number, scale), gain), bias))
            for number, gain, bias in zip(centred, norm.gain, norm.bias, strict=True)
        ]

    def mean(self, row: Row) -> int:
        return self.format.divide(self.format.add(row), self.width)

    # --- the tables ---

    def inverse_root(self, number: int) -> int:
        """1 / √(x + ε), of a variance."""
        form = self.format
        value = form.value(number) + Fraction(self.network.shape.epsilon)
        units = 1 / (value * form.unit**2)
        return form.cut(isqrt(units.numerator // units.denominator))

    def gelu(self, number: int) -> int:
        """x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, from float64."""
        exact = self.format.value(number)
        if abs(exact) > GELU_IS_RELU:
            return max(0, number)
        value = float(exact)
        return self.format.nearest(value / 2 * (1 + tanh(sqrt(2 / pi) * (value + 0.044715 * value**3))))

    # --- the weights ---

    @cached_property
    def width(self) -> int:
        return self.format.nearest(self.network.shape.width)

    @cached_property
    def scale(self) -> int:
        shape = self.network.shape
        return self.format.nearest(1 / sqrt(shape.width // shape.heads))

    @cached_property
    def tokens(self) -> list[Row]:
        return self.floats(self.network.wte.weight.detach())

    @cached_property
    def positions(self) -> list[Row]:
        return self.floats(self.network.wpe.weight.detach())

    @cached_property
    def head(self) -> Affine | None:
        head = self.network.head
        return None if head is None else self.affine(head.weight.T, head.bias)

    @cached_property
    def last_norm(self) -> Norm:
        return self.norm(self.network.ln_f)

    @cached_property
    def layers(self) -> tuple[LayerInFloats, ...]:
        return tuple(map(self.layer, self.network.layers))

    def layer(self, layer: Layer) -> LayerInFloats:
        attention, mlp = layer.attn, layer.mlp
        parts = zip(
            attention.c_attn.weight.unflatten(1, (3, attention.heads, -1)).permute(2, 1, 0, 3),
            attention.c_attn.bias.unflatten(0, (3, attention.heads, -1)).permute(1, 0, 2),
            strict=True,
        )
        return LayerInFloats(
            self.norm(layer.ln_1),
            tuple(HeadInFloats(*map(self.affine, weights, biases)) for weights, biases in parts),
            self.affine(attention.c_proj.weight, attention.c_proj.bias),
            self.norm(layer.ln_2),
            self.affine(mlp.c_fc.weight, mlp.c_fc.bias),
            self.affine(mlp.c_proj.weight, mlp.c_proj.bias),
        )

    def affine(self, weight: Tensor, bias: Tensor) -> Affine:
        return Affine(self.sparse(weight.detach()), self.floats(bias.detach()[None])[0])

    def norm(self, norm: torch.nn.LayerNorm) -> Norm:
        return Norm(*(self.floats(part.detach()[None])[0] for part in (norm.weight, norm.bias)))


GELU_IS_RELU = 2**10
"""Beyond, GELU of a float64 is the number itself, or 0."""
