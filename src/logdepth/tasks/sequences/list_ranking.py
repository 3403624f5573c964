"""List ranking."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks.drawing import Pointer
from logdepth.tasks.forms import NumbersForm
from logdepth.tasks.parameters import parameter
from logdepth.tasks.sequences.integers import IntegerTask
from logdepth.theory import Claims, list_ranking
from logdepth.theory.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth
from logdepth.theory.sources import NANONGKAI_SCQUIZZATO_2020


@dataclass(frozen=True)
class ListRanking(IntegerTask):
    """Row i names the row after it in its list, 0 at the end; its answer is the number of hops to the end."""

    name: ClassVar[str] = "list-ranking"
    summary: ClassVar[str] = "for every row of some linked lists, how far it is from the end of its list"
    defined_by: ClassVar[str] = "ranks(next)"
    families: ClassVar[tuple[str, ...]] = ("random", "one-list", "forward", "backward", "singletons", "pairs")
    column: ClassVar[str] = "next"

    n: int = parameter(64, low=1, high=2**20, help="most rows the model takes")

    @property
    def highest(self) -> None:
        return None

    @property
    def outputs(self) -> dict[str, int]:
        return {"rank": self.n - 1}

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        order = np.arange(1, size + 1) if family in {"forward", "backward"} else rng.permutation(size) + 1
        if family == "backward":
            order = order[::-1]
        following = np.append(order[1:], 0)
        if family == "singletons":
            following[:] = 0
        if family == "pairs":
            following[1::2] = 0
        if family == "random":  # cut at random places
            following[rng.random(size) < rng.choice([0, 1 / size, 0.2])] = 0
        result = np.zeros(size, dtype=np.int64)
        result[order - 1] = following
        return result

    @property
    def form(self) -> NumbersForm:
        return replace(super().form, lists=True)

    def exhaustive(self, size: int) -> Iterator[np.ndarray]:
        """Every way to link exactly `size` rows into lists."""
        return (instance for instance in super().exhaustive(size) if _fault(instance) is None)

    def parse(self, path: Path) -> np.ndarray:
        return self._of_lists(super().parse(path), f"in {path} ")

    def instance_of(self, given: Any) -> np.ndarray:
        return self._of_lists(super().instance_of(given), "")

    def _of_lists(self, instance: np.ndarray, where: str) -> np.ndarray:
        fault = _fault(instance)
        if fault:
            raise UsageError(
                f"{self.name} takes disjoint lists, each of which ends with 0; {where}{fault}. Correct it."
            )
        return instance

    def solve(self, instance: np.ndarray) -> np.ndarray:
        """Every list is walked from its head, and its ranks are written backwards."""
        following = [0, *instance.tolist()]
        ranks = np.zeros(len(following), dtype=np.int64)
        for head in set(range(1, len(following))) - set(following):
            walk = [head]
            while following[walk[-1]]:
                walk.append(following[walk[-1]])
            ranks[walk] = np.arange(len(walk))[::-1]
        return ranks[1:]

    @property
    def pointer(self) -> Pointer:
        """Every round doubles it."""
        return Pointer("next", lambda layer, label: [2 ** (layer + 1)], times=None, column="next")

    @property
    def theory(self) -> Claims:
        as_hard = f"List ranking takes as many rounds as telling one cycle from two ({NANONGKAI_SCQUIZZATO_2020})."
        return (
            list_ranking.list_ranking_by_jumping(self.n),
            transformers_need_log_depth(self.n, note=as_hard),
            list_ranking.mpc_ranks_lists(self.n),
            mpc_needs_log_rounds(self.n, source=NANONGKAI_SCQUIZZATO_2020),
        )


def _fault(following: np.ndarray) -> str | None:
    """What keeps these links from being disjoint lists, in words; None if nothing does."""
    before: dict[int, int] = {}
    for row, target in enumerate(following.tolist(), start=1):
        if target in before:
            return f"row {target} comes after both row {before[target]} and row {row}"
        if target:
            before[target] = row
    reached = 0
    for head in set(range(1, len(following) + 1)) - set(before):
        row = head
        while row:
            reached += 1
            row = int(following[row - 1])
    return None if reached == len(following) else "some rows go round in a circle"
