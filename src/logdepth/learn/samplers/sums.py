"""2-SUM and 3-SUM."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from logdepth.learn.samplers.sampler import NOT_ASKED, Batch, Sampler
from logdepth.tasks import parameter


@dataclass(frozen=True)
class Sums(Sampler):
    """Numbers modulo M, given twice: a causal network then sees all of them before its first answer.

    At the second time, the answer for x_i is whether numbers of the list, possibly itself and possibly one several
    times, make it up to a multiple of M. By default M is such that about half of the answers are yes.
    """

    n: int = parameter(32, low=1, high=2**13, help="numbers of a sequence; it has 2 n tokens")
    modulus: int = parameter(0, low=0, high=2**20, help="the modulus M; 0: such that about half of the answers are yes")

    @property
    @abstractmethod
    def even(self) -> int:
        """The modulus with which about half of the answers are yes."""

    @property
    def m(self) -> int:
        """The modulus."""
        return self.modulus or self.even

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*map(str, range(self.m)), "no", "yes")

    @property
    def length(self) -> int:
        return 2 * self.n

    @property
    def groups(self) -> range:
        return range(self.n, self.n + 1)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        numbers = torch.randint(self.m, (len(groups), self.n), generator=generator, device=generator.device)
        targets = pad(self.make_up(numbers).long() + self.m, (self.n, 0), value=NOT_ASKED)
        return Batch(numbers.repeat(1, 2), targets, targets != NOT_ASKED, groups)

    @abstractmethod
    def make_up(self, numbers: Tensor) -> Tensor:
        """Whether each number and others add up to a multiple of M, bool (B, n)."""

    def reach(self, numbers: Tensor, sums: Tensor) -> Tensor:
        """Whether -x is among the sums (B, any), for x of numbers (B, n)."""
        present = torch.zeros((len(numbers), self.m), dtype=torch.bool, device=numbers.device)
        return present.scatter_(1, sums, True).gather(1, -numbers % self.m)


@dataclass(frozen=True)
class TwoSum(Sums):
    """Whether x_i + x_j = 0 modulo M for some j. Source: arXiv 2306.02896, Match2."""

    name: ClassVar[str] = "2-sum"
    summary: ClassVar[str] = "whether some number makes this one up to a multiple of the modulus"

    @property
    def even(self) -> int:
        return max(2, round(1.44 * self.n))  # (1 - 1/M)^n = 1/2 at M = n / ln 2

    def make_up(self, numbers: Tensor) -> Tensor:
        return self.reach(numbers, numbers)


@dataclass(frozen=True)
class ThreeSum(Sums):
    """Whether x_i + x_j + x_l = 0 modulo M for some j and l. Source: arXiv 2306.02896, Match3."""

    name: ClassVar[str] = "3-sum"
    summary: ClassVar[str] = "whether some two numbers make this one up to a multiple of the modulus"

    @property
    def even(self) -> int:
        return max(2, round(1.44 * self.n * (self.n + 1) / 2))  # n (n + 1) / 2 pairs

    def make_up(self, numbers: Tensor) -> Tensor:
        pairs = (numbers[:, :, None] + numbers[:, None, :]) % self.m
        return self.reach(numbers, pairs.flatten(1))
