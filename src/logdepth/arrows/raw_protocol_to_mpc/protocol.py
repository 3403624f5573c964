"""A raw protocol becomes one of the MPC engine: every budget enforced, in one process or in many.

Machine v of the raw protocol has the place v - 1 in the engine's arrays. Every machine holds one record
"state"; what it sends as its k-th packet is of the kind "packet k", so that a receiver knows k without a word for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from logdepth.arithmetic import undisturbed
from logdepth.mpc import (
    BudgetExceeded,
    Mail,
    Memory,
    Packets,
    Protocol,
    ProtocolError,
    Records,
    Step,
    run_locally,
)
from logdepth.numerics.errors import UsageError
from logdepth.programs import RawProtocol, Undefined, within

Array = np.ndarray
Watch = Callable[[int, dict[str, Array], Array], None]
"""Called after every step with its number, from 0, the state that it leaves, and the inbox that it found."""


def raw_protocol_to_mpc(raw: RawProtocol, memory: int | None = None, matching: bool = False) -> Protocol:
    """The protocol for machines of `memory` words, by default of the fewest that do: `raw.memory`.

    matching: refuse a round in which a machine is sent two packets that are the k-th ones of their senders.
    """
    steps = tuple(engine_step(raw, number, matching) for number in range(len(raw.steps)))
    return Protocol(raw.name, raw.machines, raw.memory if memory is None else memory, steps)


def state_records(raw: RawProtocol, columns: Mapping[str, Any]) -> Memory:
    """What the machines hold at first. Errors: as of `RawProtocol.checked`."""
    return {"state": Records(np.arange(raw.machines), raw.check(columns))}


@dataclass(frozen=True, eq=False)
class Moment:
    """One step of all machines: the inbox (slots, 1 + words, machines) that it found, the state that it left."""

    inbox: Array
    state: dict[str, Array]


def moments(raw: RawProtocol, columns: Mapping[str, Any], matching: bool = False) -> list[Moment]:
    """Every step of a run of the engine, in order: what its transformer has to agree with.

    Errors: ProtocolError, and as of `state_records`.
    """
    seen: list[Moment] = []
    steps = tuple(
        engine_step(raw, number, matching, lambda _, state, inbox: seen.append(Moment(inbox, state)))
        for number in range(len(raw.steps))
    )
    try:
        run_locally(Protocol(raw.name, raw.machines, raw.memory, steps), state_records(raw, columns))
    except BudgetExceeded as error:  # in the raw protocol's words: its memory is no choice
        packets = error.words // len(raw.words)
        raise ProtocolError(
            f"protocol {raw.name!r}: machine {error.machine} receives {packets} packets in round {error.round};"
            f" machines have {raw.slots} slots."
        ) from error
    except ProtocolError as error:
        if isinstance(error.__cause__, UsageError):  # of the raw protocol: it says where it comes from
            raise ProtocolError(error.__cause__) from error
        raise
    return seen


def engine_step(raw: RawProtocol, number: int, matching: bool, watch: Watch | None = None) -> Step:
    """Step `number` of all machines of a block."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        held = memory["state"]
        inbox = inbox_of(raw, held.owner, mail, number, matching)
        results = compute(raw, number, held, inbox)
        state = dict(zip(raw.state, results, strict=False))
        if watch is not None:
            watch(number, state, inbox)
        return {"state": Records(held.owner, state)}, packets(raw, held.owner, results[len(raw.state) :])

    return step


def inbox_of(raw: RawProtocol, owners: Array, mail: Mail, number: int, matching: bool) -> Array:
    """Packets in the order of (k, sender), (slots, 1 + words, machines). Errors: UsageError for more than fit."""
    inbox = np.zeros((raw.slots, 1 + len(raw.words), len(owners)), dtype=np.int64)
    kinds = [mail[kind] for kind in kinds_sent(raw) if kind in mail]
    if not kinds:
        return inbox
    if matching:
        for k, sent in enumerate(kinds):
            check_crowd(raw, sent.destination, 1, f"of place {k} in round {number}; in a matching it is one")
    destination = np.concatenate([sent.destination for sent in kinds])
    check_crowd(raw, destination, raw.slots, f"in round {number}; an inbox has {raw.slots}")
    order = np.argsort(destination, kind="stable")
    place = np.arange(len(order)) - np.searchsorted(destination[order], destination[order])
    here = np.searchsorted(owners, destination[order])
    inbox[place, 0, here] = 1
    for w, name in enumerate(raw.words, start=1):
        inbox[place, w, here] = np.concatenate([sent[name] for sent in kinds])[order]
    return inbox


def check_crowd(raw: RawProtocol, destination: Array, most: int, where: str) -> None:
    """UsageError if a machine is sent more than `most` packets."""
    machines, counts = np.unique(destination, return_counts=True)
    if len(counts) and counts.max() > most:
        machine = int(machines[counts.argmax()]) + 1
        raise UsageError(f"protocol {raw.name!r}: machine {machine} is sent {counts.max()} packets {where}.")


def kinds_sent(raw: RawProtocol) -> list[str]:
    return [f"packet {k}" for k in range(raw.slots)]


@undisturbed()
def compute(raw: RawProtocol, number: int, held: Records, inbox: Array) -> list[Array]:
    """State and packets as columns (machines,) int64, all in their ranges."""
    inputs = [held.owner + 1, *(held[name] for name in raw.state), *inbox.reshape(-1, len(held.owner))]
    try:
        results = raw.functions[number](*inputs)
    except Undefined as error:
        raise UsageError(
            f"protocol {raw.name!r}: step {number} {error} at machine {int(held.owner[error.row]) + 1}."
        ) from error
    named = declared(raw, number, len(results))
    return [
        within(torch.from_numpy(result), high, what).numpy()
        for result, (what, high) in zip(results, named, strict=True)
    ]


def declared(raw: RawProtocol, number: int, count: int) -> list[tuple[str, int]]:
    """What each of the `count` results of a step is, in words, and its highest value."""
    part = [("the destination", raw.machines), *((f"word {name!r}", high) for name, high in raw.words.items())]
    sent = (count - len(raw.state)) // len(part)
    names = [*((f"state {name!r}", high) for name, high in raw.state.items())]
    names += [(f"{what} of packet {k}", high) for k in range(sent) for what, high in part]
    return [(f"protocol {raw.name!r}: after step {number}, {what}", high) for what, high in names]


def packets(raw: RawProtocol, owners: Array, columns: list[Array]) -> Mail:
    """What is sent: kind -> packets, without those that go nowhere."""
    width = 1 + len(raw.words)
    sent: Mail = {}
    for kind, first in zip(kinds_sent(raw), range(0, len(columns), width), strict=False):
        destination, *words = columns[first : first + width]
        real = np.flatnonzero(destination)
        fields = {name: word[real] for name, word in zip(raw.words, words, strict=True)}
        sent[kind] = Packets(owners[real], destination[real] - 1, fields)
    return sent
