"""The batches of a run: fresh sequences at every step, or a training set that is gone through again and again.

A batch is a function of the seed and the number of its step. Where sequences end at different places, a batch holds
sequences of like length, so that few tokens are spent on what comes after them.
"""

from __future__ import annotations

import torch
from torch import Tensor

from logdepth.learn.plans.recipes import Plan
from logdepth.learn.samplers import NOT_ASKED, Batch, generator_of
from logdepth.learn.samplers.sampler import mix

POOLED = 8  # batches of fresh sequences that are sorted by length together
TRAINING_SET = 2**32 - 2
"""The step whose generator draws the training set: no training step has that number."""


class Batches:
    """The batches of a plan on a device."""

    def __init__(self, plan: Plan, device: torch.device) -> None:
        self.sampler, self.size, self.samples = plan.sampler, plan.recipe.batch, plan.recipe.samples
        self.seed, self.device = mix(plan.recipe.seed), device
        self.pool: Batch | None = None
        self.pooled = -1  # the number of the pool

    def batch(self, step: int) -> Batch:
        """Of a training step from 0."""
        if self.samples:
            return self.part(step, self.samples, TRAINING_SET)
        if self.sampler.lengths_differ:
            return self.part(step, POOLED * self.size, step // POOLED)
        return self.sampler.batch(self.size, self.seed, step, self.device)

    def part(self, step: int, many: int, number: int) -> Batch:
        """One of the batches that a pool of so many sequences falls into; `number` says which pool.

        A training set is gone through in rounds. In every round batches are cut at other places and come in another
        order; if the last sequences make no whole batch, the first ones fill it up.
        """
        if self.pool is None or self.pooled != number:
            drawn = self.sampler.batch(many, self.seed, number, self.device)
            self.pool, self.pooled = drawn.take(length_of(drawn).argsort(stable=True)), number
        parts = -(-many // self.size)
        generator = generator_of(self.seed ^ 1, step // parts)
        first = int(torch.randint(many, (1,), generator=generator)) if self.samples else 0
        chosen = int(torch.randperm(parts, generator=generator)[step % parts])
        rows = (first + chosen * self.size + torch.arange(self.size)) % many
        return self.pool.take(rows.to(self.device)).trim()


def length_of(batch: Batch) -> Tensor:
    """Tokens of every sequence up to the last one that anything is asked of, (B,)."""
    place = torch.arange(1, batch.targets.shape[1] + 1, device=batch.targets.device)
    return torch.where(batch.targets != NOT_ASKED, place, 0).amax(1)
