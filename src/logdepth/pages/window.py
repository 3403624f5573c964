"""Which tokens of a long input are shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def tokens_to_show(hard: Sequence[np.ndarray | None], tokens: int, most: int, first_edge: int) -> np.ndarray:
    """The start token and at most `most` rows, ascending: all, if they fit; else a window, or some vertices and edges.

    hard: per step (heads, tokens), the key that each query chose.
    first_edge: the token of the first edge row; 0 where there is no graph.
    """
    rows = tokens - 1
    if rows <= most:
        return np.arange(tokens)
    if first_edge:
        edges = min(tokens - first_edge, max(most - (first_edge - 1), most // 3))
        vertices = min(first_edge - 1, most - edges)
        picked = first_edge + np.arange(edges) * (tokens - first_edge) // edges
        return np.concatenate([np.arange(vertices + 1), picked])
    return np.append(0, first_of_window(hard, rows, most) + np.arange(most))


def first_of_window(hard: Sequence[np.ndarray | None], rows: int, most: int) -> int:
    """Where the `most` consecutive rows begin that read the most of each other; of equal windows the last."""
    inside = np.zeros(rows - most + 1, dtype=np.int64)
    for choice in hard:
        if choice is None:
            continue
        query = np.broadcast_to(np.arange(rows + 1), choice.shape)
        low, high = np.minimum(query, choice).ravel(), np.maximum(query, choice).ravel()
        used = (low > 0) & (low < high) & (high - low < most)
        starts = np.zeros(rows + 2, dtype=np.int64)  # a window from s holds both ends iff high - most < s <= low
        np.add.at(starts, np.maximum(high[used] - most + 1, 1), 1)
        np.add.at(starts, low[used] + 1, -1)
        inside += np.cumsum(starts)[1 : rows - most + 2]
    return int(rows - most + 1 - inside[::-1].argmax())
