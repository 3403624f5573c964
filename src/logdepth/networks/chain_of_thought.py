"""Chain of thought: a network that writes tokens of its own after its input, and then answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from logdepth.networks.gpt2 import Gpt2
from logdepth.networks.shape import Gpt2Shape
from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True, eq=False)
class ChainOfThought:
    """A GPT-2 that appends the id of its highest logit at the last token, `thoughts` times, and then answers likewise.

    Errors: UsageError for fewer thoughts than 0, or more than the network has positions for.
    """

    network: Gpt2
    thoughts: int

    def __post_init__(self) -> None:
        check_count("thoughts", self.thoughts, 0)
        if self.thoughts >= self.network.shape.positions:
            raise UsageError(
                f"{self.thoughts} thoughts leave no room for an input on {self.network.shape.positions} positions."
                " Take fewer."
            )

    @property
    def shape(self) -> Gpt2Shape:
        return self.network.shape

    @property
    def name(self) -> str:
        return f"{self.network.name}, {self.thoughts} thoughts"

    def run(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The column `token`, ids (N,) from 0, to `thought`, the ids that it writes, (thoughts,), and `logits` at the
        last of them, or of the input if there is none, (1, classes)."""
        ids = torch.as_tensor(columns["token"])
        given = len(ids)
        self.network.eval()
        with torch.no_grad():
            for _ in range(self.thoughts):
                ids = torch.cat([ids, self.next_id(self.network(ids[None])[0, -1])[None]])
            logits = self.network(ids[None])[0, -1:]
        return {"thought": ids[given:].numpy(), "logits": logits.numpy()}

    def next_id(self, logits: torch.Tensor) -> torch.Tensor:
        """The id of the highest logit (classes,), of those that are ids."""
        return logits[: self.network.shape.vocabulary].argmax()
