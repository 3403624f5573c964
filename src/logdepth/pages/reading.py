"""What a head of an inspected model reads: the target that it is best aligned with, and how this is said."""

from __future__ import annotations

import numpy as np

from logdepth.inspection import FIRST, PREVIOUS, Inspection

STRONG = 0.55  # from this alignment on a head is said to do the hop; as in views/headtable.js


def layers(found: Inspection) -> list[int]:
    return sorted({head.layer for head in found.heads})


def best_target(found: Inspection, index: int, k: int | None = None) -> tuple[int, float]:
    """Of all targets, the token in front among them, and the alignment with it; for the k of errors by default."""
    values = found.alignments[found.k if k is None else k].alignment[index]
    return int(values.argmax()), float(values.max())


def in_short(found: Inspection, index: int) -> str:
    """What a head does, if it clearly does something."""
    target, value = best_target(found, index)
    return f"{found.targets[target]}, {value:.2f}" if value >= STRONG else "no clear hop"


def in_a_cell(target: str) -> str:
    return {FIRST: "first", PREVIOUS: "prev."}.get(target, target.removeprefix("find^"))


def in_a_sentence(target: str) -> str:
    """As HTML."""
    hop = target.removeprefix("find^")
    if hop == target:
        return {FIRST: "the first token", PREVIOUS: "the previous token"}[target]
    return f"<i>find</i><sup>{hop}</sup>" if hop != "1" else "<i>find</i>"


def values_by_k(found: Inspection, index: int) -> np.ndarray:
    """The alignment of a head with find^0, find^1, …, (asked k, hops)."""
    return np.stack([at_k.alignment[index, found.first_hop :] for at_k in found.alignments.values()])


def hop_matrix(target: np.ndarray) -> np.ndarray:
    """1 at (i, target of i) where there is one, (T, T)."""
    matrix = np.zeros((len(target), len(target)))
    [there] = np.nonzero(target >= 0)
    matrix[there, target[there]] = 1
    return matrix


def largest_error(found: Inspection) -> float:
    """Of all heads without which the error was measured, and with all; 0.01 at least."""
    return max([0.01, found.error.value or 0.0, *(rate.value or 0.0 for rate in found.without.values())])
