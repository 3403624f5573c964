"""Mail between several blocks: parted by receivers where it is sent, and put in order where it arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.mpc.dealing import Deal, pick
from logdepth.mpc.records import Fields, Memory, Packets, Records, in_order_of_delivery
from logdepth.mpc.runs import ordered_runs
from logdepth.mpc.stable_order import stable_order


@dataclass(frozen=True, eq=False)
class Parcel:
    """Packets on their way from one block to another, in the order of their senders. Numbers of machines take up as few
    bytes as they can."""

    source: np.ndarray
    destination: np.ndarray
    fields: Fields

    def __len__(self) -> int:
        return len(self.destination)

    def open(self) -> Packets:
        """As a step finds packets."""
        return Packets(self.source, self.destination, self.fields)

    def pick(self, own: np.ndarray) -> Parcel:
        """One of its `shares`."""
        source, destination = pick(self.source, own), pick(self.destination, own)
        return Parcel(source, destination, {name: pick(values, own) for name, values in self.fields.items()})


def parcel_out(packets: Packets, deal: Deal) -> list[Parcel]:
    """What is sent to every block."""
    if ordered_runs(packets.source) is None:
        packets = packets.take(stable_order(packets.source))
    shares = deal.shares(packets.destination)
    short = np.min_scalar_type(deal.machines - 1)
    whole = Parcel(packets.source.astype(short), packets.destination.astype(short), packets.fields)
    del packets
    return [whole.pick(own) for own in shares]


def deliver(parts: list[Packets | Parcel], deal: Deal) -> Packets:
    """Packets from several blocks, in the order in which a step finds them.

    What is not needed any more goes at once: `parts` is empty afterwards.
    """
    parts[:] = [part for part in parts if len(part)] or parts[:1]
    merge = deal.merge([part.source for part in parts])
    source, destination = merge.of([part.source for part in parts]), merge.of([part.destination for part in parts])
    fields = [dict(part.fields) for part in parts]
    parts.clear()
    together = {name: merge.of([each.pop(name) for each in fields]) for name in list(fields[0])}
    return in_order_of_delivery(source, destination, together)


def deal_out(memory: Memory, deal: Deal) -> list[Memory]:
    """What the machines of every block hold."""
    shares = {kind: deal.shares(records.owner) for kind, records in memory.items()}
    return [
        {
            kind: Records(
                pick(records.owner, shares[kind][block]),
                {name: pick(values, shares[kind][block]) for name, values in records.fields.items()},
            )
            for kind, records in memory.items()
        }
        for block in range(deal.blocks)
    ]


def collect(memories: Sequence[Memory], deal: Deal) -> Memory:
    """What the machines of all blocks hold, in their order and in new arrays."""
    kinds: dict[str, list[Records]] = {}
    for memory in memories:
        for kind, records in memory.items():
            kinds.setdefault(kind, []).append(records)
    return {kind: merge_records(parts, deal) for kind, parts in kinds.items()}


def merge_records(parts: list[Records], deal: Deal) -> Records:
    parts = [part for part in parts if len(part)] or parts[:1]
    merge = deal.merge([part.owner for part in parts])
    fields = {name: merge.of([part.fields[name] for part in parts]) for name in parts[0].fields}
    return Records(merge.of([part.owner for part in parts]), fields)
