"""INDEX families whose first part comes first: for models that read in one pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from logdepth.refuters.index_families import Bits, IndexFamily, check_one_hop, family_of
from logdepth.refuters.suspect import NotTaken, spell_task
from logdepth.tasks import InductionHeads, KHop, Task


def recall_by_letters(task: InductionHeads | KHop) -> IndexFamily:
    """Recall as one hop: k_1 f_1 … k_T f_T k_i, keys that differ and two values. n = 2 T + 1, T + 2 letters."""
    check_one_hop(task)
    bits = max(0, min((task.n - 1) // 2, len(task.letters) - 2))
    keys, zero = np.arange(bits) + 1, bits + 1

    def instance(f: Bits, i: int) -> np.ndarray:
        pairs = np.stack([keys, np.where(f, zero + 1, zero)], axis=1)
        return np.append(pairs.ravel(), keys[i])

    return IndexFamily(task, bits, (zero, zero + 1), instance, last_is_fixed=False, alice_first=True)


BY_LETTERS: dict[type[Task[Any]], Callable[[Any], IndexFamily]] = {
    InductionHeads: recall_by_letters,
    KHop: recall_by_letters,
}
"""Of tasks whose own family does not have its first part first; the others have theirs in `FAMILIES`."""


def prefix_family_of(task: Task[Any]) -> IndexFamily:
    """The family of a task whose first part comes first. Errors: NotTaken for a task without one, or too small."""
    family = BY_LETTERS.get(type(task), family_of)(task)
    if not family.alice_first:
        raise NotTaken(f"{task.name} has no family whose first part comes first")
    if family.bits < 2:
        raise NotTaken(f"{spell_task(task)} asks for {family.bits} of the bits before; 2 are the fewest")
    return family
