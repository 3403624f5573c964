"""Broadcast."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences.integers import IntegerTask
from logdepth.theory import Claims, constant_rounds


@dataclass(frozen=True)
class Broadcast(IntegerTask):
    """Every row outputs the first row's value."""

    name: ClassVar[str] = "broadcast"
    summary: ClassVar[str] = "the first number, at every row"
    defined_by: ClassVar[str] = "value[0]"
    small: ClassVar[Size] = {"n": 8}
    families: ClassVar[tuple[str, ...]] = ("random", "only-the-first", "all-but-the-first")
    shipped: ClassVar[tuple[str, ...]] = ("nile.txt",)
    column: ClassVar[str] = "value"

    n: int = parameter(64, low=1, high=2**20, help="most numbers the model takes")
    high: int = parameter(15, low=1, high=2**31, help="highest number")

    @property
    def highest(self) -> int:
        return self.high

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": self.high}

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        if family == "random":
            return rng.integers(0, self.high + 1, size)
        values = np.full(size, 0 if family == "only-the-first" else self.high)
        values[0] = self.high - values[-1] if size > 1 else rng.integers(0, self.high + 1)
        return values

    def solve(self, instance: np.ndarray) -> np.ndarray:
        return np.full(len(instance), instance[0])

    @property
    def theory(self) -> Claims:
        return (
            constant_rounds.one_layer(heads=1, note="Every row attends to the first one."),
            constant_rounds.at_least_one_layer(self.n),
            constant_rounds.one_number_of_state(self.high, note="The state is the first value."),
            constant_rounds.mpc_in_constant_rounds(),
        )
