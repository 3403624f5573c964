"""RawGraph: what a graph file states, before any rule of a task."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class RawGraph:
    """Vertices and edges in the order of the file.

    labels: the vertices' ids, distinct. ends: (m, 2) int64, numbers from 1 of the edges' vertices.
    weights: as written ("" = none), or numbers, or None if there are none. place: of an edge in the file, in words.
    question: the ids of the pair asked about. directed: what the file says of itself, None if nothing.
    both_ways: how many edges at least a file of this format may list in both directions, all of them; 0: it never may.
    """

    labels: Sequence[str]
    ends: np.ndarray
    weights: Sequence[str] | np.ndarray | None
    place: Callable[[int], str]
    question: tuple[str, str] | None = None
    directed: bool | None = None
    both_ways: int = 0
