"""A block of machines: some of every group (see `Deal`). It computes, and sees what it sends and receives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from logdepth.mpc.dealing import Deal
from logdepth.mpc.digest import digest
from logdepth.mpc.errors import ProtocolError
from logdepth.mpc.loads import Load, Loads, Most, most_of
from logdepth.mpc.parcels import Parcel, deliver, parcel_out
from logdepth.mpc.protocol import Again, Do, Protocol
from logdepth.mpc.records import (
    Mail,
    Memory,
    Packets,
    Records,
    join,
    words_per_record,
)
from logdepth.mpc.runs import Runs, forget, ordered_runs, runs_in_order
from logdepth.mpc.stable_order import highest_of

STRANGER = {"holds": "leaves on", "sends": "sends from", "receives": "sends to"}  # a machine that is not there


Post = dict[str, Packets | Parcel]  # what is on its way
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
    """One of several blocks of a protocol's machines, with what they hold."""

    protocol: Protocol
    number: int
    blocks: int
    memory: Memory = field(default_factory=dict)
    mail: Mail = field(default_factory=dict)
    loads: Loads = field(default_factory=Loads)

    @cached_property
    def deal(self) -> Deal:
        return Deal.of(self.protocol, self.blocks)

    def start(self, memory: Memory) -> Computed:
        """Take over the records of these machines, of all that is there in the beginning."""
        forget()
        self.memory, self.loads = {}, Loads()
        held = self.hold({kind: self.own(records) for kind, records in memory.items()})
        return Computed(held, Most(), 0, 0, (shapes(self.memory), {}))

    def restore(self, shards: Sequence[tuple[Memory, Mail]]) -> None:
        """Take over the records and the mail of these machines, of all that some blocks held and were sent."""
        self.start(join([memory for memory, _ in shards]))
        mail = join([mail for _, mail in shards])
        if self.blocks > 1:
            mail = {
                kind: packets.take(np.flatnonzero(self.deal.block_of(packets.destination) == self.number))
                for kind, packets in mail.items()
            }
        self.mail = {kind: packets.deliver() for kind, packets in mail.items()}

    def own(self, records: Records) -> Records:
        if self.blocks == 1:
            return records
        return records.take(np.flatnonzero(self.deal.block_of(records.owner) == self.number))

    def compute(self, at: int) -> tuple[Computed, list[Post]]:
        """Take the step at a place of the code, and return what is sent to every block.

        Errors: ProtocolError, in words that follow on from where the step stands.
        """
        memory, mail = self.take_step(at)
        self.mail = {}
        held = self.hold(memory)
        sent = {kind: (self.count_senders(kind, p.source), words_per_record(p.fields)) for kind, p in mail.items()}
        for kind, packets in mail.items():
            self.check_there("receives", kind, packets.destination, packets.highest)
        computed = Computed(
            held,
            most_of(sent),
            sum(len(packets) * sent[kind][1] for kind, packets in mail.items()),
            sum(map(len, mail.values())),
            (shapes(memory), shapes(mail)),
        )
        return computed, self.part(mail)

    def take_step(self, at: int) -> tuple[Memory, Mail]:
        """What the step at a place of the code makes of what these machines hold and were sent."""
        do = self.protocol.code[at]
        assert isinstance(do, Do), f"no step stands at {at}"
        try:
            result = do.step(self.memory, self.mail)
        except (Exception, SystemExit) as error:
            raise ProtocolError(f"raises {type(error).__name__}:", error) from error
        match result:
            case (dict() as memory, dict() as mail) if are(Records, memory) and are(Packets, mail):
                return memory, dict(mail)
        raise ProtocolError("must return two dicts, kind -> Records held and kind -> Packets sent; it returns others")

    def part(self, mail: Mail) -> list[Post]:
        """The mail to every block. What has been parted goes at once: `mail` is empty afterwards."""
        if self.blocks == 1:
            return [dict(mail)]
        parts: list[Post] = [{} for _ in range(self.blocks)]
        for kind in list(mail):
            for part, parcel in zip(parts, parcel_out(mail.pop(kind), self.deal), strict=True):
                part[kind] = parcel
        return parts

    def receive(self, parts: list[Post], digests: bool) -> Received:
        """Take in the mail from every block. Their order does not matter, for a machine sends from one block only.

        What has been taken in goes at once: the `parts` are empty afterwards.
        """
        if self.blocks == 1:
            (only,) = parts
            self.mail = {kind: only.pop(kind).open().deliver() for kind in list(only)}
        else:
            kinds = dict.fromkeys(kind for part in parts for kind in part)
            self.mail = {kind: deliver([part.pop(kind) for part in parts if kind in part], self.deal) for kind in kinds}
        received = {
            kind: (self.count("receives", kind, p.destination), words_per_record(p.fields))
            for kind, p in self.mail.items()
        }
        return Received(most_of(received), digest(self.mail) if digests else None)

    def hold(self, memory: Memory) -> Most:
        """Hold these records from now on, settled. Those that were held before are not counted again."""
        before, self.memory = self.memory, {}
        loads: dict[str, Load] = {}
        for kind, records in memory.items():
            if before.get(kind) is records:
                self.memory[kind], loads[kind] = records, self.loads.kinds[kind]
            else:
                self.memory[kind] = records.settle()
                loads[kind] = self.count("holds", kind, self.memory[kind].owner), words_per_record(records.fields)
        return self.loads.change(loads)

    def count(self, verb: str, kind: str, machine: np.ndarray) -> Runs:
        """Which machines have these, and how many; they are in order."""
        runs = ordered_runs(machine)
        assert runs is not None, f"{kind!r} is out of order"
        if not runs.within(self.protocol.machines):
            self.check_there(verb, kind, runs.machine, highest_of(runs.machine))
        return runs

    def count_senders(self, kind: str, machine: np.ndarray) -> Runs:
        """Which machines send packets, and how many, in any order."""
        if ordered_runs(machine) is not None:
            return self.count("sends", kind, machine)
        self.check_there("sends", kind, machine, highest_of(machine))
        return runs_in_order(machine)

    def check_there(self, verb: str, kind: str, machine: np.ndarray, highest: int) -> None:
        """highest: `highest_of` these machines. Errors: ProtocolError for a machine that is not there."""
        machines = self.protocol.machines
        if highest >= machines:
            stranger = machine[(machine < 0) | (machine >= machines)][0]
            there = f"and the places of {machines} machines are 0 to {machines - 1}"
            raise ProtocolError(f"{STRANGER[verb]} place {stranger} {kind!r}, {there}")

    def verdicts(self, at: int) -> set[bool]:
        """What the machines that hold a verdict say, at the end of the loop at this place: whether to go on."""
        again = self.protocol.code[at]
        assert isinstance(again, Again), f"no loop ends at {at}"
        if again.verdict not in self.memory:
            return set()
        go_on = self.memory[again.verdict]["go_on"].astype(bool)
        return {bool(verdict) for verdict in (go_on.any(), go_on.all()) if len(go_on)}


def are(what: type, kinds: dict[object, object]) -> bool:
    return all(isinstance(value, what) for value in kinds.values())


def shapes(kinds: Memory | Mail) -> Shapes:
    return {kind: {name: v.shape[1:] for name, v in kept.fields.items()} for kind, kept in kinds.items()}
