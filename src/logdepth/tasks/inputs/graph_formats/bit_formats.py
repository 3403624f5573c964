"""graph6 and sparse6: a graph as printable letters of six bits each."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from logdepth.tasks.graphs.graph import Numbers
from logdepth.tasks.inputs.raw_graph import MOST_VERTICES, RawGraph, damage, pairs

MOST_LETTERS = 2**23
"""Of a graph: more would take minutes."""


def graph6(data: bytes, path: Path) -> RawGraph:
    """graph6 or sparse6, by its first letter, with or without a header; one graph. Vertices are 0, 1, …, as networkx
    numbers them. Source: https://users.cecs.anu.edu.au/~bdm/data/formats.txt."""
    lines = data.split(maxsplit=2)
    line = lines[0] if lines else b""
    for header in (b">>graph6<<", b">>sparse6<<"):
        line = line.removeprefix(header)
    sparse = line.startswith(b":")
    kind = "sparse6" if sparse else "graph6"
    values = np.frombuffer(line.removeprefix(b":"), np.uint8) - np.uint8(
        63
    )  # letters below ? wrap around, and are refused
    if len(lines) != 1:
        raise damage(path, kind, "it holds several graphs, and one is read" if lines else "it is empty")
    if not len(values) or values.max() > 63 or len(values) > MOST_LETTERS:
        raise damage(path, kind, "it is not one line of letters from ? to ~")
    vertices, rest = _vertices(values.tolist()[:8], values)
    if not 0 <= vertices <= MOST_VERTICES:
        raise damage(path, kind, f"it states more than {MOST_VERTICES} vertices, or none that can be read")
    bits = (rest[:, None] >> np.arange(5, -1, -1, dtype=np.uint8) & 1).ravel()
    if sparse:
        ends = pairs(list(_sparse_edges(bits.tolist(), vertices)))
    else:
        wanted = vertices * (vertices - 1) // 2
        if len(rest) != (wanted + 5) // 6:
            raise damage(path, kind, f"{vertices} vertices take {(wanted + 5) // 6} letters; it has {len(rest)}")
        place = np.flatnonzero(bits[:wanted])
        column = ((1 + np.sqrt(1 + 8.0 * place)) // 2).astype(
            np.int64
        )  # of pair (row, column): column (column-1)/2 + row
        column -= column * (column - 1) // 2 > place
        ends = np.stack([place - column * (column - 1) // 2, column], axis=1)
    return RawGraph(
        labels=Numbers(range(vertices)),
        ends=ends + 1,
        weights=None,
        place=lambda edge: f"edge {edge + 1}",
        directed=False,
    )


def _vertices(start: list[int], values: np.ndarray) -> tuple[int, np.ndarray]:
    """The number of vertices, -1 if it is cut off, and the letters behind it."""
    skipped, digits = (0, 1) if start[0] < 63 else (1, 3) if start[1:2] != [63] else (2, 6)
    if len(start) < skipped + digits:
        return -1, values
    number = 0
    for digit in start[skipped : skipped + digits]:
        number = number * 64 + digit
    return number, values[skipped + digits :]


def _sparse_edges(bits: list[int], vertices: int) -> Iterator[tuple[int, int]]:
    """The edges of a sparse6 string, from 0: each step is a bit b and a number x of k bits."""
    k = max(1, (vertices - 1).bit_length())
    v = 0
    for place in range(0, len(bits) - k, k + 1):
        x = 0
        for bit in bits[place + 1 : place + 1 + k]:
            x = 2 * x + bit
        v += bits[place]
        if x >= vertices or v >= vertices:
            return  # padding
        if x > v:
            v = x
        else:
            yield x, v
