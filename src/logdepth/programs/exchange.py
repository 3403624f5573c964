"""One round of an MPC protocol, in statements of a program: rows send packets, and find those for them in inboxes.

Source: arXiv 2402.09268, Theorem 3.1, with exact ranks in place of its hashing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from logdepth.numerics.errors import UsageError
from logdepth.programs.statements import Column
from logdepth.programs.table import Table, Value

if TYPE_CHECKING:
    from torch import Tensor


def exchange(
    table: Table, destinations: Sequence[Column], payloads: Sequence[Sequence[Value]], slots: int
) -> tuple[tuple[Column, ...], ...]:
    """Packet k of a row, `payloads[k]`, goes to row `destinations[k]` (0: to no row).

    Returns `slots` inbox slots, each the columns (1 if a packet came, *its payload); packets to one row come in the
    order of (k, sender). Traffic is legal if no row is sent more than `slots` packets; of illegal traffic the
    interpreter complains, and a transformer loses packets.
    Two attention layers: every packet learns its place among those with its destination, then rows read by place.
    """
    if not destinations or len(destinations) != len(payloads) or len({len(load) for load in payloads}) != 1:
        raise UsageError(f"program {table.name!r} exchanges packets with one payload each, all of one width")
    if not isinstance(slots, int) or slots < 1:
        raise UsageError(f"an inbox has at least one slot, not {slots!r}")
    sent = [table.map(lambda to: to > 0, to, high=1, name="sent") for to in destinations]
    places = [place(table, k, destinations, sent, slots) for k in range(len(destinations))]
    return tuple(inbox_slot(table, number, destinations, places, payloads) for number in range(slots))


def place(table: Table, k: int, destinations: Sequence[Column], sent: Sequence[Column], slots: int) -> Column:
    """The place of packet k among those with its destination: packets of smaller k, and of k from earlier rows."""
    mine = destinations[k]
    before = [
        table.count(query=mine, key=other, where=real, high=slots, name="packets before")
        for other, real in zip(destinations[:k], sent[:k], strict=True)
    ]
    before.append(table.earlier(mine, where=sent[k], high=slots, name="senders before"))
    return table.map(lambda *counts: add(*counts).clamp(max=slots), *before, high=slots, name=f"place {k}")


def inbox_slot(
    table: Table,
    number: int,
    destinations: Sequence[Column],
    places: Sequence[Column],
    payloads: Sequence[Sequence[Value]],
) -> tuple[Column, ...]:
    """What row i finds in slot `number`: of all k, at most one packet is at this place."""
    read = [
        table.select(query=[table.index, number], key=[to, place], values=[1, *load], distinct=True)
        for to, place, load in zip(destinations, places, payloads, strict=True)
    ]
    kinds = list(zip(*read, strict=True))
    names = [f"slot {number} filled", *(f"slot {number} word {w}" for w in range(1, len(kinds)))]
    return tuple(
        table.map(add, *kind, high=max(part.high for part in kind), name=name)
        for name, kind in zip(names, kinds, strict=True)
    )


def add(first: Tensor, *others: Tensor) -> Tensor:
    """The sum of columns, row by row."""
    for other in others:
        first = first + other
    return first
