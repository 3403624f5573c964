"""How the number of a row enters the residual stream: as a line of a table, or by formulas that hold for every number.

A table has a line for every row, so it grows with the rows. Formulas are functions of the row number i that are written
down once, such as 1, i and i (i - 1) / 2: nothing is looked up, and the weights are the same for every length.
Source: one set of weights for all lengths is the model of arXiv 2503.03961; there too, positions are computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, order=True, kw_only=True)
class Formula:
    """A function of the row number i = 1, 2, …: the binomial C(x, power) of x = max(⌊(i - shift) / place⌋ - above, 0).

    power: 0, 1 or 2, so 1, x or x (x - 1) / 2. base: the digit ⌊…⌋ mod base takes the place of ⌊…⌋; 0: it does not.
    Where i is less than shift, the quotient is 0.
    """

    power: int = 1
    above: int = 0
    place: int = 1
    base: int = 0
    shift: int = 0

    def __str__(self) -> str:
        x = f"⌊{self._shifted()} / {self.place}⌋" if self.place > 1 else self._shifted()
        x = f"{x} mod {self.base}" if self.base else x
        x = f"max({x} - {self.above}, 0)" if self.above else x
        return {0: "1", 1: x, 2: f"C({x}, 2)"}[self.power]

    def _shifted(self) -> str:
        return f"max(i - {self.shift}, 0)" if self.shift else "i"

    def of(self, rows: np.ndarray) -> np.ndarray:
        """The values at these row numbers, int64."""
        x = np.maximum(rows - self.shift, 0) // self.place
        x = np.maximum((x % self.base if self.base else x) - self.above, 0)
        return [np.ones_like(x), x, x * (x - 1) // 2][self.power]


@dataclass(frozen=True)
class Formulas:
    """Up to how many rows a model with positions by formulas is right, and the formulas."""

    rows: int
    formulas: tuple[Formula, ...]

    def values(self, rows: int) -> Tensor:
        """Of every formula at rows 1..rows, (rows, formulas) float64: these integers are exact."""
        numbers = np.arange(1, rows + 1)
        values = [formula.of(numbers) for formula in self.formulas]
        return (
            torch.from_numpy(np.stack(values, axis=1).astype(np.float64)) if values else torch.zeros(rows, 0).double()
        )


def position_lines(positions: Tensor, formulas: Formulas | None, tokens: int) -> Tensor:
    """What the positions of so many tokens add to the residual stream, (tokens, width).

    positions: a line for every token, the start token's first; or, with formulas, that of the start token and then what
    each formula is multiplied by. The sum is taken in float64, in which it is exact.
    """
    if formulas is None:
        return positions[:tokens]
    values = formulas.values(tokens - 1).to(positions.device)
    return torch.cat([positions[:1], (values @ positions[1:].double()).to(positions.dtype)])
