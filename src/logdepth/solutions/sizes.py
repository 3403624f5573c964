"""Sizes: what a construction promises of its transformer by a formula, and what the pieces take that they share.

Layers, heads and width are formulas in the task's parameters, for every size. The other sizes of a compiled model are
those that the compiler plans (see `arrows.program_to_transformer.claim`). A law test compiles every task over a grid of
sizes and asserts measured ≤ promised ≤ 1.25 measured.
"""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.gadgets import Radix
from logdepth.gadgets.heads import RANK_BASE
from logdepth.numerics.formats import Format
from logdepth.theory import Claim
from logdepth.theory.logarithm import count_digits


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """layers, heads and width as in `Resources`; `source`: the idea, and where it is proved."""

    layers: int
    heads: int
    width: int
    source: str

    def claim(self, number_format: Format) -> Claim:
        """The same as a claim, exact for every size."""
        return Claim(
            model="transformer",
            direction="upper",
            exactness="exact",
            sizes={
                "layers": self.layers,
                "heads": self.heads,
                "width": self.width,
                "precision_bits": number_format.mantissa_bits,
            },
            source=f"logdepth, {self.source}",
            note=f"Right on every input of this size, if {number_format.name} carries its numbers; compilation refuses"
            " otherwise.",
        )


def one_layer(*, heads: int, width: int, source: str) -> Sizes:
    return Sizes(layers=1, heads=heads, width=width, source=source)


def address_digits(most: int, form: Format) -> int:
    """In how many digits a pull compares addresses up to `most`, so that its scores are exact integers."""
    return fewest_digits(most, form, 3)


def key_digits(most: int, rows: int, form: Format) -> int:
    """In how many digits a select compares keys up to `most`, where of several of `rows` rows one is to win."""
    return fewest_digits(most, form, 4 * (rows + 1))


def fewest_digits(most: int, form: Format, units: int) -> int:
    """The fewest digits whose squares, so many units each, add up to an exact integer; at most one for every bit."""
    for count in range(1, max(1, most.bit_length()) + 1):
        if units * count * (Radix(most, count).base - 1 if count > 1 else most) ** 2 < form.exact:
            return count
    return max(1, most.bit_length())


def thermometers(high: int) -> int:
    """Columns that hold the digits of numbers up to `high` for a rank: 3 for every digit in base 4, but the first."""
    digits = count_digits(high, RANK_BASE)
    return (RANK_BASE - 1) * (digits - 1) + high // RANK_BASE ** (digits - 1)
