"""The router with a token for every packet: s heads in place of s², and O(s + log q) residual columns.

The transformer of q machines of s slots has q s tokens. Row (k - 1) q + j is packet k of machine j, so that rows stand
in the order of inboxes: by place among a sender's packets, then by sender. The first q rows are given the states of
the machines; the others are blank tokens, which hold nothing but their position.

Claim. For legal traffic, every row of machine j holds after every step what machine j holds on the engine: its state,
and after every round its inbox, slot by slot.

Proof, by induction over the steps. Before the first one, all rows of machine j read row j: one layer, one head. If all
rows of a machine hold the same, a step gives them the same state and the same s packets, since it is a function of the
machine's number, its state and its inbox. Row (k, j) keeps packet k. Then two attention layers carry a round:

1. Every row counts the rows before it with its destination. Rows stand in the order of inboxes, so this is the place of
   its packet in its receiver's inbox, and it is below s, since the traffic is legal. A row is before another one if a
   digit of its number is less and those above are equal: a head for each digit, ⌈log4 (q s + 1)⌉ heads.
2. All packets have different pairs (destination, place). Head r of s looks, for the rows of machine i, for the pair
   (i, r), and reads that packet, or zeros where there is none: slot r of the inbox.

All rows of a machine ask alike, so they hold the same inbox, and it is the engine's. ∎

Of illegal traffic the interpreter complains, where a place leaves its range; a transformer loses packets.

Source: the improved width of arXiv 2405.18512, Theorem 1, N^(δ+ε) in place of N^(4δ), with blank tokens for the
packets. The construction is ours: ranks in place of hashing, so it is exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from logdepth.programs import Column, RawProtocol, Table


def machine_of(table: Table, machines: int) -> Column:
    """Which machine a row belongs to, from 1."""
    if table.rows == machines:
        return table.index
    return table.map(lambda row: (row - 1) % machines + 1, table.index, high=machines, name="machine")


def keep_own(table: Table, raw: RawProtocol, sent: Sequence[Sequence[Column]]) -> Sequence[Column]:
    """Of what a machine sends, the packet (destination, *words) of this row."""
    if raw.slots == 1:
        return sent[0]
    rows = np.arange(raw.machines * raw.slots + 1)
    mine = [((rows > 0) & ((rows - 1) // raw.machines == k)).astype(np.int64) for k in range(len(sent))]
    parts = {"destination": raw.machines, **raw.words}
    return [
        table.weave([packet[w] for packet in sent], mine, high, f"packet's {name}")
        for w, (name, high) in enumerate(parts.items())
    ]


def deliver(table: Table, raw: RawProtocol, sent: Sequence[Sequence[Column]]) -> list[list[Column | int]]:
    """The inbox of every row's machine, of every slot (filled, *words)."""
    to, *words = keep_own(table, raw, sent)
    machine = machine_of(table, raw.machines)
    place = table.earlier(to, where=to > 0, high=raw.slots - 1, name="place") if raw.slots > 1 else 0
    return [
        list(
            table.select(
                query=[machine, slot],
                key=[to, place],
                values=[1, *words],
                distinct=True,
                name=[f"slot {slot} {name}" for name in ("filled", *raw.words)],
            )
        )
        for slot in range(raw.slots)
    ]
