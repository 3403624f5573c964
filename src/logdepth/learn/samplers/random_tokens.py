"""Random tokens, for a network whose configuration names no task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from logdepth.learn.samplers.sampler import NOT_ASKED, Batch, Sampler
from logdepth.tasks import parameter


@dataclass(frozen=True)
class RandomTokens(Sampler):
    """Any token ids, of which nothing is asked. It is not registered: there is nothing to learn from them."""

    name: ClassVar[str] = "an unknown task"
    summary: ClassVar[str] = "any tokens, of which nothing is asked"

    n: int = parameter(64, low=1, high=2**20, help="tokens of a sequence")
    ids: int = parameter(4, low=1, high=2**24, help="token ids")

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(map(str, range(self.ids)))

    @property
    def length(self) -> int:
        return self.n

    @property
    def groups(self) -> range:
        return range(self.n, self.n + 1)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        inputs = torch.randint(self.ids, (len(groups), self.n), generator=generator, device=generator.device)
        targets = torch.full_like(inputs, NOT_ASKED)
        return Batch(inputs, targets, targets != NOT_ASKED, groups)
