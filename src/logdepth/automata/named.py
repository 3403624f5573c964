"""Automata of languages that have a name."""

from __future__ import annotations

import string
from collections.abc import Sequence
from itertools import permutations

from logdepth.automata.dfa import Dfa

Permutation = tuple[int, ...]
NAMES = string.ascii_lowercase + string.digits + string.ascii_uppercase


def modulo(m: int) -> Dfa:
    """Words over 0 and 1 in which the number of ones is a multiple of m."""
    return Dfa("01", tuple((state, (state + 1) % m) for state in range(m)), 0, frozenset([0]))


def bounded_dyck(depth: int) -> Dfa:
    """Balanced brackets of one kind, at most `depth` deep. The last state is that of words that cannot be mended."""
    lost = depth + 1
    steps = [(height + 1, height - 1 if height else lost) for height in range(depth + 1)]  # one too deep is lost
    return Dfa("()", (*steps, (lost, lost)), 0, frozenset([0]))


def word_problem(elements: Sequence[Permutation]) -> Dfa:
    """Words over the elements of a group of permutations whose product is the identity, which is the first element.

    A state is the product so far; p · q is first p and then q.
    """
    numbers = {element: number for number, element in enumerate(elements)}
    steps = tuple(tuple(numbers[then(p, q)] for q in elements) for p in elements)
    return Dfa(NAMES[: len(elements)], steps, 0, frozenset([0]))


def then(p: Permutation, q: Permutation) -> Permutation:
    return tuple(q[point] for point in p)


def symmetric_group(points: int) -> list[Permutation]:
    """All permutations, the identity first."""
    return list(permutations(range(points)))


def alternating_group(points: int) -> list[Permutation]:
    """The even permutations, the identity first."""
    return [p for p in permutations(range(points)) if not inversions(p) % 2]


def inversions(p: Permutation) -> int:
    return sum(p[i] > p[j] for j in range(len(p)) for i in range(j))
