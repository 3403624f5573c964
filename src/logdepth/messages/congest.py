"""CONGEST: a graph whose vertices send messages along its edges, B bits in each direction and round.

A vertex knows its own number, those of its neighbours, and its part of the input. With B = ⌈log n⌉ bits this is the
model of the lower bounds for message-passing networks. Source: Peleg 2000; arXiv 1907.03199.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from logdepth.messages.bits import Bits
from logdepth.messages.errors import MessageTooLong, StepFailed
from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True)
class Wake:
    """What a vertex knows in a round: itself, its neighbours, what it keeps (at first its part of the input), and the
    mail of the round before, sender -> message."""

    vertex: int
    neighbours: tuple[int, ...]
    round: int
    kept: Any
    mail: Mapping[int, Bits]


VertexStep = Callable[[Wake], tuple[Any, Mapping[int, Bits]]]
"""What a vertex does in a round: from what it knows to what it keeps, and sends, neighbour -> message."""


@dataclass(frozen=True, eq=False)
class CongestProtocol:
    """Vertices 1..vertices of a graph send for `rounds` rounds, `bits` bits an edge and direction in each.

    edges (m, 2): every edge once, in either direction. step: what a vertex does. It is called rounds + 1 times for
    every vertex: the last time it reads the mail of the last round, and sends nothing.
    Errors: UsageError for counts below 1 (rounds: below 0), and for edges that are no simple graph on these vertices.
    """

    name: str
    vertices: int
    edges: np.ndarray
    rounds: int
    bits: int
    step: VertexStep

    def __post_init__(self) -> None:
        where = f"protocol {self.name!r}:"
        for quantity, least in (("vertices", 1), ("rounds", 0), ("bits", 1)):
            object.__setattr__(self, quantity, check_count(f"{where} {quantity}", getattr(self, quantity), least))
        object.__setattr__(self, "edges", checked_edges(where, self.edges, self.vertices))
        if not callable(self.step):
            raise UsageError(f"{where} step is a function of what a vertex knows; got {self.step!r}.")

    @cached_property
    def neighbours(self) -> dict[int, tuple[int, ...]]:
        """Of every vertex, in order."""
        found: dict[int, list[int]] = {vertex: [] for vertex in range(1, self.vertices + 1)}
        for u, v in self.edges.tolist():
            found[u].append(v)
            found[v].append(u)
        return {vertex: tuple(sorted(others)) for vertex, others in found.items()}

    @cached_property
    def arcs(self) -> np.ndarray:
        """Every edge in both directions, (2m, 2): (sender, receiver), in order."""
        pairs = [(vertex, other) for vertex, others in self.neighbours.items() for other in others]
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def checked_edges(where: str, edges: Any, vertices: int) -> np.ndarray:
    """Edges (m, 2) int64 of a simple graph on 1..vertices. Errors: UsageError for anything else."""
    given = np.asarray(edges)
    if given.size == 0:
        return np.zeros((0, 2), dtype=np.int64)
    if given.ndim != 2 or given.shape[1] != 2 or given.dtype.kind not in "iu":
        raise UsageError(f"{where} edges are pairs of vertices, (m, 2); got {given.dtype} {given.shape}.")
    if given.min() < 1 or given.max() > vertices:
        raise UsageError(f"{where} edges join vertices 1 to {vertices}; got {given.min()} to {given.max()}.")
    ends = np.sort(given.astype(np.int64), axis=1)
    if (ends[:, 0] == ends[:, 1]).any() or len(np.unique(ends, axis=0)) < len(ends):
        raise UsageError(f"{where} edges join different vertices, each pair once. Drop loops and repeated edges.")
    return given.astype(np.int64)


@dataclass(frozen=True, eq=False)
class CongestRun:
    """What the vertices keep in the end, in order, and the bits of every message: (rounds, arcs) int64."""

    protocol: CongestProtocol
    kept: tuple[Any, ...]
    bits: np.ndarray

    @property
    def rounds(self) -> int:
        return self.protocol.rounds

    @property
    def most_bits(self) -> int:
        """On one edge, in one direction and round."""
        return int(self.bits.max(initial=0))

    @property
    def total(self) -> int:
        """All bits sent."""
        return int(self.bits.sum())

    def as_json(self) -> dict[str, Any]:
        """Bits of every round in all, and of every arc in all, ready for JSON."""
        return {
            "vertices": self.protocol.vertices,
            "rounds": self.rounds,
            "bits": self.protocol.bits,
            "most_bits": self.most_bits,
            "total_bits": self.total,
            "by_round": self.bits.sum(axis=1).tolist(),
            "arcs": self.protocol.arcs.tolist(),
            "by_arc": self.bits.sum(axis=0).tolist(),
        }


def run_on_graph(protocol: CongestProtocol, parts: Sequence[Any]) -> CongestRun:
    """Run all rounds. parts: of the input, that of vertex 1 first.

    Errors: UsageError for more or fewer parts than vertices; MessageTooLong for a message of more bits than an edge
    carries; StepFailed for a vertex that raises, that sends anything but Bits or sends to a vertex that is not its
    neighbour, or that sends after the last round.
    """
    if len(parts) != protocol.vertices:
        raise UsageError(f"protocol {protocol.name!r} has {protocol.vertices} vertices; got {len(parts)} parts.")
    kept = dict(enumerate(parts, start=1))
    column = {(int(u), int(v)): place for place, (u, v) in enumerate(protocol.arcs)}
    bits = np.zeros((protocol.rounds, len(column)), dtype=np.int64)
    mail: dict[int, dict[int, Bits]] = {vertex: {} for vertex in kept}
    for round_ in range(1, protocol.rounds + 2):
        sent: dict[int, dict[int, Bits]] = {vertex: {} for vertex in kept}
        for vertex, others in protocol.neighbours.items():
            kept[vertex], messages = wake(protocol, Wake(vertex, others, round_, kept[vertex], mail[vertex]))
            for other, message in messages.items():
                sent[other][vertex] = message
                bits[round_ - 1, column[vertex, other]] = len(message)
        mail = sent
    return CongestRun(protocol, tuple(kept.values()), bits)


def wake(protocol: CongestProtocol, known: Wake) -> tuple[Any, Mapping[int, Bits]]:
    """One vertex in one round, within the budget."""
    where = f"protocol {protocol.name!r}: vertex {known.vertex} in round {known.round}"
    try:
        given = protocol.step(known)
    except Exception as error:
        raise StepFailed(f"{where} raises {type(error).__name__}:", error) from error
    match given:
        case (kept, Mapping() as sent) if all(isinstance(message, Bits) for message in sent.values()):
            pass
        case _:
            raise StepFailed(f"{where} must give what it keeps, and neighbour -> Bits; it gives {repr(given)[:60]}.")
    if sent and known.round > protocol.rounds:
        raise StepFailed(f"{where} sends after the last round, {protocol.rounds}. Add a round, or send nothing.")
    for receiver, message in sent.items():
        if receiver not in known.neighbours:
            raise StepFailed(f"{where} sends to {receiver!r}, which is no neighbour of it.")
        if len(message) > protocol.bits:
            raise MessageTooLong(protocol.name, known.vertex, known.round, len(message), protocol.bits, receiver)
    return kept, sent
