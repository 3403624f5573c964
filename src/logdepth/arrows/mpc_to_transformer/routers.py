"""Routers: one round of an MPC protocol, every packet to its inbox slot, as statements of a program.

All of them fill inboxes in the same order: by the packet's place among its sender's, then by sender.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from logdepth.arithmetic import undisturbed
from logdepth.arrows.mpc_to_transformer.hashing import code_columns_of, hashing_columns_of, propagate, read_packets
from logdepth.arrows.mpc_to_transformer.matchings import colour
from logdepth.arrows.mpc_to_transformer.packets import deliver
from logdepth.numerics.errors import UsageError
from logdepth.programs import Column, RawProtocol, Table, exchange

Array = np.ndarray
Sent = Sequence[Sequence[Column]]  # of every packet (destination, *words)
Inbox = list[list[Column | int]]  # of every slot (filled, *words)
Route = Callable[[Table, int, Sent], Inbox]
"""Writes the round after a step, given its number from 0 and what it sends."""


def exact(raw: RawProtocol) -> Route:
    """Rank, then deliver: two layers, any legal traffic. See `programs.exchange`."""

    def route(table: Table, number: int, sent: Sent) -> Inbox:
        if not sent:
            return empty(raw)
        slots = exchange(table, [to for to, *_ in sent], [words for _, *words in sent], raw.slots)
        return [list(slot) for slot in slots]

    return route


def matching(raw: RawProtocol) -> Route:
    """One layer: packet k of every sender is sent to a machine of its own, which the author promises for every k.

    A head for every k reads who sent me packet k. The interpreter, and the engine on request, complain of a broken
    promise.
    """

    def route(table: Table, number: int, sent: Sent) -> Inbox:
        read = [
            table.push(
                to,
                [1, *words],
                distinct=True,
                name=[f"packet {k} came", *(f"packet {k} {name}" for name in raw.words)],
            )
            for k, (to, *words) in enumerate(sent)
        ]
        return in_order(table, raw, read)

    return route


def in_order(table: Table, raw: RawProtocol, read: Sequence[Sequence[Column]]) -> Inbox:
    """Packets (came, *words) moved up, so that no slot before a packet is empty."""
    if len(read) == 1:
        return [list(read[0]), *empty(raw)[1:]]
    inbox = empty(raw)
    came = [packet[0] for packet in read]
    for slot in range(len(read)):
        inbox[slot][0] = table.map(lambda *c, s=slot: added(c) > s, *came, high=1, name=f"slot {slot} filled")
        for w, name in enumerate(raw.words, start=1):
            words = [packet[w] for packet in read[slot:]]
            inbox[slot][w] = table.map(
                lambda *columns, s=slot: standing_at(s, columns[: len(came)], columns[len(came) :]),
                *came,
                *words,
                high=raw.words[name],
                name=f"slot {slot} {name}",
            )
    return inbox


def standing_at(slot: int, came: Sequence[Any], words: Sequence[Any]) -> Any:
    """The word of the packet before which exactly `slot` others came; `words` are those of packets slot, slot + 1, …"""
    found = []
    for k, word in enumerate(words, start=slot):
        before = added([*came[:k], (1 - came[k]) * (slot + 1)])  # beyond `slot` if packet k did not come
        found.append(torch.where(before == slot, word, 0))
    return added(found)


def added(columns: Sequence[Any]) -> Any:
    total = columns[0]
    for column in columns[1:]:
        total = total + column
    return total


def oblivious(raw: RawProtocol) -> Route:
    """One layer, for destinations that depend on the machine's number alone.

    Such traffic is a bipartite graph of degree at most s, whose edges take s colours (Kőnig 1916): a colour is a
    matching known now, which one head carries. Receivers pull from the row that they know will send.
    Errors: UsageError for a destination that depends on data, and for traffic that is not legal.
    """

    def route(table: Table, number: int, sent: Sent) -> Inbox:
        traffic = colour(raw, fixed_destinations(raw, number, len(sent)), number)
        read = [
            carry(table, raw, packets, senders, sent)
            for packets, senders in zip(traffic.packets, traffic.senders, strict=True)
        ]
        return [sort_in(table, raw, slot, traffic.slots, read) for slot in range(raw.slots)]

    return route


def carry(table: Table, raw: RawProtocol, packets: Array, senders: Array, sent: Sent) -> list[Column]:
    """The words that one colour brings: senders choose the packet, receivers pull."""
    used = sorted({int(k) for k in packets if k >= 0})
    words = list(sent[used[0]][1:]) if used else []
    if len(used) > 1:
        words = [
            table.map(
                lambda index, *choices: added(
                    [torch.where(choose(packets == k)[index] == 1, c, 0) for k, c in zip(used, choices, strict=True)]
                ),
                table.index,
                *(sent[k][w] for k in used),
                high=high,
                name=f"{name} to send",
            )
            for w, (name, high) in enumerate(raw.words.items(), start=1)
        ]
    address = table.map(lambda index: rows(senders)[index], table.index, high=raw.machines, name="sender")
    return list(table.pull(address, words, name=[f"{name} sent" for name in raw.words]))


def sort_in(
    table: Table, raw: RawProtocol, slot: int, slots: Sequence[Array], read: Sequence[Sequence[Column]]
) -> list[Column | int]:
    """What stands in a slot: of the colours, the one that brings this packet to me."""
    bring = [c for c, places in enumerate(slots) if (places == slot).any()]
    if not bring:
        return [0] * (1 + len(raw.words))
    come = np.logical_or.reduce([slots[c] == slot for c in bring])
    filled = table.map(lambda index: choose(come)[index], table.index, high=1, name=f"slot {slot} filled")
    if len(bring) == 1 and set(slots[bring[0]].tolist()) <= {slot, -1}:  # the colour fills this slot and no other
        return [filled, *read[bring[0]]]
    words = [
        table.map(
            lambda index, *choices: added(
                [torch.where(choose(slots[c] == slot)[index] == 1, x, 0) for c, x in zip(bring, choices, strict=True)]
            ),
            table.index,
            *(read[c][w] for c in bring),
            high=high,
            name=f"slot {slot} {name}",
        )
        for w, (name, high) in enumerate(raw.words.items())
    ]
    return [filled, *words]


def hashed(raw: RawProtocol) -> Route:
    """One layer of one head, any legal traffic, right with high probability: the paper's own. See `hashing`."""
    return propagating(raw, hashing_columns_of(raw))


def coded(raw: RawProtocol) -> Route:
    """One layer of one head, any legal traffic, always right: a superimposed code in place of hashing."""
    return propagating(raw, code_columns_of(raw))


def propagating(raw: RawProtocol, taken: Array) -> Route:
    def route(table: Table, number: int, sent: Sent) -> Inbox:
        return read_packets(table, raw, propagate(table, raw, sent, taken)) if sent else empty(raw)

    return route


def packets(raw: RawProtocol) -> Route:
    """Rank, then deliver, with a token for every packet: two layers, any legal traffic. See `packets`."""

    def route(table: Table, number: int, sent: Sent) -> Inbox:
        return deliver(table, raw, sent) if sent else empty(raw)

    return route


def rows(values: Array) -> torch.Tensor:
    """A value for every row number, from 1."""
    return torch.from_numpy(np.concatenate([[0], values]).astype(np.int64))


def choose(mask: Array) -> torch.Tensor:
    return rows(mask.astype(np.int64))


@undisturbed()
def fixed_destinations(raw: RawProtocol, number: int, packets: int) -> Array:
    """The destinations (packets, machines) of a step, 0: nowhere. Errors: UsageError if they depend on data."""
    width, columns = 1 + len(raw.words), len(raw.state) + raw.slots * (1 + len(raw.words))
    names = [*raw.state, *(f"inbox slot {i // width}" for i in range(columns - len(raw.state)))]
    function = raw.functions[number]
    destinations = [function.results[len(raw.state) + k * width] for k in range(packets)]
    for k, destination in enumerate(destinations):
        used = function.ancestors(destination)
        data = [name for place, name in enumerate(names, start=1) if place in used]
        if data:
            raise UsageError(
                f"protocol {raw.name!r}: in step {number} the destination of packet {k} depends on {data[0]!r}, and the"
                " oblivious router takes destinations that depend on the machine's number alone. Take the router"
                " 'exact', or 'matching' if no two packets of one place go to one machine."
            )
    if not packets:
        return np.zeros((0, raw.machines), dtype=np.int64)
    alone = replace(function, results=tuple(destinations))
    nothing = np.zeros(raw.machines, dtype=np.int64)
    return np.stack(alone(np.arange(1, raw.machines + 1), *[nothing] * columns))


def empty(raw: RawProtocol) -> Inbox:
    return [[0] * (1 + len(raw.words)) for _ in range(raw.slots)]


ROUTERS: dict[str, Callable[[RawProtocol], Route]] = {
    "exact": exact,
    "oblivious": oblivious,
    "matching": matching,
    "hashed": hashed,
    "coded": coded,
    "packets": packets,
}
