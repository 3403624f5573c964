"""RawGraph: what a graph file states, before any rule of a task."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from logdepth.numerics.errors import UsageError, quoted
from logdepth.tasks.prompts import Prompt

MOST_VERTICES = 2**26
"""A file can claim any number of vertices in a few bytes."""


@dataclass(frozen=True, eq=False)
class RawGraph:
    """Vertices and edges in the order of the file.

    labels: the vertices' ids, distinct. ends: (m, 2) int64, numbers from 1 of the edges' vertices.
    weights: as written ("" = none), or numbers, or None if there are none. place: of an edge in the file, in words.
    question: the ids of the pair asked about. directed: what the file says of itself, None if nothing.
    both_ways: how many edges at least a file of this format may list in both directions, all of them; 0: it never may.
    notes: sentences on how the file was read, where it could have been meant in another way. prompt: of a graph in
    words, the whole text.
    """

    labels: Sequence[str]
    ends: np.ndarray
    weights: Sequence[str] | np.ndarray | None
    place: Callable[[int], str]
    question: tuple[str, str] | None = None
    directed: bool | None = None
    both_ways: int = 0
    notes: tuple[str, ...] = ()
    prompt: Prompt | None = None


def pairs(ends: Sequence[tuple[int, int]]) -> np.ndarray:
    """Edges as an array, (m, 2) int64."""
    return np.array(ends, dtype=np.int64).reshape(-1, 2)


def names_of(ids: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """The vertices' names if all have one and no two the same, else their ids."""
    return tuple(names if all(names) and len(set(names)) == len(names) else ids)


def damage(path: Path, kind: str, reason: object) -> UsageError:
    """The error of a file that is not what its format says."""
    said = quoted(" ".join(str(reason).split()), 160)[1:-1] or type(reason).__name__
    return UsageError(f"{path} is not a {kind} file that can be read ({said}). Write it again, or give an edge list.")


def is_matrix(array: np.ndarray) -> bool:
    """Whether this is, or could be, an adjacency matrix: square, and of three rows, which could be three edges with
    their weights, symmetric with zeros on the diagonal. One of two rows states the same graph either way."""
    if array.ndim != 2 or array.shape[0] != array.shape[1] or len(array) < 3:
        return False
    return len(array) > 3 or (np.array_equal(array, array.T) and not array.diagonal().any())
