"""What the networks on tokens share: ids (B, N) to logits (B, N, classes), their size, and how they run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from logdepth.networks.shape import Gpt2Shape


@dataclass(frozen=True)
class NetworkSize:
    """What a network takes to answer, in numbers.

    parameters: those it learns. state_words: those it keeps of the tokens so far for the tokens that follow.
    words_on_edge: those that a graph network sends over an edge, in both directions together; other networks send none.
    """

    parameters: int
    state_words: int
    words_on_edge: int


class OnTokens(nn.Module, ABC):
    """A network from ids to logits."""

    shape: Gpt2Shape

    @property
    def name(self) -> str:
        """In a few words, as "lstm, depth 3, width 16"."""
        kind = getattr(self, "kind", type(self).__name__.lower())
        return f"{kind}, depth {self.shape.depth}, width {self.shape.width}"

    def size(self, tokens: int) -> NetworkSize:
        """Its size when it reads so many tokens."""
        parameters = sum(parameter.numel() for parameter in self.parameters())
        return NetworkSize(parameters, self.state_words(tokens), self.words_on_edge())

    @abstractmethod
    def state_words(self, tokens: int) -> int:
        """Words that it has to keep of the first `tokens` tokens for those that follow."""

    def words_on_edge(self) -> int:
        """Numbers that cross an edge of a graph in one pass, in both directions together."""
        return 0

    def run(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """As a computation: the column `token`, ids (N,) from 0, to `logits`, (N, classes), in evaluation mode."""
        self.eval()
        with torch.no_grad():
            logits = self(torch.as_tensor(columns["token"])[None])
        return {"logits": logits[0].numpy()}
