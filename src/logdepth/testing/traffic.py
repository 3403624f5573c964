"""Legal traffic of one round of an MPC protocol, adversarial patterns among it, and where its packets should arrive."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Pattern = Callable[[int, int, np.random.Generator], np.ndarray]


def permutation(machines: int, slots: int, rng: np.random.Generator) -> np.ndarray:
    """One packet from and to every machine."""
    return one_kind(rng.permutation(machines) + 1, slots)


def full_load(machines: int, slots: int, rng: np.random.Generator) -> np.ndarray:
    """Every machine sends and receives as much as it may."""
    return np.stack([rng.permutation(machines) + 1 for _ in range(slots)])


def many_to_one(machines: int, slots: int, rng: np.random.Generator) -> np.ndarray:
    """`slots` machines at a time send to one."""
    return one_kind(rng.permutation(np.arange(machines) // slots + 1), slots)


def one_to_many(machines: int, slots: int, rng: np.random.Generator) -> np.ndarray:
    """A few machines send one packet to every machine."""
    destinations = np.zeros((slots, machines), dtype=np.int64)
    receivers = rng.permutation(machines) + 1
    for sender in range(machines // slots):
        destinations[:, sender] = receivers[sender * slots : (sender + 1) * slots]
    return destinations


def duplicates(machines: int, slots: int, rng: np.random.Generator) -> np.ndarray:
    """All packets of a machine go to the same one."""
    return np.tile(rng.permutation(machines) + 1, (slots, 1))


def ragged(machines: int, slots: int, rng: np.random.Generator) -> np.ndarray:
    """Every second packet of a random full load."""
    places = rng.permutation(np.repeat(np.arange(1, machines + 1), slots))
    return np.where(rng.random(len(places)) < 0.5, places, 0).reshape(slots, machines)


def all_to_one(machines: int, slots: int, rng: np.random.Generator) -> np.ndarray:
    """As many machines as may send to machine 1 do so; the others are silent."""
    destinations = np.zeros(machines, dtype=np.int64)
    destinations[rng.permutation(machines)[:slots]] = 1
    return one_kind(destinations, slots)


def to_myself(machines: int, slots: int, rng: np.random.Generator) -> np.ndarray:
    """Every machine keeps its packets."""
    return np.tile(np.arange(1, machines + 1), (slots, 1))


def silence(machines: int, slots: int, rng: np.random.Generator) -> np.ndarray:
    """Nobody sends."""
    return np.zeros((slots, machines), dtype=np.int64)


def one_kind(destinations: np.ndarray, slots: int) -> np.ndarray:
    """Packet 0 only."""
    return np.concatenate([destinations[None], np.zeros((slots - 1, len(destinations)), dtype=np.int64)])


PATTERNS: dict[str, Pattern] = {
    "permutation": permutation,
    "full load": full_load,
    "many to one": many_to_one,
    "one to many": one_to_many,
    "duplicates": duplicates,
    "ragged": ragged,
    "all to one": all_to_one,
    "to myself": to_myself,
    "silence": silence,
}
"""By name, what gives the destinations (slots, machines) of packets, 1..machines or 0 for none."""


def delivered(destinations: np.ndarray, words: np.ndarray) -> np.ndarray:
    """What every machine finds in its inbox, (slots, machines): words by (packet, sender), 0 where none came."""
    inbox = np.zeros_like(words)
    filled = np.zeros(words.shape[1], dtype=np.int64)
    for k in range(len(words)):
        for sender, receiver in enumerate(destinations[k]):
            if receiver:
                inbox[filled[receiver - 1], receiver - 1] = words[k, sender]
                filled[receiver - 1] += 1
    return inbox
