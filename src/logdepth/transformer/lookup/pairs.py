"""How many pairs of a query and a key an evaluation scored, and which heads were scored in full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from logdepth.transformer.blocks import Block


@dataclass(frozen=True)
class ScoredHead:
    """A head some of whose queries were scored with all keys: the step that it runs at, and how many queries."""

    step: int
    label: str
    queries: int


@dataclass(frozen=True)
class Pairs:
    """touched: pairs of a query and a key that were scored, of all heads together. all: those that softmax scores.

    scored: heads that were to look their rows up, and for some queries could not.
    """

    touched: int = 0
    all: int = 0
    scored: tuple[ScoredHead, ...] = ()

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(self.touched + other.touched, self.all + other.all, self.scored + other.scored)

    def __str__(self) -> str:
        return f"{self.touched:,} of {self.all:,} pairs of a query and a key were scored"

    @property
    def looked_up(self) -> bool:
        """Whether some pairs were not scored."""
        return self.touched < self.all

    def as_json(self) -> dict[str, int]:
        return {"touched": self.touched, "all": self.all}


def keys_seen(tokens: int, causal: bool) -> np.ndarray:
    """How many keys every query sees, (tokens,)."""
    return np.arange(1, tokens + 1) if causal else np.full(tokens, tokens)


def pairs_of_softmax(steps: Iterable[Block], causal: bool, tokens: Iterable[int]) -> Pairs:
    """Of tables of so many tokens each: all pairs are scored."""
    heads = sum(block.attention.heads for block in steps if block.attention is not None)
    each = sum(int(keys_seen(number, causal).sum()) for number in tokens)
    return Pairs(heads * each, heads * each)
