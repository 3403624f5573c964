"""A solver of one attention layer that packs bits into numbers: as good as the theorem allows, its positive control.

All tokens weigh the same. Number g of the value adds up 2^0, 2^1, … for the bits of group g that are set; one more
number says which bit is asked for. The rest of the network reads that bit out of the sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.refuters.index_families import family_of
from logdepth.refuters.refuter import Example, Search
from logdepth.refuters.suspect import Suspect
from logdepth.tasks import InductionHeads


@dataclass(frozen=True, eq=False)
class Packing(Suspect):
    """It solves the induction-heads family of its task, of T bits, in `groups` numbers of ⌈T / groups⌉ bits each."""

    task: InductionHeads
    groups: int

    @property
    def name(self) -> str:
        return f"packing into {self.groups} number{'s' * (self.groups != 1)}"

    @property
    def bits(self) -> int:
        return family_of(self.task).bits

    @property
    def heads(self) -> int:
        return 1

    @property
    def size(self) -> int:
        return self.groups + 1

    def answers(self, instances: Sequence[Any]) -> list[np.ndarray]:
        rows = np.stack([self.rows(instance) for instance in instances])
        _, values = self.project(rows)
        return list(self.finish(rows, values.mean(axis=1))[:, None])

    def project(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        batch, tokens, _ = rows.shape
        values = np.zeros((batch, tokens, 1, self.size))
        bit = np.arange(self.bits)
        weight = np.zeros((self.bits, self.groups))
        weight[bit, bit % self.groups] = 2.0 ** (bit // self.groups)
        asked = rows[:, 0:-1:2, 0] == 3
        values[:, 0:-1:2, 0, -1] = asked * bit
        values[:, 1::2, 0, :-1] = (rows[:, 1::2] == 2) * weight
        return np.zeros((batch, tokens, 1)), values

    def finish(self, rows: np.ndarray, mixed: np.ndarray) -> np.ndarray:
        """Means over all tokens (B, 1, size) to letters."""
        total = np.rint(mixed[:, 0] * (2 * self.bits + 1)).astype(np.int64)
        asked = np.clip(total[:, -1], 0, self.bits - 1)
        group, place = asked % self.groups, asked // self.groups
        bits: np.ndarray = total[np.arange(len(total)), group] >> place & 1
        return bits + 1


def packing_examples() -> Iterator[Example]:
    """Groups times bits of a term at least T: right. Fewer: refuted."""
    for count, groups, bits in ((8, 1, 8), (16, 2, 8), (16, 2, 6), (24, 2, 8)):
        task = InductionHeads(2 * count + 1, "3")
        yield Example(Packing(task, groups), Search(bits=bits, seconds=5.0), refuted=groups * bits < count)
