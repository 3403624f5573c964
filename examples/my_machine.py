"""A machine that reads in one pass and is too small: it keeps 15 bits, and the task `recall` asks for any of 16.

    logdepth refute examples/my_machine.py --task recall --pairs 16 --keys 16

The keys are the token ids 0 to 15, the two values 16 and 17. Key and key + 15 share a cell, so key 16 overwrites key 1.
"""

import torch
from torch import Tensor
from torch.nn import Module
from torch.nn.functional import one_hot

KEYS, CELLS = 16, 15


class Cells(Module):
    """The key that came last, and a bit for each cell."""

    def start(self, batch: int) -> tuple[Tensor, Tensor]:
        return torch.zeros(batch, dtype=torch.uint8), torch.zeros(batch, CELLS, dtype=torch.bool)

    def step(self, state: tuple[Tensor, Tensor], tokens: Tensor) -> tuple[Tensor, Tensor]:
        key, cells = state
        is_key = tokens < KEYS
        here = torch.arange(CELLS) == (key % CELLS)[:, None]
        written = torch.where(here & ~is_key[:, None], (tokens > KEYS)[:, None], cells)
        return torch.where(is_key, tokens, key).to(torch.uint8), written

    def logits(self, state: tuple[Tensor, Tensor]) -> Tensor:
        key, cells = state
        value = cells.gather(1, (key % CELLS).long()[:, None])[:, 0]
        return one_hot(KEYS + value.long(), KEYS + 2).float()


machine = Cells()
