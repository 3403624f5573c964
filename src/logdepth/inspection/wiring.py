"""Which part of a transformer reads what which part wrote: its wiring, from the weights alone.

A part is the embedding, a head, a ReLU layer of one step, or an output. A residual column is used again after the ReLU
layer of its last reader has cleared it. So a part that wrote a column has an edge to a reader if the column was not
cleared in between. Where it was, what was written and what clears it are still two terms of the residual stream, and
cancel. These are kept apart, for tools that patch one edge at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from logdepth.transformer import Attention, Mlp, Transformer

EMBEDDING, HEAD, RELU, OUTPUT = "embedding", "head", "relu", "output"


@dataclass(frozen=True)
class Part:
    """A part of a transformer, by its step and, of a head, its number in the layer, both from 0.

    name: of the embedding the input column, or `index` for the positions; of an output its own; else empty.
    """

    kind: str
    step: int = -1
    head: int = -1
    name: str = ""


@dataclass(frozen=True)
class Access:
    """A part's residual columns: those that it reads, by what for (query, key, value, or its only input); those that it
    writes something of its own to; and those that it clears, from which it takes what stood there."""

    part: Part
    reads: dict[str, frozenset[int]] = field(default_factory=dict)
    writes: frozenset[int] = frozenset()
    clears: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Edge:
    """`reader` reads, as `input`, residual columns that `writer` wrote."""

    writer: Part
    reader: Part
    input: str
    columns: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Wiring:
    """edges: what was written and is read. cancelling: what was written, read by its column, and cleared in between."""

    parts: tuple[Access, ...]
    edges: tuple[Edge, ...]
    cancelling: tuple[Edge, ...]

    def circuit(self, output: str) -> frozenset[Part]:
        """The parts from which edges lead to an output, and the output itself."""
        found, fresh = set[Part](), {Part(OUTPUT, name=output)}
        while fresh:
            found |= fresh
            fresh = {edge.writer for edge in self.edges if edge.reader in fresh} - found
        return frozenset(found)


def wiring_of(transformer: Transformer) -> Wiring:
    """The wiring of a transformer as it runs: tied blocks once a step."""
    parts = [*embeddings(transformer)]
    for number, block in enumerate(transformer.steps):
        parts += [] if block.attention is None else heads(number, block.attention)
        parts += [] if block.mlp is None else [relu_layer(number, block.mlp)]
    parts += [
        Access(Part(OUTPUT, name=name), {"readout": columns_of(vector)})
        for name, vector in transformer.readouts.items()
    ]
    return Wiring(tuple(parts), *connected(parts))


def embeddings(transformer: Transformer) -> Iterable[Access]:
    tables = {"index": transformer.positions, **transformer.embeddings}
    for name, table in tables.items():
        yield Access(Part(EMBEDDING, name=name), writes=columns_of(table.T))


def heads(step: int, attention: Attention) -> Iterable[Access]:
    matrices = {"query": attention.query, "key": attention.key, "value": attention.value}
    for head in range(attention.heads):
        reads = {name: columns_of(matrix[head]) for name, matrix in matrices.items()}
        yield Access(Part(HEAD, step, head), reads, columns_of(attention.output[head].T))


def relu_layer(step: int, mlp: Mlp) -> Access:
    """It clears column c if hidden units that read c alone add -c to it: relu(c), or relu(c) and relu(-c)."""
    alone = (mlp.into != 0) & ((mlp.into != 0).sum(0) == 1)  # (width, hidden)
    slopes = torch.where(alone, mlp.into, 0).clamp(min=0) * mlp.out.T  # of what is added, where c > 0
    clears = frozenset(torch.nonzero(slopes.sum(1) == -1).flatten().tolist())
    others = columns_of(torch.where(alone, 0, mlp.out.T))
    writes = others | (columns_of(mlp.out.T) - clears)
    return Access(Part(RELU, step), {"input": columns_of(mlp.into)}, writes, clears)


def columns_of(matrix: Tensor) -> frozenset[int]:
    """The residual columns, (width, …), that are not 0 throughout."""
    return frozenset(torch.nonzero(matrix.reshape(len(matrix), -1).any(1)).flatten().tolist())


def connected(parts: Sequence[Access]) -> tuple[tuple[Edge, ...], tuple[Edge, ...]]:
    """The edges between parts in the order in which they run, and those that cancel."""
    standing: dict[int, list[Part]] = {}
    gone: dict[int, list[Part]] = {}
    edges: list[Edge] = []
    cancelling: list[Edge] = []
    for access in parts:
        edges += arriving(access, standing)
        cancelling += arriving(access, gone)
        for column in access.clears:
            gone.setdefault(column, []).extend([*standing.pop(column, []), access.part])
        for column in access.writes:
            standing.setdefault(column, []).append(access.part)
    return tuple(edges), tuple(cancelling)


def arriving(access: Access, written: dict[int, list[Part]]) -> Iterable[Edge]:
    """The edges to a part, one for each writer and input."""
    for name, columns in access.reads.items():
        found: dict[Part, list[int]] = {}
        for column in sorted(columns):
            for writer in written.get(column, []):
                found.setdefault(writer, []).append(column)
        yield from (Edge(writer, access.part, name, tuple(each)) for writer, each in found.items())
