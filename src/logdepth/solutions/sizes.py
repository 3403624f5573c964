"""Sizes: what a construction promises of its transformer by a formula, at every size of its task.

Layers and heads are what the proofs are about. Width, blocks, hidden units and parameters depend on what else a row
holds and on the number format: the compiler plans them (see `arrows.program_to_transformer.claim`).
"""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.numerics.formats import Format
from logdepth.theory import Claim


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """layers and heads as in `Resources`; `source`: the idea, and where it is proved."""

    layers: int
    heads: int
    source: str

    def claim(self, number_format: Format) -> Claim:
        """The same as a claim, exact for every size."""
        return Claim(
            model="transformer",
            direction="upper",
            exactness="exact",
            sizes={"layers": self.layers, "heads": self.heads, "precision_bits": number_format.mantissa_bits},
            source=f"logdepth, {self.source}",
            note=f"Right on every input of this size, if {number_format.name} carries its numbers; compilation refuses"
            " otherwise. Width and parameters are planned when it compiles.",
        )
