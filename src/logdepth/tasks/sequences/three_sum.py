"""3-SUM (Match3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import ClassVar

import numpy as np

from logdepth.tasks.drawing import Drawing
from logdepth.tasks.forms import AnswerForm, NumbersForm
from logdepth.tasks.inputs.files import read_integers
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences.sum_task import SumTask
from logdepth.theory import Claims, one_layer, two_sum


@dataclass(frozen=True)
class ThreeSum(SumTask):
    """Answer i says whether some j and k, possibly equal or i itself, have x_i + x_j + x_k = 0 modulo M.

    The table has a row for every pair j ≤ k, number k (k - 1) / 2 + j. Row (k, k) holds x_k and gives its answer; the
    others are blank. Source: arXiv 2306.02896, Match3.
    """

    name: ClassVar[str] = "3-sum"
    summary: ClassVar[str] = (
        "for every number, whether some two numbers of the list make it up to a multiple of the modulus"
    )
    defined_by: ClassVar[str] = "[any(-(x + y) % modulus in number for y in number) for x in number]"
    small: ClassVar[Size] = {"n": 8, "modulus": 20}
    corner_sizes: ClassVar[tuple[Size, ...]] = ({"n": 3, "modulus": 1}, {"n": 4, "modulus": 2}, {"n": 7, "modulus": 7})
    families: ClassVar[tuple[str, ...]] = ("random", "no-triple", "one-triple", "all-triples", "near-miss", "pairs")

    n: int = parameter(100, low=1, high=2**10, help="most numbers the model takes; it works on n (n + 1) / 2 rows")
    modulus: int = parameter(3500, low=1, high=2**31, help="the modulus M; numbers are 0..M-1")

    @property
    def rows(self) -> int:
        return self.n * (self.n + 1) // 2

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        modulus = self.modulus
        if family == "random":
            return rng.integers(0, modulus, size)
        low = rng.integers(1, max(2, (modulus + 2) // 3), size)  # below M/3, not 0: no three make up M
        if family == "no-triple":
            return low % modulus
        if family == "one-triple":
            low[rng.integers(size)] = -low[rng.integers(size)] - low[rng.integers(size)]
            return low % modulus
        if family == "pairs":  # few values, of which many triples repeat one, or are one number three times
            return rng.choice([0, modulus // 3, modulus // 3 + 1, 2 * (modulus // 3), modulus - 2, 1], size) % modulus
        partners = -low[rng.integers(0, size, size)] - low[rng.integers(0, size, size)]
        if family == "near-miss":  # most sums are M - 1 or M + 1
            partners = partners + rng.choice([-1, 1], size)
        return np.where(rng.random(size) < 0.5, low, partners) % modulus

    def columns(self, instance: np.ndarray) -> dict[str, np.ndarray]:
        """The numbers on the rows (k, k), after the blank rows (1, k) to (k - 1, k)."""
        table = np.zeros(len(instance) * (len(instance) + 1) // 2, dtype=np.int64)
        table[own_rows(len(instance)) - 1] = instance
        return {self.column: table}

    def read_any_size(self, path: str | Path) -> np.ndarray:
        """Up to 2^20 numbers: a protocol takes more of them than n² rows allow for."""
        return read_integers(Path(path), most=2**20, low=0, high=self.highest, owner=self.name)

    def drawing(self, instance: np.ndarray) -> Drawing:
        """A blank row is called by its pair, as 3 + 5."""
        numbers = instance.tolist()
        rows = ([*(f"{x} + {y}" for x in numbers[:k]), str(y)] for k, y in enumerate(numbers))
        return Drawing(tuple(chain.from_iterable(rows)))

    @property
    def form(self) -> NumbersForm:
        return replace(super().form, pairs=True)

    @property
    def answer_form(self) -> AnswerForm:
        return AnswerForm("answer", rows="numbers")

    def answering_rows(self, instance: np.ndarray, entries: int) -> np.ndarray:
        return own_rows(entries)

    def partners(self, instance: np.ndarray) -> list[list[int] | None]:
        numbers = np.unique(instance)
        found: dict[int, list[int] | None] = {}
        for number in numbers.tolist():
            lacking = (-number - numbers) % self.modulus
            place = np.minimum(np.searchsorted(numbers, lacking), len(numbers) - 1)
            (fits,) = np.nonzero(numbers[place] == lacking)
            found[number] = [int(numbers[fits[0]]), int(lacking[fits[0]])] if len(fits) else None
        return [found[number] for number in instance.tolist()]

    def solve(self, instance: np.ndarray) -> np.ndarray:
        """For every different number, whether any other is what it and a third one lack."""
        numbers, which = np.unique(instance, return_inverse=True)
        found = []
        for number in numbers:
            lacking = (-number - numbers) % self.modulus
            place = np.minimum(np.searchsorted(numbers, lacking), len(numbers) - 1)
            found.append((numbers[place] == lacking).any())
        return np.array(found, dtype=np.int64)[which]

    def decode(self, outputs: Mapping[str, np.ndarray], instance: np.ndarray) -> np.ndarray:
        return np.asarray(outputs["answer"], dtype=np.int64)[own_rows(len(instance)) - 1]

    @property
    def theory(self) -> Claims:
        n, modulus = self.n, self.modulus
        return (
            two_sum.three_sum_on_pairs(),
            two_sum.a_head_for_every_residue(modulus),
            two_sum.three_sum_in_constant_depth(n),
            two_sum.three_sum_needs_a_layer(n, modulus),
            two_sum.three_sum_in_one_layer(n, modulus),
            one_layer.three_sum_bits(n, modulus),
            two_sum.three_sum_in_bounded_memory(n, modulus),
            two_sum.three_sum_in_constant_rounds(n),
        )


def own_rows(count: int) -> np.ndarray:
    """The rows of the first `count` numbers: the triangular numbers."""
    number = np.arange(1, count + 1)
    return number * (number + 1) // 2
