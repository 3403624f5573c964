"""Sampler: a task as batches of tokens, drawn on any device."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from logdepth.networks import EdgeTokens
from logdepth.numerics.errors import UsageError
from logdepth.tasks import Parametrised

NOT_ASKED = -100
"""The target of a position that nothing is asked of: what `torch.nn.functional.cross_entropy` ignores."""

Rule = Callable[[Tensor], Tensor]

EVALUATION = 0x9E3779B9  # any number far from the seeds that people choose


@dataclass(frozen=True)
class Batch:
    """B sequences of T tokens. All tensors are int64 but `answered`, which is bool.

    inputs (B, T); targets (B, T), NOT_ASKED where the loss has no term; answered (B, T), the positions whose error
    counts; group (B,), by which errors are reported: k for k-hop.
    """

    inputs: Tensor
    targets: Tensor
    answered: Tensor
    group: Tensor

    def trim(self) -> Batch:
        """The same without the tokens after the last one that anything is asked of: no causal network sees them."""
        asked = (self.targets != NOT_ASKED).any(0).nonzero()
        end = int(asked[-1]) + 1 if len(asked) else 0
        return Batch(self.inputs[:, :end], self.targets[:, :end], self.answered[:, :end], self.group)

    def take(self, rows: Tensor) -> Batch:
        """The sequences of these numbers."""
        return Batch(self.inputs[rows], self.targets[rows], self.answered[rows], self.group[rows])


@dataclass(frozen=True)
class Sampler(Parametrised, ABC):
    """A distribution of token sequences with their answers; every operation acts on a whole batch.

    Its fields are its parameters. Randomness comes from a generator, and the batch of one training step from a seed and
    the number of that step alone, so that a run goes on where it stopped without any state.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    group_name: ClassVar[str] = "size"
    """What `group` counts, in a word or letter."""
    lengths_differ: ClassVar[bool] = False
    """Whether questions end at different places, so that batches of like length are shorter."""

    @property
    @abstractmethod
    def tokens(self) -> tuple[str, ...]:
        """The name of every token id."""

    @property
    def vocabulary(self) -> int:
        """How many token ids there are."""
        return len(self.tokens)

    @property
    def classes(self) -> int:
        """Targets are token ids below this."""
        return self.vocabulary

    @property
    def place_tokens(self) -> Mapping[int, int]:
        """Token ids that name a position -> that position; none if no token names one."""
        return {}

    @property
    def layout(self) -> EdgeTokens | None:
        """How a sequence spells a graph; None if it spells none."""
        return None

    @property
    def rules(self) -> Mapping[str, Rule]:
        """What can be answered without learning, by name: inputs (B, T) to token ids (B, T)."""
        return {}

    @property
    def harder(self) -> Mapping[str, Sampler]:
        """The same question on other distributions, by name, where near-sighted rules fail."""
        return {}

    @property
    @abstractmethod
    def length(self) -> int:
        """Tokens of a sequence."""

    @property
    @abstractmethod
    def groups(self) -> range:
        """All groups; a random batch takes one for every sequence, uniformly."""

    @property
    def thoughts(self) -> range:
        """Places of the chain of thought: an evaluated network writes these tokens itself, one after another."""
        return range(0)

    def draw(self, size: int, generator: torch.Generator, group: int | None = None) -> Batch:
        """`size` random sequences, on the device of the generator.

        group: the one group of all sequences; None draws one for each, uniformly.
        Errors: UsageError for a group that is not there.
        """
        first, end = self.groups.start, self.groups.stop
        if group is None:
            groups = torch.randint(first, end, (size,), generator=generator, device=generator.device)
            return self.sequences(groups, generator)
        if group not in self.groups:
            raise UsageError(f"{self.name} has {self.group_name} from {first} to {end - 1}; got {group}.")
        return self.sequences(torch.full((size,), group, device=generator.device), generator)

    @abstractmethod
    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        """One random sequence for each of these groups (B,)."""

    def batch(self, size: int, seed: int, step: int, device: str | torch.device = "cpu") -> Batch:
        """The batch of a training step: a function of these arguments and the kind of device."""
        return self.draw(size, generator_of(seed, step, device))


def generator_of(seed: int, step: int, device: str | torch.device = "cpu") -> torch.Generator:
    """The generator of one training step; of one seed, no two steps below 2^32 have the same.

    Of the number that seeds it, torch's generator for the CPU reads 32 bits; the mixing is invertible on those.
    """
    return torch.Generator(device).manual_seed(mix(mix(seed) + step))


def unseen(seed: int) -> int:
    """The seed of sequences that measure what training with this seed has learned: no training step draws them.

    (But for a training run whose seed is larger by EVALUATION.)
    """
    return mix(seed + EVALUATION)


def mix(word: int) -> int:
    """A bijection of 32-bit words that looks random: the finaliser of MurmurHash3 (Appleby)."""
    word &= 0xFFFFFFFF
    word = (word ^ word >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    word = (word ^ word >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return word ^ word >> 16


def choice_without_replacement(rows: int, most: int, count: int, generator: torch.Generator) -> Tensor:
    """For each of `rows`, `count` different numbers of 0..most-1 in random order, (rows, count)."""
    noise = torch.rand((rows, most), generator=generator, device=generator.device)
    return noise.argsort(dim=1)[:, :count]
