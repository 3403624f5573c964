"""2-SUM (Match2)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences.sum_task import SumTask
from logdepth.theory import Claims, constant_rounds, two_sum


@dataclass(frozen=True)
class TwoSum(SumTask):
    """Answer i says whether some j, possibly i itself, has x_i + x_j = 0 modulo M. Source: arXiv 2306.02896, Match2."""

    name: ClassVar[str] = "2-sum"
    summary: ClassVar[str] = (
        "for every number, whether some number of the list makes it up to a multiple of the modulus"
    )
    defined_by: ClassVar[str] = "[-x % modulus in number for x in number]"
    small: ClassVar[Size] = {"n": 12, "modulus": 50}
    corner_sizes: ClassVar[tuple[Size, ...]] = ({"n": 4, "modulus": 1}, {"n": 6, "modulus": 2}, {"n": 12, "modulus": 7})
    families: ClassVar[tuple[str, ...]] = ("random", "no-pair", "one-pair", "all-pairs", "near-miss", "self-pairs")

    n: int = parameter(1000, low=1, high=2**20, help="most numbers the model takes")
    modulus: int = parameter(10000, low=1, high=2**31, help="the modulus M; numbers are 0..M-1")

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        modulus = self.modulus
        if family == "random":
            return rng.integers(0, modulus, size)
        if family == "self-pairs":  # 0 and M/2 are their own partners
            return rng.choice([0, modulus // 2, 1 % modulus, (modulus // 2 + 1) % modulus], size)
        low = rng.integers(1, (modulus + 1) // 2, size) if modulus > 2 else np.full(size, modulus - 1)
        if family == "no-pair":  # all below M/2: no two make up M
            return low
        if family == "one-pair":
            low[rng.integers(size)] = -low[rng.integers(size)] % modulus
            return low
        partners = -np.concatenate([low, low])[rng.integers(0, size, size)]
        if family == "near-miss":  # most sums are M - 1 or M + 1
            partners = partners + rng.choice([-1, 1], size)
        return np.where(rng.random(size) < 0.5, low, partners) % modulus

    def partners(self, instance: np.ndarray) -> list[list[int] | None]:
        numbers = instance.tolist()
        present = {number % self.modulus: number for number in reversed(numbers)}
        found = (present.get(-number % self.modulus) for number in numbers)
        return [None if partner is None else [partner] for partner in found]

    def solve(self, instance: np.ndarray) -> np.ndarray:
        present = set(instance.tolist())
        return np.array([int(-number % self.modulus in present) for number in instance.tolist()])

    @property
    def theory(self) -> Claims:
        return (
            two_sum.two_sum_in_one_layer(),
            two_sum.two_sum_width(self.modulus),
            two_sum.a_head_for_every_residue(self.modulus),
            two_sum.two_sum_needs_a_layer(self.n, self.modulus),
            two_sum.two_sum_in_bounded_memory(self.n, self.modulus),
            constant_rounds.mpc_in_constant_rounds("By sorting x and -x together."),
        )
