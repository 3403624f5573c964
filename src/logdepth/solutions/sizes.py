"""Sizes: what a construction promises of its transformer, and what the pieces cost that constructions share.

A law test compiles every task over a grid of sizes and asserts measured ≤ promised.
"""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.numerics.formats import Format
from logdepth.theory.claim import Claim


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """layers, heads, width, blocks and hidden as in `Resources`.

    `embedded`: rows of all embedding tables together. `repeats`: layers and blocks that are stored weights run again.
    `source`: the idea, and where it is proved.
    """

    layers: int
    heads: int
    width: int
    blocks: int
    hidden: int
    embedded: int
    source: str
    repeats: tuple[int, int] = (0, 0)

    @property
    def parameters(self) -> int:
        """All weights if no head is wider in keys than the residual stream and none reads more than 4 values."""
        again_layers, again_blocks = self.repeats
        attention = (self.layers - again_layers) * self.heads * self.width * (2 * self.width + 2 * 4)
        relu = (self.blocks - again_blocks) * 2 * self.width * self.hidden
        return (self.embedded + 1) * self.width + attention + relu

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
                "blocks": self.blocks,
                "hidden": self.hidden,
                "parameters": self.parameters,
                "precision_bits": number_format.mantissa_bits,
            },
            source=f"logdepth, {self.source}",
            note=f"Right on every input of this size, if {number_format.name} carries its numbers; compilation refuses"
            " otherwise.",
        )


def repeats(tied: bool, rounds: int, layers: int, blocks: int) -> tuple[int, int]:
    """Layers and blocks of the rounds after the first, if they are tied to it."""
    again = max(0, rounds - 1) if tied else 0
    return again * layers, again * blocks


def one_layer(*, heads: int, width: int, embedded: int, source: str, hidden: int = 0) -> Sizes:
    return Sizes(layers=1, heads=heads, width=width, blocks=1, hidden=hidden, embedded=embedded, source=source)


def one_digit(most: int, form: Format) -> bool:
    """Whether an address up to `most` is compared as one number: 3 most² is an exact integer of the format."""
    return 3 * most * most < form.exact


def pointer_width(most: int, form: Format) -> int:
    """Residual columns for an address as two digits, on both sides of a comparison, beyond those of one digit."""
    return 0 if one_digit(most, form) else 4


def pointer_neurons(most: int, form: Format) -> int:
    """ReLU units that take such an address into its digits."""
    return 0 if one_digit(most, form) else 4 * int(most**0.5) + 8
