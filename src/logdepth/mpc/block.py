"""A block of machines: those whose number leaves one remainder. It computes, and sees what it sends and receives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from logdepth.mpc.digest import digest
from logdepth.mpc.errors import ProtocolError
from logdepth.mpc.loads import Kinds, Loads, Most, most_of
from logdepth.mpc.protocol import Again, Do, Protocol
from logdepth.mpc.records import Mail, Memory, Packets, Records, join, words_per_record
from logdepth.mpc.runs import ordered_runs
from logdepth.mpc.stable_order import highest_of

STRANGER = {"holds": "leaves on", "sends": "sends from", "receives": "sends to"}  # a machine that is not there


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
    loads: Loads = field(default_factory=Loads)

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
        self.memory = {kind: records.settle() for kind, records in memory.items()}
        self.mail = {}
        most_held = self.hold()
        most_sent = most_of(
            {kind: (self.count_senders(kind, p.source), words_per_record(p.fields)) for kind, p in mail.items()}
        )
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
        most = most_of(self.counted("receives", {kind: (p.destination, p) for kind, p in self.mail.items()}))
        return Received(most, digest(self.mail) if digests else None)

    def hold(self) -> Most:
        return self.loads.change(
            self.counted("holds", {kind: (records.owner, records) for kind, records in self.memory.items()})
        )

    def counted(self, verb: str, kinds: Mapping[str, tuple[np.ndarray, Records | Packets]]) -> Kinds:
        """How many records or packets of each kind each machine has, where machines are in order, and their words."""
        return {
            kind: (self.count(verb, kind, machine), words_per_record(kept.fields))
            for kind, (machine, kept) in kinds.items()
        }

    def count(self, verb: str, kind: str, machine: np.ndarray) -> np.ndarray:
        """How many of these each machine has; they are in order."""
        runs = ordered_runs(machine)
        assert runs is not None, f"{kind!r} is out of order"
        if not runs.within(self.protocol.machines):
            self.check_there(verb, kind, runs.machine)
        return runs.counts

    def count_senders(self, kind: str, machine: np.ndarray) -> np.ndarray:
        """How many packets each machine sends, in any order."""
        if ordered_runs(machine) is not None:
            return self.count("sends", kind, machine)
        self.check_there("sends", kind, machine)
        return np.bincount(machine)

    def check_there(self, verb: str, kind: str, machine: np.ndarray) -> None:
        """Errors: ProtocolError for a machine that is not there."""
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
