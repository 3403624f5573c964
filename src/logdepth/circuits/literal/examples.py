"""Literal transformers to try: one that decides majority, and one of arbitrary functions."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from random import Random

from logdepth.circuits.literal.codes import FloatCodes
from logdepth.circuits.literal.transformer import LiteralHead, LiteralLayer, LiteralTransformer

POSITIONS = 64
"""Positions that arbitrary functions tell apart."""


def majority_of_tokens(codes: FloatCodes) -> LiteralTransformer:
    """Every token becomes 1 if more than half of the tokens are 1, else 0: the mean of ± 1 is above 0."""
    one, minus_one, zero = codes.code(unit(codes)), codes.code(-unit(codes)), codes.code(0)
    head = LiteralHead(score=lambda query, key: one, value=lambda state: state)
    layer = LiteralLayer((head,), forward=lambda state, mean: one if codes.number(mean) > 0 else zero)
    return LiteralTransformer(codes, 1, lambda token, position: one if token else minus_one, (layer,))


@dataclass(frozen=True)
class DrawnTable:
    """A function of numbers below these sizes; of larger ones what is left over."""

    sizes: tuple[int, ...]
    values: bytes

    def __call__(self, *arguments: int) -> int:
        place = 0
        for size, argument in zip(self.sizes, arguments, strict=True):
            place = place * size + argument % size
        return self.values[place]


def unit(codes: FloatCodes) -> int:
    """The number 1, in units."""
    return codes.format.nearest(1)


def arbitrary_functions(codes: FloatCodes, seed: int, layers: int = 1, heads: int = 1) -> LiteralTransformer:
    """Every function is a table drawn at random, for floats of at most 8 bits."""
    rng = Random(seed)
    most = 2**codes.bits

    def function(*sizes: int) -> DrawnTable:
        return DrawnTable(sizes, bytes(rng.randrange(most) for _ in range(prod(sizes))))

    made = tuple(
        LiteralLayer(
            tuple(LiteralHead(function(most, most), function(most)) for _ in range(heads)),
            function(*[most] * (heads + 1)),
        )
        for _ in range(layers)
    )
    return LiteralTransformer(codes, 1, function(2, POSITIONS), made)
