"""The value `Model`: everything that a model folder holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.tasks import Task
from logdepth.transformer import Resources, Transformer, resources


@dataclass(frozen=True, eq=False)
class Model:
    """A transformer for a task.

    `claimed` are the sizes promised for these parameters; `verified` is what was checked so far ({"instances", "wrong",
    "exhaustive_up_to", …}), or None.
    """

    task: Task[Any]
    transformer: Transformer
    dtype: str
    claimed: Mapping[str, int]
    verified: Mapping[str, Any] | None = None

    @property
    def measured(self) -> Resources:
        return resources(self.transformer)

    def answer(self, instance: Any) -> np.ndarray:
        """The model's answer to one instance, comparable with `task.solve(instance)`."""
        return self.task.decode(self.transformer.run(self.task.encode(instance)), instance)
