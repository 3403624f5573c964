"""A network as what it answers: the class of its largest logit, at every token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from logdepth.networks.on_tokens import OnTokens


@dataclass(frozen=True, eq=False)
class Classifier:
    """From ids to classes."""

    network: OnTokens

    @property
    def name(self) -> str:
        return self.network.name

    def run(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The column `token`, ids (N,) from 0, to `class`, (N,): of the largest logits the first."""
        return {"class": self.network.run(columns)["logits"].argmax(axis=-1).astype(np.int64)}
