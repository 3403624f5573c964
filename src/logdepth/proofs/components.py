"""Components by their definition: who is connected by squaring, and a representative for every component."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from logdepth.proofs.definition import Bits, Definition, fills_rows
from logdepth.tasks import Components, Graph

Pairs = dict[tuple[int, int], int]
"""Of every two vertices, the smaller first, a node."""


def holds(bits: Bits, row: int, u: int, v: int) -> int:
    """Whether a row holds this edge."""
    ends = (("u", u), ("v", v))
    return bits.builder.conjunction([bits.equals(bits.number(column, row), end) for column, end in ends])


def right(bits: Bits, answers: Bits, task: Components) -> int:
    """The representative of a vertex is connected to it, and those of connected vertices are equal."""
    make = bits.builder
    joined = connected(bits, task)
    vertices = range(1, task.n + 1)
    named = {v: [bits.equals(answers.number("representative", v), one) for one in vertices] for v in vertices}
    good = [
        make.disjunction([make.conjunction([named[v][one - 1], of(make, joined, v, one)]) for one in vertices])
        for v in vertices
    ]
    for (u, v), together in joined.items():
        equal = make.conjunction([bits.same(one, other) for one, other in zip(named[u], named[v], strict=True)])
        good.append(make.disjunction([equal], [together]))
    return make.conjunction(good)


def connected(bits: Bits, task: Components) -> Pairs:
    """Whether two vertices are connected: by an edge at first, then by paths of twice the length."""
    make = bits.builder
    edges = range(task.n + 1, task.rows + 1)
    joined = {
        (u, v): make.disjunction([holds(bits, row, *ends) for row in edges for ends in ((u, v), (v, u))])
        for u, v in combinations(range(1, task.n + 1), 2)
    }
    for _ in range((task.n - 1).bit_length()):
        joined = {
            (u, v): make.disjunction(
                make.conjunction([of(make, joined, u, middle), of(make, joined, middle, v)])
                for middle in range(1, task.n + 1)
            )
            for u, v in joined
        }
    return joined


def of(make: Any, joined: Pairs, u: int, v: int) -> int:
    return make.constant(True) if u == v else joined[min(u, v), max(u, v)]


def decode(columns: Mapping[str, Any], task: Components) -> Graph:
    """The graph, every edge once."""
    ends = zip(columns["u"].tolist(), columns["v"].tolist(), strict=True)
    edges = sorted({(min(u, v), max(u, v)) for u, v in ends if u})
    return Graph(task.n, np.array(edges, dtype=np.int64).reshape(-1, 2))


COMPONENTS = Definition(
    task=Components,
    rows=lambda task: task.rows,
    promised=fills_rows,
    right=right,
    decode=decode,
)
