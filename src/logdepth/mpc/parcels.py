"""Mail between several blocks: parted by receivers where it is sent, and put in order where it arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.mpc.dealing import Deal
from logdepth.mpc.records import Fields, Packets, in_order_of_delivery
from logdepth.mpc.runs import ordered_runs
from logdepth.mpc.stable_order import gather, stable_order

LONG = 32
"""Packets in a row that go to one block, on average, for which numpy copies rows sooner than it gathers packets."""


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
        """The packets at these places, or with these flags."""
        source, destination = pick(self.source, own), pick(self.destination, own)
        return Parcel(source, destination, {name: pick(values, own) for name, values in self.fields.items()})


def pick(values: np.ndarray, own: np.ndarray) -> np.ndarray:
    return values[own] if own.dtype == bool else gather(values, own)


def parcel_out(packets: Packets, deal: Deal) -> list[Parcel]:
    """What is sent to every block."""
    if ordered_runs(packets.source) is None:
        packets = packets.take(stable_order(packets.source))
    to = deal.block_of(packets.destination)
    short = np.min_scalar_type(deal.machines - 1)
    whole = Parcel(packets.source.astype(short), packets.destination.astype(short), packets.fields)
    del packets
    in_rows = np.count_nonzero(to[1:] != to[:-1]) * LONG < len(to)
    flags = (to == block for block in range(deal.blocks))
    return [whole.pick(own if in_rows else np.flatnonzero(own)) for own in flags]


def join(slices: Sequence[np.ndarray], empty: np.ndarray) -> np.ndarray:
    """All slices in an array of its own; if there are none, one like the `empty` one."""
    return np.concatenate(slices) if slices else np.empty((0, *empty.shape[1:]), empty.dtype)


def deliver(parts: list[Packets | Parcel], deal: Deal) -> Packets:
    """Packets from several blocks, in the order in which a step finds them.

    What is not needed any more goes at once: `parts` is empty afterwards.
    """
    parts[:] = [part for part in parts if len(part)] or parts[:1]
    slices = sorted(
        (chunk, number, begin, end)
        for number, part in enumerate(parts)
        for chunk, begin, end in deal.chunks_of(part.source)
    )

    def merge(arrays: list[np.ndarray]) -> np.ndarray:
        return join([arrays[number][begin:end] for _, number, begin, end in slices], arrays[0])

    source, destination = (merge([getattr(part, name) for part in parts]) for name in ("source", "destination"))
    fields = [dict(part.fields) for part in parts]
    parts.clear()
    together = {name: merge([each.pop(name) for each in fields]) for name in list(fields[0])}
    return in_order_of_delivery(source, destination, together)
