"""A machine that solves recall with a table of one bit for every key: the honest one, which no refuter refutes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class TableMachine:
    """It keeps the last key, and the value of every key in cell key mod `cells`. With fewer cells than keys it forgets.

    Token ids: the keys 0..keys - 1, then the two values.
    """

    keys: int
    cells: int

    def start(self, batch: int) -> tuple[Tensor, Tensor]:
        return torch.zeros(batch, dtype=torch.uint8), torch.zeros(batch, self.cells, dtype=torch.bool)

    def step(self, state: tuple[Tensor, Tensor], tokens: Tensor) -> tuple[Tensor, Tensor]:
        key, table = state
        is_key = tokens < self.keys
        here = torch.arange(self.cells) == (key.long() % self.cells)[:, None]
        written = torch.where(here, (tokens > self.keys)[:, None], table)
        return torch.where(is_key, tokens, key).to(torch.uint8), torch.where(is_key[:, None], table, written)

    def logits(self, state: tuple[Tensor, Tensor]) -> Tensor:
        key, table = state
        value = table.gather(1, key.long()[:, None] % self.cells)[:, 0]
        return torch.nn.functional.one_hot(self.keys + value.long(), self.keys + 3).float()
