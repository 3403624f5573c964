"""Attention on large inputs: every head looks up the rows that it reads, and where that is not sure scores all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np
import torch
from torch import Tensor

from logdepth.arithmetic import product
from logdepth.transformer.blocks import EXACT, SCORES_AT_ONCE, Attention, Block, Mlp, bring, compute, project
from logdepth.transformer.lookup.codes import Measures
from logdepth.transformer.lookup.head import Start, look_up
from logdepth.transformer.lookup.measures import common_measure, sums_are_exact
from logdepth.transformer.lookup.pairs import Pairs, ScoredHead, keys_seen

UNITS_AT_ONCE = 2**18
"""ReLU units of all tokens at a time: a megabyte or two, which stay in the cache."""

MANTISSA_BITS = {torch.float32: 24, torch.float64: 53}


def gap_of(dtype: torch.dtype) -> int:
    """A score that loses by this much has weight exactly 0: its exponential is below half the least float above 0."""
    return ceil(log(2) - log(float(np.finfo(str(dtype).removeprefix("torch.")).smallest_subnormal)))


@dataclass(frozen=True, eq=False)
class HeadOnTokens:
    """One head on one table of T tokens, the start token first: queries and keys (T, dimensions), values (T, size)."""

    label: str
    query: Tensor
    key: Tensor
    value: Tensor
    measures: Measures
    causal: bool

    @property
    def tokens(self) -> int:
        return len(self.query)

    def mix(self, step: int) -> tuple[Tensor, Pairs]:
        """What every token reads, (T, size). step: the one that the head runs at."""
        looked_up, sure, scores = self.look_up()
        unsure, seen = np.flatnonzero(~sure), keys_seen(self.tokens, self.causal)
        mixed = torch.as_tensor(looked_up).to(self.value.dtype)
        mixed[unsure] = self.score_all(unsure)
        rows = int(np.count_nonzero(unsure))  # the start token is always scored
        scored = (ScoredHead(step, self.label, rows),) if rows else ()
        return mixed, Pairs(scores + int(seen[unsure].sum()), int(seen.sum()), scored)

    def look_up(self) -> tuple[np.ndarray, np.ndarray, int]:
        """What tokens read, (T, size), which of them is sure, (T,), and how many scores that took."""
        query, key, values = (part.double().numpy() for part in (self.query, self.key, self.value))
        mixed, sure = np.zeros_like(values), np.zeros(self.tokens, dtype=bool)
        if not (sums_are_exact(query, key, MANTISSA_BITS[self.query.dtype]) and np.isfinite(values).all()):
            return mixed, sure, 0
        start = Start(query[1:] @ key[0], values[0])
        gap = gap_of(self.query.dtype)
        found = look_up(query[1:], key[1:], values[1:], self.measures, start, self.causal, gap)
        mixed[1:], sure[1:] = found.mixed, found.sure
        return mixed, sure, found.scores

    def score_all(self, tokens: np.ndarray) -> Tensor:
        """What these tokens read, by all their scores, a block at a time."""
        mixed = torch.empty(len(tokens), self.value.shape[1], dtype=self.value.dtype)
        at_once = max(1, SCORES_AT_ONCE // self.tokens)
        for first in range(0, len(tokens), at_once):
            block = tokens[first : first + at_once]
            scores = product(self.query[block], self.key.T)
            if self.causal:
                scores.masked_fill_(torch.as_tensor(np.arange(self.tokens) > block[:, None]), -torch.inf)
            mixed[first : first + at_once] = product(torch.softmax(scores, dim=-1), self.value)
        return mixed


def heads_on_tokens(x: Tensor, attention: Attention, causal: bool) -> list[HeadOnTokens]:
    """x: (1, T, width)"""
    query, key, value = (project(x, w, EXACT)[0] for w in (attention.query, attention.key, attention.value))
    return [
        HeadOnTokens(label, query[h], key[h], value[h], measures_of(attention.query[h], attention.key[h]), causal)
        for h, label in enumerate(attention.labels)
    ]


def measures_of(query: Tensor, key: Tensor) -> Measures:
    """By the weights of a head, (width, dimensions) each."""
    return Measures(
        *(np.array([common_measure(column) for column in part.double().numpy().T]) for part in (query, key))
    )


def attend_by_lookup(x: Tensor, attention: Attention, causal: bool, step: int) -> tuple[Tensor, Pairs]:
    """What the heads add to the residual stream, (1, T, width)."""
    with np.errstate(all="ignore"):  # underflow is meant, and NumPy may be set to raise
        mixed, pairs = zip(*(head.mix(step) for head in heads_on_tokens(x, attention, causal)), strict=True)
    return bring(torch.stack(mixed)[None], attention.output, EXACT), sum(pairs, Pairs())


def run_by_lookup(x: Tensor, steps: Sequence[Block], causal: bool, first: int = 0) -> tuple[Tensor, Pairs]:
    """The residual stream of one table after these steps, (1, T, width), from that before them. first: the number of
    the first of them."""
    pairs = Pairs()
    for number, block in enumerate(steps, start=first):
        if block.attention is not None:
            read, scored = attend_by_lookup(x, block.attention, causal, number)
            x, pairs = x + read, pairs + scored
        if block.mlp is not None:
            x = x + compute_in_parts(x, block.mlp)
    return x, pairs


def compute_in_parts(x: Tensor, mlp: Mlp) -> Tensor:
    """What the ReLU layer adds, (1, T, width), some tokens at a time: it may have as many units as there are tokens."""
    at_once = max(1, UNITS_AT_ONCE // mlp.into.shape[1])
    return torch.cat([compute(part, mlp, EXACT) for part in x.split(at_once, dim=1)], dim=1)
