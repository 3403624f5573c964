"""Two instances that look the same from one vertex out to a distance, and whose answers there differ.

After L layers of messages a vertex knows of the vertices within distance L: their ids, labels, degrees, and the edges
between them. What lies beyond cannot change its answer, in any network, at any width and precision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.tasks import (
    Components,
    Connectivity,
    CycleCheck,
    Graph,
    InductionHeads,
    KHop,
    OneVersusTwoCycles,
    Task,
)

TEXTS = 2000  # drawn in search of two whose answers differ


@dataclass(frozen=True, eq=False)
class AlikeNearby:
    """Two instances, and the vertex (a token is one) that cannot tell which one it is in."""

    instances: tuple[Any, Any]
    vertex: int


def one_and_two_cycles(task: Task[Any], reach: int) -> AlikeNearby | None:
    """One cycle on 4 reach + 4 vertices, at least 6, and two cycles of half as many; both have the path of the second
    half of the vertices, and the vertex is in its middle."""
    n = max(4 * reach + 4, 6)
    if n > task.n:
        return None
    half = n // 2
    paths = [(v, v + 1) for v in range(1, n) if v != half]
    one = Graph(n, np.array([*paths, (half, half + 1), (n, 1)]))
    two = Graph(n, np.array([*paths, (half, 1), (n, half + 1)]))
    return AlikeNearby((one, two), half + (half + 1) // 2)


def cycle_and_path(task: Task[Any], reach: int) -> AlikeNearby | None:
    """A cycle on 2 reach + 3 vertices, and the same less the edge that is farthest from the vertex."""
    n = 2 * reach + 3
    if n > task.n:
        return None
    path = [(v, v + 1) for v in range(1, n)]
    return AlikeNearby((Graph(n, np.array([*path, (n, 1)])), Graph(n, np.array(path))), reach + 2)


def two_texts(task: InductionHeads | KHop, reach: int) -> AlikeNearby | None:
    """Two texts whose last reach + 1 tokens are the same: one letter over and over, then another one, which asks."""
    letters, before = len(task.letters), task.n - (reach + 1)
    if before < 1 or letters < 2:
        return None
    rng = np.random.default_rng(0)
    near = np.append(np.full(reach, 2), 1)
    first = None
    for number in range(TEXTS):
        family = task.families[number % len(task.families)]
        text = np.concatenate([task.draw(rng, family, before), near])
        answer = int(task.solve(text)[-1])
        first = first or (text, answer)
        if answer != first[1]:
            return AlikeNearby((first[0], text), task.n)
    return None


FAMILIES: dict[type[Task[Any]], Callable[[Any, int], AlikeNearby | None]] = {
    Connectivity: one_and_two_cycles,
    Components: one_and_two_cycles,
    OneVersusTwoCycles: one_and_two_cycles,
    CycleCheck: cycle_and_path,
    InductionHeads: two_texts,
    KHop: two_texts,
}
"""Task -> what gives two such instances for a reach; None where the task's sizes leave no room for them."""
