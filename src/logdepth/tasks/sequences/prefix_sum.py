"""Prefix sums."""

from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

import numpy as np

from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences.integers import IntegerTask
from logdepth.theory import Claims, constant_rounds


@dataclass(frozen=True)
class PrefixSum(IntegerTask):
    """Answer i is x_1 + … + x_i."""

    name: ClassVar[str] = "prefix-sum"
    summary: ClassVar[str] = "at every number, the sum of the numbers up to it"
    defined_by: ClassVar[str] = "accumulate(value)"
    small: ClassVar[Size] = {"n": 20, "high": 9}
    corner_sizes: ClassVar[tuple[Size, ...]] = ({"n": 12, "high": 100},)
    families: ClassVar[tuple[str, ...]] = ("random", "zeros", "highest", "single", "first-half")
    shipped: ClassVar[tuple[str, ...]] = ("nile.txt",)
    column: ClassVar[str] = "value"

    n: int = parameter(2000, low=1, high=2**20, help="most numbers the model takes")
    high: int = parameter(1, low=1, high=2**31, help="highest number")

    @property
    def highest(self) -> int:
        return self.high

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": self.n * self.high}

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        if family == "random":
            return rng.integers(0, self.high + 1, size)
        values = np.full(size, self.high if family == "highest" else 0)
        if family == "single":
            values[rng.integers(size)] = rng.integers(1, self.high + 1)
        if family == "first-half":
            values[: (size + 1) // 2] = self.high
        return values

    def solve(self, instance: np.ndarray) -> np.ndarray:
        return np.array(list(accumulate(instance.tolist())), dtype=np.int64)

    @property
    def theory(self) -> Claims:
        mean = "Causal. Row i attends evenly to rows 1 to i; the mean, times i, is the sum."
        return (
            constant_rounds.one_layer(heads=1, note=mean),
            constant_rounds.prefix_sum_precision(self.n, self.high),
            constant_rounds.at_least_one_layer(self.n),
            constant_rounds.one_number_of_state(self.n * self.high, note="The state is the sum so far."),
            constant_rounds.mpc_in_constant_rounds(),
        )
