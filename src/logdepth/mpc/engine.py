"""The local engine: one process, all machines as arrays, every budget checked in every round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from logdepth.mpc.errors import BudgetExceeded, ProtocolError
from logdepth.mpc.protocol import Protocol
from logdepth.mpc.records import Fields, Mail, Memory, Packets, Records, words_per_record
from logdepth.numerics.errors import UsageError

Watch = Callable[[int, int, Mail], None]
"""Called in every round with its number, the number of all rounds, and what is sent, before budgets are checked."""

STRANGER = {"holds": "leaves on", "sends": "sends from", "receives": "sends to"}  # a machine that is not there

Kept = TypeVar("Kept", Records, Packets)


@dataclass(frozen=True)
class Traffic:
    """Words in one round: the most that a machine held, sent and received, and all words sent."""

    held: int
    sent: int
    received: int
    total: int


@dataclass(frozen=True, eq=False)
class Run:
    """What the machines hold at the end, and what every round cost."""

    memory: Memory
    traffic: tuple[Traffic, ...]

    @property
    def rounds(self) -> int:
        return len(self.traffic)

    @property
    def most_sent(self) -> int:
        """Words that one machine sent in one round, at most."""
        return max((round_.sent for round_ in self.traffic), default=0)

    @property
    def most_received(self) -> int:
        """Words that one machine received in one round, at most."""
        return max((round_.received for round_ in self.traffic), default=0)

    @property
    def total(self) -> int:
        """All words sent."""
        return sum(round_.total for round_ in self.traffic)


def run_locally(protocol: Protocol, memory: Memory, watch: Watch | None = None, blocks: int = 1) -> Run:
    """Run all rounds from what the machines hold at first.

    blocks: compute in so many parts, machine v in part v mod blocks. Steps that are local give the same for every
    number.
    Errors: BudgetExceeded at the first machine that holds, sends or receives more than its memory; ProtocolError for a
    step that raises, that returns what is no memory and mail, or that sends to a machine that is not there or in the
    end.
    """
    if blocks < 1:
        raise UsageError(f"blocks must be at least 1; got {blocks}.")
    rules = Rules(protocol)
    rules.check(0, "holds", owners(memory))
    memory = settled(memory)
    mail: Mail = {}
    traffic: list[Traffic] = []
    for number in range(1, len(protocol.steps) + 1):
        memory, mail = rules.step(number, memory, mail, blocks)
        held = rules.check(number, "holds", owners(memory))
        if number > protocol.rounds:
            rules.check_silent(mail)
            break
        if watch is not None:
            watch(number, protocol.rounds, mail)
        sent = rules.check(number, "sends", {kind: (p.source, p.fields) for kind, p in mail.items()})
        received = rules.check(number, "receives", {kind: (p.destination, p.fields) for kind, p in mail.items()})
        total = sum(len(packets) * words_per_record(packets.fields) for packets in mail.values())
        traffic.append(Traffic(held, sent, received, total))
        memory, mail = settled(memory), delivered(mail)
    return Run(settled(memory), tuple(traffic))


def owners(memory: Memory) -> dict[str, tuple[np.ndarray, Fields]]:
    return {kind: (records.owner, records.fields) for kind, records in memory.items()}


def settled(memory: Memory) -> Memory:
    return {kind: records.settled() for kind, records in memory.items()}


def delivered(mail: Mail) -> Mail:
    return {kind: packets.delivered() for kind, packets in mail.items()}


@dataclass(frozen=True)
class Rules:
    """What a protocol may do: local steps of the right kind, to machines that are there, within their memory."""

    protocol: Protocol

    def step(self, number: int, memory: Memory, mail: Mail, blocks: int) -> tuple[Memory, Mail]:
        """One step of all machines, in blocks; what is sent is not delivered yet."""
        if blocks == 1:
            return self.step_of_block(number, memory, mail)
        parts = [
            self.step_of_block(
                number,
                {kind: r.taken(np.flatnonzero(r.owner % blocks == block)) for kind, r in memory.items()},
                {kind: p.taken(np.flatnonzero(p.destination % blocks == block)) for kind, p in mail.items()},
            )
            for block in range(blocks)
        ]
        try:
            return joined(memory for memory, _ in parts), joined(mail for _, mail in parts)
        except ValueError as error:
            raise self.error(number, "returns other fields for some machines than for others") from error

    def step_of_block(self, number: int, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        try:
            result = self.protocol.steps[number - 1](memory, mail)
        except Exception as error:
            raise self.error(number, f"raises {type(error).__name__}: {error}") from error
        match result:
            case (dict() as held, dict() as sent) if all(
                isinstance(records, Records) for records in held.values()
            ) and all(isinstance(packets, Packets) for packets in sent.values()):
                return held, sent
        raise self.error(
            number, "must return two dicts, kind -> Records held and kind -> Packets sent; it returns others"
        )

    def check(self, number: int, verb: str, kinds: Mapping[str, tuple[np.ndarray, Fields]]) -> int:
        """The most words that a machine holds, sends or receives, which are within its memory."""
        machines, memory = self.protocol.machines, self.protocol.memory
        words = np.zeros(machines, dtype=np.int64)
        for kind, (owner, fields) in kinds.items():
            strangers = owner[(owner < 0) | (owner >= machines)]
            if len(strangers):
                there = f"but machines are numbered 0 to {machines - 1}"
                raise self.error(number, f"{STRANGER[verb]} machine {strangers[0]} {kind!r}, {there}")
            words += np.bincount(owner, minlength=machines) * words_per_record(fields)
        most = int(words.max())
        if most > memory:
            place = self.place(number, "of the input", "in round", "after round")
            raise BudgetExceeded(self.protocol.name, int(words.argmax()), verb, most, number, place, memory)
        return most

    def check_silent(self, mail: Mail) -> None:
        """Nothing is sent in the last step: nobody would read it."""
        for kind, packets in mail.items():
            if len(packets):
                raise self.error(
                    self.protocol.rounds + 1, f"sends {kind!r}, but it is the last; add a step that reads it"
                )

    def error(self, number: int, wrong: str) -> ProtocolError:
        place = self.place(number, "the input", "the step of round", "the step after round")
        return ProtocolError(f"protocol {self.protocol.name!r}: {place} {wrong}.")

    def place(self, number: int, first: str, within: str, last: str) -> str:
        """Where step `number` stands, in words; 0 is the input."""
        if number == 0:
            return first
        return f"{within} {number}" if number <= self.protocol.rounds else f"{last} {number - 1}"


def joined(parts: Iterable[Mapping[str, Kept]]) -> dict[str, Kept]:
    """The records of all blocks, kind by kind."""
    by_kind: dict[str, list[Kept]] = {}
    for part in parts:
        for kind, kept in part.items():
            by_kind.setdefault(kind, []).append(kept)
    return {kind: concatenated(kept) for kind, kept in by_kind.items()}


def concatenated(parts: Sequence[Kept]) -> Kept:
    """Raises ValueError for fields of different names or widths."""
    if any(part.fields.keys() != parts[0].fields.keys() for part in parts):
        raise ValueError("different names of fields")
    fields = {name: np.concatenate([part.fields[name] for part in parts]) for name in parts[0].fields}
    match parts[0]:
        case Records():
            return Records(np.concatenate([part.owner for part in parts]), fields)
        case Packets():
            source, destination = ([getattr(part, name) for part in parts] for name in ("source", "destination"))
            return Packets(np.concatenate(source), np.concatenate(destination), fields)
