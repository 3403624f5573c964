"""Known traffic as matchings: the packets of a round in as many colours as a machine has slots.

Source: Kőnig 1916, a bipartite graph of degree s has an edge colouring with s colours; by exchange along alternating
paths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.programs import RawProtocol

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Matchings:
    """For every colour: `packets` (machines,), which packet a machine sends in it, -1 for none; `senders` (machines,),
    from whom a machine gets one, 0 for none; `slots` (machines,), the inbox slot where that one belongs, -1."""

    packets: tuple[Array, ...]
    senders: tuple[Array, ...]
    slots: tuple[Array, ...]


def colour(raw: RawProtocol, destinations: Array, number: int) -> Matchings:
    """The colours of the packets that step `number` sends to `destinations` (packets, machines), 0: nowhere.

    Errors: UsageError if a machine is not there, or is sent more packets than it has slots.
    """
    where = f"protocol {raw.name!r}: in step {number}"
    if destinations.size and not 0 <= destinations.min() <= destinations.max() <= raw.machines:
        bad = destinations[(destinations < 0) | (destinations > raw.machines)][0]
        raise UsageError(f"{where} a packet goes to machine {bad}, but machines are numbered 1 to {raw.machines}.")
    received = np.bincount(destinations.ravel(), minlength=raw.machines + 1)[1:]
    if received.max() > raw.slots:
        raise UsageError(
            f"{where} machine {received.argmax() + 1} is sent {received.max()} packets, and has {raw.slots} slots."
        )
    colours = by_place(destinations) if is_matching(destinations) else by_exchange(destinations, raw.slots)
    places = np.full(destinations.shape, -1)  # of every packet, in its receiver's inbox
    filled = np.zeros(raw.machines + 1, dtype=np.int64)
    for k, row in enumerate(destinations):
        for sender in np.flatnonzero(row):
            places[k, sender] = filled[row[sender]]
            filled[row[sender]] += 1
    packets, senders, slots = [], [], []
    for c in range(int(colours.max(initial=-1)) + 1):
        sent, heard, stands = np.full(raw.machines, -1), np.zeros(raw.machines, np.int64), np.full(raw.machines, -1)
        for k, sender in zip(*np.nonzero(colours == c), strict=True):
            receiver = destinations[k, sender] - 1
            sent[sender], heard[receiver], stands[receiver] = k, sender + 1, places[k, sender]
        packets.append(sent)
        senders.append(heard)
        slots.append(stands)
    return Matchings(tuple(packets), tuple(senders), tuple(slots))


def is_matching(destinations: Array) -> bool:
    """Whether no machine is sent two packets of one place."""
    return all(np.bincount(row)[1:].max(initial=0) <= 1 for row in destinations)


def by_place(destinations: Array) -> Array:
    """Packet k has colour k; -1 where none is sent."""
    return np.where(destinations > 0, np.arange(len(destinations))[:, None], -1)


def by_exchange(destinations: Array, most: int) -> Array:
    """A colour below `most` for every packet, different for two packets of one sender or one receiver; -1 for none.

    Every packet takes a colour a that its sender has free; let b be free at its receiver. Where the receiver uses a,
    the path of colours a, b, a, … from there swaps the two; it cannot come to the sender, where it would arrive by a.
    """
    machines = destinations.shape[1]
    taken: list[list[tuple[int, int] | None]] = [[None] * most for _ in range(2 * machines)]  # (packet, sender)
    colours = np.full(destinations.shape, -1)

    def ends(edge: tuple[int, int]) -> tuple[int, int]:
        return edge[1], machines + int(destinations[edge]) - 1

    for edge in zip(*map(list, np.nonzero(destinations)), strict=True):
        edge = (int(edge[0]), int(edge[1]))
        sender, receiver = ends(edge)
        a, b = taken[sender].index(None), taken[receiver].index(None)
        path, at, wanted = [], receiver, a
        while a != b and (follows := taken[at][wanted]) is not None:
            path.append(follows)
            first, second = ends(follows)
            at, wanted = (second if at == first else first), (b if wanted == a else a)
        for step in path:
            for end in ends(step):
                taken[end][colours[step]] = None
        for step in path:
            colours[step] = b if colours[step] == a else a
            for end in ends(step):
                taken[end][colours[step]] = step
        colours[edge] = a
        for end in (sender, receiver):
            taken[end][a] = edge
    return colours
