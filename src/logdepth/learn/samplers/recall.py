"""Associative recall with several queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from logdepth.learn.samplers.sampler import NOT_ASKED, Batch, Sampler, choice_without_replacement
from logdepth.numerics.errors import UsageError
from logdepth.tasks import parameter


@dataclass(frozen=True)
class Recall(Sampler):
    """Pairs of a key and a value, then keys: at each of these the answer is its value. Keys of a sequence differ.

    A query may come twice. Source: the MQAR of arXiv 2312.04927, with all queries at the end.
    """

    name: ClassVar[str] = "recall"
    summary: ClassVar[str] = "pairs of key and value, then several keys whose values are asked"

    pairs: int = parameter(16, low=1, high=2**15, help="pairs of a sequence")
    queries: int = parameter(16, low=1, high=2**15, help="keys that are asked")
    keys: int = parameter(64, low=1, high=2**15, help="different keys")
    values: int = parameter(64, low=1, high=2**15, help="different values")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pairs > self.keys:
            raise UsageError(f"{self.name}: pairs must be at most keys {self.keys}, for keys differ; got {self.pairs}.")

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*(f"k{i}" for i in range(self.keys)), *(f"v{i}" for i in range(self.values)))

    @property
    def length(self) -> int:
        return 2 * self.pairs + self.queries

    @property
    def groups(self) -> range:
        return range(self.pairs, self.pairs + 1)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        rows, device = len(groups), generator.device
        keys = choice_without_replacement(rows, self.keys, self.pairs, generator)
        values = torch.randint(self.values, (rows, self.pairs), generator=generator, device=device) + self.keys
        asked = torch.randint(self.pairs, (rows, self.queries), generator=generator, device=device)
        given = torch.stack([keys, values], dim=2).flatten(1)
        targets = pad(values.gather(1, asked), (2 * self.pairs, 0), value=NOT_ASKED)
        return Batch(torch.cat([given, keys.gather(1, asked)], dim=1), targets, targets != NOT_ASKED, groups)
