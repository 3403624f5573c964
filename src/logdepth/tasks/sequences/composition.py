"""k-fold composition: pointer chasing."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.drawing import Pointer, powers_in_labels
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences.integers import IntegerTask
from logdepth.theory import Claims, k_hop, sequential_models


@dataclass(frozen=True)
class Composition(IntegerTask):
    """Row i holds f(i), the number of a row; its answer is f^k(i)."""

    name: ClassVar[str] = "composition"
    summary: ClassVar[str] = "for every row, the row that k steps of a function lead to"
    defined_by: ClassVar[str] = "iterate(image, k)"
    small: ClassVar[Size] = {"n": 12, "k": 5}
    corner_sizes: ClassVar[tuple[Size, ...]] = ({"n": 5, "k": 0}, {"n": 5, "k": 1}, {"n": 9, "k": 11})
    families: ClassVar[tuple[str, ...]] = (
        "random",
        "permutation",
        "one-cycle",
        "forward",
        "backward",
        "constant",
        "identity",
    )
    column: ClassVar[str] = "image"
    lowest: ClassVar[int] = 1

    n: int = parameter(64, low=1, high=2**20, help="most rows the model takes")
    k: int = parameter(16, low=0, high=2**20, help="number of steps")

    @property
    def highest(self) -> None:
        return None

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": self.n}

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        rows = np.arange(1, size + 1)
        if family == "permutation":
            return rng.permutation(rows)
        if family == "one-cycle":
            order = rng.permutation(size)
            image = np.empty(size, dtype=np.int64)
            image[order] = np.roll(order, 1) + 1
            return image
        if family == "forward":
            return np.minimum(rows + 1, size)
        if family == "backward":
            return np.maximum(rows - 1, 1)
        if family == "constant":
            return np.full(size, rng.integers(1, size + 1))
        return rows if family == "identity" else rng.integers(1, size + 1, size)

    def solve(self, instance: np.ndarray) -> np.ndarray:
        """One step at a time: O(N k)."""
        at = np.arange(len(instance))
        for _ in range(self.k):
            at = instance[at] - 1
        return at + 1

    @property
    def pointer(self) -> Pointer:
        return Pointer("f", powers_in_labels("image"), self.k, column="image")

    @property
    def theory(self) -> Claims:
        if self.k < 2:
            return (k_hop.composition_depth(self.k),)
        return (
            k_hop.composition_depth(self.k),
            k_hop.composition_needs_log_depth(self.n, self.k),
            sequential_models.composition(self.n, self.k),
            k_hop.mpc_doubles(self.k),
        )
