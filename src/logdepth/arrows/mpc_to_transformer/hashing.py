"""The one-layer routers of T1: sparse propagation of packets that are written into several columns each.

Every machine writes each of its packets into the columns that a fixed 0/1 matrix gives the pair (machine, place among
its packets), and sends all columns to all machines that it writes to. A machine adds up what it gets, and finds a
packet in every column that just one of them has used; it keeps those with its own address, and sorts them.

Random columns (multiple hashing, arXiv 2402.09268, Fact B.2) keep all packets with high probability. Those of a
superimposed code (Kautz and Singleton 1964) keep all packets of any legal traffic. Where the paper's matrix has a row
for every source and destination, ours has one for every source and place, so that the columns do not depend on data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
import torch

from logdepth.arrows.mpc_to_transformer.router_costs import code_size, hashing_columns
from logdepth.programs import Column, RawProtocol, Table

Array = np.ndarray
Fields = Sequence[tuple[str, int]]  # of a packet: name, highest value; a word may have any name
SEED = 0


def random_columns(machines: int, slots: int, columns: int, seed: int = SEED) -> Array:
    """Which columns a packet is written into: (slots, machines, columns) bool, each with probability 1 / (s² + 1)."""
    return np.random.default_rng(seed).random((slots, machines, columns)) < 1 / (slots**2 + 1)


def code_columns(machines: int, slots: int) -> Array:
    """The same by a Reed–Solomon code: packet number x, written with `digits` digits in base `prime`, is a polynomial,
    and takes at every one of `points` points the column of its value there. Two packets share at most digits - 1
    columns, so that of points > (s² - 1) (digits - 1) one is left, for any s² - 1 others.
    """
    prime, digits, points = code_size(slots, machines)
    numbers = np.arange(slots * machines)
    coefficients = [numbers // prime**i % prime for i in range(digits)]
    taken = np.zeros((len(numbers), points, prime), dtype=bool)
    for point in range(points):
        value = sum(c * pow(point, i, prime) for i, c in enumerate(coefficients)) % prime
        taken[numbers, point, value] = True
    return taken.reshape(slots, machines, points * prime)


def alone(taken: Array) -> Array:
    """The same without columns that two packets of one machine would take: neither could be read."""
    return taken & (taken.sum(0, keepdims=True) == 1)


def losses(taken: Array, destinations: Array) -> int:
    """How many packets to `destinations` (slots, machines; 0: none) no column serves: all packets of a
    machine reach all machines that it sends to."""
    slots, machines = taken.shape[:2]
    to = np.zeros((machines, machines + 1), dtype=np.int64)  # sender, receiver: whether it hears it
    for row in destinations:
        to[np.arange(machines), row] = 1
    written = np.where((destinations > 0)[:, :, None], taken, False)
    heard = to.T @ written.sum(0)  # receiver, column: how many packets
    served = [(taken[k] & (heard[destinations[k]] == 1)).any(1)[destinations[k] > 0] for k in range(slots)]
    return int(sum((~each).sum() for each in served))


def hashing_columns_of(raw: RawProtocol) -> Array:
    return alone(random_columns(raw.machines, raw.slots, hashing_columns(raw.slots, raw.machines)))


def code_columns_of(raw: RawProtocol) -> Array:
    return alone(code_columns(raw.machines, raw.slots))


def propagate(table: Table, raw: RawProtocol, sent: Sequence[Sequence[Column]], taken: Array) -> list[list[Column]]:
    """What every machine gets: of every column (how many packets, *the sums of their numbers, addresses and words)."""
    fields = [("count", 1), ("number", raw.slots * raw.machines), ("address", raw.machines), *raw.words.items()]
    packets = [real(table, raw, k, packet, fields) for k, packet in enumerate(sent)]
    columns = [c for c in range(taken.shape[2]) if taken[: len(sent), :, c].any()]
    gates = {c: [np.concatenate([[0], taken[k, :, c]]).astype(np.int64) for k in range(len(sent))] for c in columns}
    parts = list(product(columns, enumerate(fields)))
    written = [
        table.weave([packet[i] for packet in packets], gates[c], high, f"column {c} {name}")
        for c, (i, (name, high)) in parts
    ]
    names = [f"column {c} {name} heard" for c, (_, (name, _)) in parts]
    heard = table.spread([to for to, *_ in sent], written, senders=raw.slots, names=names)
    return [list(heard[i : i + len(fields)]) for i in range(0, len(heard), len(fields))]


def real(table: Table, raw: RawProtocol, k: int, packet: Sequence[Column], fields: Fields) -> list[Column]:
    """Packet k as what is written: (1, its number, its address, *words), all 0 if it goes nowhere. The numbers of all
    packets are in the order of inboxes: by place, then sender, from 1."""

    def fill(index: Any, to: Any, *words: Any) -> list[Any]:
        number = torch.where(to > 0, index + k * raw.machines, 0)
        return [to > 0, number, to, *(torch.where(to > 0, word, 0) for word in words)]

    names, highs = [f"packet {k} {name}" for name, _ in fields], [high for _, high in fields]
    return list(table.map(fill, table.index, *packet, high=highs, name=names))


def read_packets(table: Table, raw: RawProtocol, heard: Sequence[Sequence[Column]]) -> list[list[Column | int]]:
    """The inbox: the packets that can be read, in order, each once though it stands in several columns."""
    beyond = raw.slots**2 * raw.slots * raw.machines + 1  # more than any sum of numbers
    width = 3 + len(raw.words)

    def sort(index: Any, *flat: Any) -> list[Any]:
        columns = [flat[i : i + width] for i in range(0, len(flat), width)]
        words = [column[3:] for column in columns]
        numbers = [torch.where((count == 1) & (to == index), x, beyond) for count, x, to, *_ in columns]
        inbox = []
        for _ in range(raw.slots):
            first = tournament(torch.minimum, numbers)
            here = [number == first for number in numbers]
            filled = first < beyond
            inbox.append(filled)
            for w in range(len(raw.words)):
                word = tournament(
                    torch.maximum, [torch.where(h, each[w], 0) for h, each in zip(here, words, strict=True)]
                )
                inbox.append(torch.where(filled, word, 0))
            numbers = [torch.where(h, beyond, number) for h, number in zip(here, numbers, strict=True)]
        return inbox

    parts = [("filled", 1), *raw.words.items()]
    highs = [high for _ in range(raw.slots) for _, high in parts]
    names = [f"slot {slot} {name}" for slot in range(raw.slots) for name, _ in parts]
    results = table.map(sort, table.index, *(part for column in heard for part in column), high=highs, name=names)
    return [list(results[i : i + len(parts)]) for i in range(0, len(results), len(parts))]


def tournament(better: Callable[[Any, Any], Any], values: Sequence[Any]) -> Any:
    """The best of all, in log2 of their number steps."""
    values = list(values)
    while len(values) > 1:
        pairs = [better(a, b) for a, b in zip(values[::2], values[1::2], strict=False)]
        values = pairs + values[len(pairs) * 2 :]
    return values[0]
