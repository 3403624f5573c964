"""Legal traffic of one round of an MPC protocol, adversarial patterns among it, and where its packets should arrive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from logdepth.programs import Packet, RawProtocol, Slot, State

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
    """No machine sends."""
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


def deliver(destinations: np.ndarray, words: np.ndarray) -> np.ndarray:
    """What every machine finds in its inbox, (slots, machines): words by (packet, sender), 0 where none came."""
    inbox = np.zeros_like(words)
    filled = np.zeros(words.shape[1], dtype=np.int64)
    for k in range(len(words)):
        for sender, receiver in enumerate(destinations[k]):
            if receiver:
                inbox[filled[receiver - 1], receiver - 1] = words[k, sender]
                filled[receiver - 1] += 1
    return inbox


def relay(machines: int, slots: int, highest: int, destinations: np.ndarray | None = None) -> RawProtocol:
    """One round: every machine sends `word k` to machine `to k`, for k < slots, and keeps the words that it is sent.

    destinations: (slots, machines), known to all in place of the columns `to k`.
    """
    words = {f"word {k}": highest for k in range(slots)}
    addresses = {} if destinations is not None else {f"to {k}": machines for k in range(slots)}

    def send(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        if destinations is None:
            to = [state[f"to {k}"] for k in range(slots)]
        else:
            to = [torch.from_numpy(np.concatenate([[0], known]))[machine] for known in destinations]
        return state, [(to[k], state[f"word {k}"]) for k in range(slots)]

    def keep(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        return {**state, **{f"word {k}": word for k, (_, word) in enumerate(inbox)}}, []

    return RawProtocol("relay", machines, slots, addresses | words, {"word": highest}, [send, keep])


def relays(machines: int, slots: int, highest: int, rounds: int) -> RawProtocol:
    """The same for several rounds, in each of which every machine sends the words that it was sent last, to the same
    machines as before. All rounds but the first are alike."""
    once = relay(machines, slots, highest)
    send, keep = once.steps

    def pass_on(machine: Any, state: State, inbox: tuple[Slot, ...]) -> tuple[State, Sequence[Packet]]:
        kept, _ = keep(machine, state, inbox)
        return kept, send(machine, kept, ())[1]

    return RawProtocol("relays", machines, slots, once.state, once.words, [send, *[pass_on] * (rounds - 1), keep])


def packets_of(destinations: np.ndarray, words: np.ndarray, addresses: bool = True) -> dict[str, np.ndarray]:
    """The initial state of a relay that sends these words (slots, machines)."""
    to = {f"to {k}": row for k, row in enumerate(destinations)} if addresses else {}
    return to | {f"word {k}": row for k, row in enumerate(words)}
