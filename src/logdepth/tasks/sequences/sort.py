"""Sorting."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences.integers import IntegerTask
from logdepth.theory import Claims, constant_rounds


@dataclass(frozen=True)
class Sort(IntegerTask):
    """Answer i is the i-th smallest key."""

    name: ClassVar[str] = "sort"
    summary: ClassVar[str] = "the keys in ascending order"
    defined_by: ClassVar[str] = "sorted(key)"
    small: ClassVar[Size] = {"n": 12, "high": 30}
    corner_sizes: ClassVar[tuple[Size, ...]] = ({"n": 7, "high": 1}, {"n": 12, "high": 3}, {"n": 6, "high": 20})
    families: ClassVar[tuple[str, ...]] = (
        "random",
        "equal",
        "few-values",
        "sorted",
        "reversed",
        "neighbours",
        "extremes",
    )
    shipped: ClassVar[tuple[str, ...]] = ("nile.txt",)
    column: ClassVar[str] = "key"

    n: int = parameter(1000, low=1, high=2**20, help="most keys the model takes")
    high: int = parameter(65535, low=1, high=2**31, help="highest key")

    @property
    def highest(self) -> int:
        return self.high

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": self.high}

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        keys = rng.integers(0, self.high + 1, size)
        if family == "equal":
            return np.full(size, keys[0])
        if family == "few-values":
            return rng.choice(keys[:3], size)
        if family == "sorted":
            return np.sort(keys)
        if family == "reversed":
            return np.sort(keys)[::-1].copy()
        if family == "neighbours":  # keys that differ by 1 and by carries
            return np.minimum(keys[0] + rng.permutation(size), self.high)
        if family == "extremes":
            return rng.choice([0, self.high], size)
        return keys

    def solve(self, instance: np.ndarray) -> np.ndarray:
        return np.array(sorted(instance.tolist()), dtype=np.int64)

    @property
    def theory(self) -> Claims:
        return (
            constant_rounds.transformer_in_constant_depth(),
            constant_rounds.at_least_one_layer(self.n),
            constant_rounds.mpc_in_constant_rounds(),
        )
