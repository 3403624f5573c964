"""A block of machines: those whose number leaves one remainder. It computes, and sees what it sends and receives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from logdepth.mpc.digest import digest
from logdepth.mpc.errors import ProtocolError
from logdepth.mpc.protocol import Again, Do, Protocol
from logdepth.mpc.records import Fields, Mail, Memory, Packets, Records, join, words_per_record
from logdepth.mpc.stable_order import count_each, highest_of, in_order

STRETCH = 2**16  # machines whose words are added up together, few enough for a fast cache
STRANGER = {"holds": "leaves on", "sends": "sends from", "receives": "sends to"}  # a machine that is not there


@dataclass(frozen=True)
class Most:
    """The most words that one machine of a block holds, sends or receives, and the first such machine."""

    words: int = 0
    machine: int = 0


Shapes = dict[str, dict[str, tuple[int, ...]]]  # kind -> field -> the shape of one record


@dataclass(frozen=True)
class Computed:
    """What a block reports of a step. Besides mail nothing else leaves the block."""

    held: Most
    sent: Most
    words: int  # all words sent
    packets: int
    shapes: tuple[Shapes, Shapes]  # of what is held, and sent


@dataclass(frozen=True)
class Received:
    """What a block reports of the mail that it received."""

    received: Most
    digest: int | None


@dataclass(eq=False)
class Block:
    """The machines number, number + blocks, number + 2 · blocks, … of a protocol, with what they hold.

    Machines are dealt out one by one, since neighbours are often busy at the same time.
    """

    protocol: Protocol
    number: int
    blocks: int
    memory: Memory = field(default_factory=dict)
    mail: Mail = field(default_factory=dict)
    counted: dict[int, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    """The owners of what is held and the receivers of mail, by identity, and how many of each machine there are: much
    stays from step to step, and what is here is in order."""

    def start(self, memory: Memory) -> Computed:
        """Take over the records of these machines, of all that is there in the beginning."""
        self.memory = {kind: self.own(records).settle() for kind, records in memory.items()}
        return Computed(self.hold(), Most(), 0, 0, (shapes(self.memory), {}))

    def restore(self, shards: Sequence[tuple[Memory, Mail]]) -> None:
        """Take over the records and the mail of these machines, of all that some blocks held and were sent."""
        self.start(join([memory for memory, _ in shards]))
        mail = join([mail for _, mail in shards])
        if self.blocks > 1:
            mail = {
                kind: packets.take(np.flatnonzero(block_of(packets.destination, self.blocks) == self.number))
                for kind, packets in mail.items()
            }
        self.mail = {kind: packets.deliver() for kind, packets in mail.items()}

    def own(self, records: Records) -> Records:
        if self.blocks == 1:
            return records
        return records.take(np.flatnonzero(block_of(records.owner, self.blocks) == self.number))

    def compute(self, at: int) -> tuple[Computed, list[Mail]]:
        """Take the step at a place of the code, and return what is sent to every block.

        Errors: ProtocolError, in words that follow on from where the step stands.
        """
        do = self.protocol.code[at]
        assert isinstance(do, Do), f"no step stands at {at}"
        try:
            result = do.step(self.memory, self.mail)
        except (Exception, SystemExit) as error:
            raise ProtocolError(f"raises {type(error).__name__}:", error) from error
        match result:
            case (dict() as held, dict() as sent) if are(Records, held) and are(Packets, sent):
                memory, mail = held, sent
            case _:
                raise ProtocolError(
                    "must return two dicts, kind -> Records held and kind -> Packets sent; it returns others"
                )
        self.memory = {
            kind: records if id(records.owner) in self.counted else records.settle() for kind, records in memory.items()
        }
        self.mail = {}
        most_held = self.hold()
        most_sent = self.most({kind: (self.count_senders(kind, p.source), p.fields) for kind, p in mail.items()})
        self.forget()
        for kind, packets in mail.items():
            self.check_there("receives", kind, packets.destination)
        computed = Computed(
            most_held,
            most_sent,
            sum(len(packets) * words_per_record(packets.fields) for packets in mail.values()),
            sum(len(packets) for packets in mail.values()),
            (shapes(memory), shapes(mail)),
        )
        return computed, self.part(mail)

    def part(self, mail: Mail) -> list[Mail]:
        """The mail to every block."""
        if self.blocks == 1:
            return [mail]
        to = {kind: block_of(packets.destination, self.blocks) for kind, packets in mail.items()}
        return [
            {kind: packets.take(np.flatnonzero(to[kind] == block)) for kind, packets in mail.items()}
            for block in range(self.blocks)
        ]

    def receive(self, parts: Sequence[Mail], digests: bool) -> Received:
        """Take in the mail from every block. Their order does not matter, for a machine sends from one block only."""
        self.mail = {kind: packets.deliver() for kind, packets in join(parts).items()}
        most = self.most(
            {kind: (self.count("receives", kind, p.destination), p.fields) for kind, p in self.mail.items()}
        )
        return Received(most, digest(self.mail) if digests else None)

    def hold(self) -> Most:
        return self.most(
            {kind: (self.count("holds", kind, held.owner), held.fields) for kind, held in self.memory.items()}
        )

    def count(self, verb: str, kind: str, machine: np.ndarray) -> np.ndarray:
        """How many records or packets each machine has, where machines are in order; 0 in other blocks."""
        if id(machine) not in self.counted:
            self.check_there(verb, kind, machine[:: max(1, len(machine) - 1)])
            self.counted[id(machine)] = machine, count_each(machine)
        return self.counted[id(machine)][1]

    def count_senders(self, kind: str, machine: np.ndarray) -> np.ndarray:
        """How many packets each machine sends, in any order."""
        if id(machine) in self.counted or in_order(machine):
            return self.count("sends", kind, machine)
        self.check_there("sends", kind, machine)
        return np.bincount(machine)

    def forget(self) -> None:
        """What is not held any more."""
        held = {id(records.owner) for records in self.memory.values()}
        self.counted = {key: known for key, known in self.counted.items() if key in held}

    def most(self, kinds: dict[str, tuple[np.ndarray, Fields]]) -> Most:
        """The most words that a machine holds, sends or receives, from how many records it has of every kind."""
        most = Most()
        for begin in range(0, self.protocol.machines, STRETCH):
            words = np.zeros(min(STRETCH, self.protocol.machines - begin), dtype=np.int64)
            for count, fields in kinds.values():
                part = count[begin : begin + STRETCH]
                words[: len(part)] += part * words_per_record(fields)
            busiest = int(words.argmax())
            if words[busiest] > most.words:
                most = Most(int(words[busiest]), begin + busiest)
        return most

    def check_there(self, verb: str, kind: str, machine: np.ndarray) -> None:
        machines = self.protocol.machines
        if highest_of(machine) >= machines:
            stranger = machine[(machine < 0) | (machine >= machines)][0]
            there = f"and the places of {machines} machines are 0 to {machines - 1}"
            raise ProtocolError(f"{STRANGER[verb]} place {stranger} {kind!r}, {there}")

    def verdicts(self, at: int) -> set[bool]:
        """What the machines that hold a verdict say, at the end of the loop at this place: whether to go on."""
        again = self.protocol.code[at]
        assert isinstance(again, Again), f"no loop ends at {at}"
        if again.verdict not in self.memory:
            return set()
        return {bool(go_on) for go_on in np.unique(self.memory[again.verdict]["go_on"])}


def block_of(machine: np.ndarray, blocks: int) -> np.ndarray:
    """The block of every machine: machine mod blocks."""
    if blocks & (blocks - 1):
        return machine % blocks
    return machine & (blocks - 1)  # the same, ten times as fast


def are(what: type, kinds: dict[object, object]) -> bool:
    return all(isinstance(value, what) for value in kinds.values())


def shapes(kinds: Memory | Mail) -> Shapes:
    return {kind: {name: v.shape[1:] for name, v in kept.fields.items()} for kind, kept in kinds.items()}
