"""INDEX families: T bits hidden in an instance of a task, one of which is asked for.

Alice's rows hold f in {0,1}^T, Bob's rows depend on i alone, and the right answer at the last row is f_i. One-way,
Alice has to tell Bob T bits. Sources: arXiv 2408.14332 (induction heads), 2306.02896 (Match3), 2402.09268 (one pass).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from logdepth.refuters.suspect import NotTaken, spell_task
from logdepth.tasks import (
    AcausalKHop,
    Connectivity,
    CycleCheck,
    Graph,
    InductionHeads,
    KHop,
    Recall,
    Task,
    ThreeSum,
    TwoSum,
)

Bits = Sequence[bool] | np.ndarray


@dataclass(frozen=True, eq=False)
class IndexFamily:
    """task: at its size. bits: T, the most that the task's size holds. values: the right answer for f_i = 0 and 1.

    instance: of f, (T,), and i in 0..T - 1. Bit t changes the rows of Alice that are its own, and no row of Bob.
    last_is_fixed: the last row is the same for all f and i, so that the query of one attention layer there is public.
    alice_first: all rows of Alice come before all of Bob.
    """

    task: Task[Any]
    bits: int
    values: tuple[int, int]
    instance: Callable[[Bits, int], Any]
    last_is_fixed: bool
    alice_first: bool

    def right(self, f: Bits, i: int) -> int:
        """The right answer at the last row."""
        return self.values[int(f[i])]


def check_one_hop(task: InductionHeads | KHop | AcausalKHop) -> None:
    """Errors: NotTaken for more hops than one, and for none. Induction heads are one."""
    hops = getattr(task, "k", 1)
    if hops != 1:
        raise NotTaken(f"its hard inputs are of one hop, and k is {hops}")


def induction_heads(task: InductionHeads | KHop) -> IndexFamily:
    """e_1 f_1 … e_T f_T ?, where e_i = ? and any other e is a letter. n = 2 T + 1, 3 letters."""
    check_one_hop(task)
    zero, one, asked = 1, 2, 3
    bits = (task.n - 1) // 2 if len(task.letters) >= 3 else 0

    def instance(f: Bits, i: int) -> np.ndarray:
        tokens = np.full(2 * bits + 1, zero)
        tokens[1::2] = np.where(f, one, zero)
        tokens[[2 * i, -1]] = asked
        return tokens

    return IndexFamily(task, bits, (zero, one), instance, last_is_fixed=True, alice_first=False)


def acausal_one_hop(task: AcausalKHop) -> IndexFamily:
    """Letter i, the pairs (t, f_t), and a fixed letter at last. n = 2 T + 2, T + 3 letters."""
    check_one_hop(task)
    bits = max(0, min((task.n - 2) // 2, len(task.letters) - 3))
    zero, one, last = bits + 1, bits + 2, bits + 3

    def instance(f: Bits, i: int) -> np.ndarray:
        tokens = np.full(2 * bits + 2, last)
        tokens[0] = i + 1
        tokens[1:-1:2] = np.arange(bits) + 1
        tokens[2:-1:2] = np.where(f, one, zero)
        return tokens

    return IndexFamily(task, bits, (zero, one), instance, last_is_fixed=True, alice_first=False)


def recall(task: Recall) -> IndexFamily:
    """The pairs (t, f_t), then the key i. T keys, 2 values."""
    bits = min(task.n, task.keys) if task.values >= 2 else 0
    zero = task.keys + 1

    def instance(f: Bits, i: int) -> np.ndarray:
        pairs = np.stack([np.arange(bits) + 1, np.where(f, zero + 1, zero)], axis=1)
        return np.append(pairs.ravel(), i + 1)

    return IndexFamily(task, bits, (zero, zero + 1), instance, last_is_fixed=False, alice_first=True)


def three_sum(task: ThreeSum) -> IndexFamily:
    """Row t holds y_t = ⌈M/3⌉ + t if f_t, else 1; then M - 1 - y_i, then 1. n = T + 2, M = 6 T + 8.

    All y are in M/3..M/2 - 1, so that of two numbers only y_i and its partner make M - 1.
    """
    modulus = task.modulus
    least = -(-modulus // 3) + 1
    bits = max(0, min(task.n - 2, modulus // 2 - least))
    shown = least + np.arange(bits)

    def instance(f: Bits, i: int) -> np.ndarray:
        return np.concatenate([np.where(f, shown, 1), [modulus - 1 - shown[i], 1]])

    return IndexFamily(task, bits, (0, 1), instance, last_is_fixed=True, alice_first=True)


def two_sum(task: TwoSum) -> IndexFamily:
    """Row t holds t if f_t, else 0; then M - i, from 1. n = T + 1, M = 2 T + 1."""
    bits = max(0, min(task.n - 1, (task.modulus - 1) // 2))
    shown = np.arange(bits) + 1

    def instance(f: Bits, i: int) -> np.ndarray:
        return np.concatenate([np.where(f, shown, 0), [task.modulus - shown[i]]])

    return IndexFamily(task, bits, (0, 1), instance, last_is_fixed=False, alice_first=True)


def star(f: Bits) -> list[tuple[int, int]]:
    """Alice's edges: {1, 2}, and {1, t} for every bit t that is set, from vertex 3."""
    return [(1, 2), *((1, t + 3) for t, bit in enumerate(f) if bit)]


def connectivity(task: Connectivity) -> IndexFamily:
    """Bob joins all vertices but 1 and that of i by a path: the graph is connected iff {1, i} is there. n = T + 2."""
    bits = task.n - 2

    def instance(f: Bits, i: int) -> Graph:
        others = [2, *(t + 3 for t in range(bits) if t != i)]
        return Graph(bits + 2, np.array([*star(f), *pairwise(others)]))

    return IndexFamily(task, bits, (0, 1), instance, last_is_fixed=False, alice_first=True)


def cycle_check(task: CycleCheck) -> IndexFamily:
    """Bob adds the edge {2, i}: it closes a triangle iff {1, i} is there. n = T + 2."""
    bits = task.n - 2

    def instance(f: Bits, i: int) -> Graph:
        return Graph(bits + 2, np.array([*star(f), (2, i + 3)]))

    return IndexFamily(task, bits, (0, 1), instance, last_is_fixed=False, alice_first=True)


FAMILIES: dict[type[Task[Any]], Callable[[Any], IndexFamily]] = {
    InductionHeads: induction_heads,
    KHop: induction_heads,
    AcausalKHop: acausal_one_hop,
    Recall: recall,
    ThreeSum: three_sum,
    TwoSum: two_sum,
    Connectivity: connectivity,
    CycleCheck: cycle_check,
}
"""Of every task that has one, at any of its sizes."""


def family_of(task: Task[Any]) -> IndexFamily:
    """The family of a task at its size. Errors: NotTaken for a task that has none, or is too small for two bits."""
    if type(task) not in FAMILIES:
        raise NotTaken(f"{task.name} has no INDEX family")
    family = FAMILIES[type(task)](task)
    if family.bits < 2:
        raise NotTaken(f"{spell_task(task)} is too small for an INDEX family of two bits")
    return family
