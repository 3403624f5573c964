"""Theorem T2 on a page: a model's run as a protocol, and beside every round what its attention layer looks at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from logdepth.pages.rounds import Beside, bin_cells, write_rounds
from logdepth.traces import SimulationTrace

LEAST_SHARE = 1e-3
"""Less of the greatest weight is not drawn."""

LEAST_WEIGHT = 1e-2
"""Of a trained network: heads spread a little weight everywhere."""

NOTE = (
    "Beside it is what the layer looks at, as the machines found it: the row’s token reads the column’s, shaded by"
    " the weight in the head where it is greatest, relative to the greatest weight of a real row, from a thousandth of"
    " it on. The start token, read when nothing matches, is left out."
)

NOTE_TRAINED = (
    "Beside it is what the layer looks at, as the machines found it: the row’s token reads the column’s, shaded by the"
    " weight in the head where it is greatest, from a hundredth on."
)

PROSE = (
    "<p>A transformer is a parallel algorithm (theorem T2). Every token is a machine, and so is every pair of tokens."
    " In an attention layer each token sends its query down a tree to the pairs (it, any other), and its key and value"
    " down another to the pairs (any other, it); a pair’s machine multiplies query and key; sums weighted by the"
    " softmax travel up the query’s tree again and merge. The end of one layer and the start of the next are one local"
    " step. The matrix on the right shows which pairs matter; all of them get words, since no machine knows which"
    " before queries have met keys.</p>"
)


def shares(weights: np.ndarray) -> np.ndarray:
    """(tokens, tokens): the weight of every real row, relative to the greatest one of its head and reader, in the head
    where that is greatest; less than LEAST_SHARE is 0. Row and column 0, the start token's, are 0, and so is the row
    of a reader that puts all weight on it."""
    rows = weights[:, :, 1:]
    most = rows.max(axis=-1, keepdims=True, initial=0)
    share = np.divide(rows, most, out=np.zeros_like(rows), where=most > 0).max(axis=0)
    return np.pad(np.where(share < LEAST_SHARE, 0, share)[1:], ((1, 0), (1, 0)))


def beside(trace: SimulationTrace) -> Beside:
    """What every layer looks at, beside its rounds."""
    compiled = trace.dtype is not None
    starts = trace.starts
    names = [f"layer {number}" for number in range(1, len(trace.attention) + 1)]
    pictures = {name: picture(trace, weights) for name, weights in zip(names, trace.attention, strict=True)}
    return Beside(
        heading="What the layer looks at",
        note=NOTE if compiled else NOTE_TRAINED,
        what="token",
        first=0 if compiled else 1,
        unit="of the greatest weight" if compiled else "of the weight",
        starts=starts,
        pictures={name: bin_cells(drawn, starts[:-1], np.maximum) for name, drawn in pictures.items()},
        of=[name for name in names for _ in range(trace.rounds_each)],
        layer=[layer for layer in range(1, len(names) + 1) for _ in range(trace.rounds_each)],
        says={name: in_words(trace, drawn) for name, drawn in pictures.items()},
    )


def picture(trace: SimulationTrace, weights: np.ndarray) -> np.ndarray:
    if trace.dtype is not None:
        return shares(weights.astype(trace.dtype))
    most: np.ndarray = weights.max(axis=0)
    return np.where(most < LEAST_WEIGHT, 0, most)


def in_words(trace: SimulationTrace, drawn: np.ndarray) -> str:
    n = trace.tokens
    pairs, weighty = n * (n + 1) // 2 if trace.causal else n * n, int(np.count_nonzero(drawn))
    behind = " that the mask leaves open" if trace.causal else ""
    return f"Of {pairs:,} pairs{behind}, {weighty:,} carry weight that can be drawn; all of them got words."


def write_simulation(path: str | Path, trace: SimulationTrace, **about: Any) -> Path:
    """Write the page of a simulation; `about`: as for `rounds_page`.

    Errors: UsageError if the file cannot be written.
    """
    return write_rounds(path, trace.mpc, prose=PROSE, beside=beside(trace), **about)
