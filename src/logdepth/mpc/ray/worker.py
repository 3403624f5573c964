"""One block of machines in a process of its own, and what its answers say.

A call costs about as much as a small round, so a block does in one call all that it can do by itself: it takes in the
mail of one round and goes on to the next; of several rounds, if there are lines to all other blocks. What it says is
read later, in the order in which the driver asks for it.
"""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from logdepth.mpc.block import Block, Computed, Post, Received
from logdepth.mpc.errors import ProtocolError, WorkerLost
from logdepth.mpc.parcels import Parcel
from logdepth.mpc.protocol import Again, Protocol
from logdepth.mpc.ray.lines import Address, End, Left, Line, lines_are_there
from logdepth.mpc.records import Fields, Memory, Packets, Records
from logdepth.mpc.shards import Shard, read_shards, write_shard
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True)
class Verdicts:
    """Whether the machines of a block that hold a verdict say to go on."""

    go_on: set[bool]


@dataclass(frozen=True)
class Failed:
    """An error as it travels: exceptions lose their cause and their traceback on the way."""

    what: UsageError
    cause: Exception | None
    trace: str

    def error(self) -> UsageError:
        self.what.__cause__ = elsewhere = ElsewhereError(self.trace)
        if self.cause is not None:
            self.what.__cause__, self.cause.__cause__ = self.cause, elsewhere
        return self.what


class ElsewhereError(Exception):
    """Shows the traceback of another process."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


@dataclass(frozen=True)
class Taken:
    """A block has taken over what others wrote."""


Event = Computed | Received | Shard | Taken | Verdicts | Failed
INLINE = 2**19  # bytes of mail that go along with a call; a place in the object store costs milliseconds

Arrays = dict[str, tuple[np.ndarray, np.ndarray, Fields]]  # kind -> source, destination, fields
Packed = Arrays | bytes  # or pickled
Ends = Sequence[Address | None] | None  # for every block, where the line from it begins
Answer = tuple[bytes, *tuple[Packed | None, ...]]
"""What happened, a pickled list of events, and what is sent to every other block; None: nothing, for it has stopped."""


class Worker:
    """A block, and how far it has come by itself.

    It stops where it needs others: when it sends, and at the end of a loop if its own machines do not know how to go
    on. Between two rounds it passes one end of a loop at most, for it does not count turns.
    """

    def __init__(self, path: Sequence[str] = ()) -> None:
        """path: where the driver looks for modules; a protocol's steps may stand there."""
        sys.path += [folder for folder in path if folder not in sys.path]
        self.lines: dict[int, Line] = {}  # to the other blocks, if all are on this host

    def ready(self) -> int:
        """The number of this process, when it has started."""
        return os.getpid()

    def host(self) -> str:
        return this_host()

    def sees(self, processes: Sequence[int]) -> bool:
        """Whether the system shows this process the files of these."""
        try:
            return all(os.readlink(next(Path(f"/proc/{process}/fd").iterdir(), "")) for process in processes)
        except OSError:
            return False

    def open_lines(self, number: int, blocks: int) -> list[Address | None]:
        """Lines to all other blocks, which are on this host; where they begin."""
        self.lines = {to: Line() for to in range(blocks) if to != number}
        return [self.lines[to].address if to != number else None for to in range(blocks)]

    def start(
        self, protocol: Protocol, memory: Memory | Left, number: int, blocks: int, digests: bool, ends: Ends
    ) -> Answer:
        """Take over a block's own records, and go on. First event: Computed, of the input.

        ends: of the lines from the other blocks, if there are some.
        """
        try:
            self.take_over(protocol, number, blocks, digests, ends)
            computed = self.block.start(writable(memory.take() if isinstance(memory, Left) else memory))
        except UsageError as error:
            return self.answer([failed(error)])
        return self.answer([computed, *(self.ahead(0) if self.fits(computed.held.words) else [])])

    def take_over(self, protocol: Protocol, number: int, blocks: int, digests: bool, ends: Ends) -> None:
        self.block, self.digests = Block(protocol, number, blocks), digests
        self.sent: list[Post] = []  # to every block
        self.at = 0  # the next instruction
        self.broken: Exception | None = None  # what is wrong since the last call
        self.gone = False  # whether what was sent has been sent by the lines
        self.arrivals: dict[int, Post] = {}  # what came by them in this round
        self.ends: dict[int, End] | None = None
        if ends is not None:
            self.ends = {of: End(address) for of, address in enumerate(ends) if address}

    def load(
        self,
        protocol: Protocol,
        place: Path,
        shards: Sequence[Shard],
        number: int,
        blocks: int,
        digests: bool,
        ends: Ends,
    ) -> Answer:
        """Instead of `start`: take over what blocks held and were sent. Event: Taken."""
        try:
            self.take_over(protocol, number, blocks, digests, ends)
            self.block.restore(read_shards(place, shards, number, blocks, protocol))
        except UsageError as error:
            return self.answer([failed(error)])
        return self.answer([Taken()])

    def compute(self, at: int) -> Answer:
        """Go on from a place of the code."""
        return self.answer(self.ahead(at))

    def deliver(self, place: Path | None, *parts: Packed | None) -> Answer:
        """Take in the mail from every other block, and go on. First event: Received.

        No event, and nothing is done, if this block or another one has stopped: such calls are made in advance.

        If there is a folder for it, write a shard instead of going on, so that no later death costs this round.
        Second event: Shard.
        """
        if not self.sent or any(part is None for part in parts):
            return (pickle.dumps([]), *([None] * len(parts)))
        return self.answer(self.take_in([unpack(part) for part in parts if part is not None], place))

    def take_in(self, parts: Sequence[Post], place: Path | None) -> list[Event]:
        """Take in the mail from every other block, of which nothing is kept, and go on."""
        mine, self.sent = self.sent[self.block.number], []
        received = self.block.receive([mine, *parts], self.digests)
        if not self.fits(received.received.words):
            return [received]
        return [received, *(self.ahead(self.at) if place is None else [self.save_shard(place)])]

    def exchange(self, turn: int, rounds: int, place: Path | None) -> Answer:
        """The same by lines, for so many rounds; all blocks are called at once, and stop together.

        turn: the number of this call, which counts those of a run.
        """
        events: list[Event] = []
        try:
            for _ in range(rounds):
                parts = self.trade(turn)
                if parts is None:
                    break
                events += self.take_in(parts, place)
        except WorkerLost as error:
            events.append(failed(error))
        except Exception as error:  # of our own; what was said before may explain it
            self.stop(turn)
            if not events:
                raise
            self.broken = error
        return self.answer(events)

    def stop(self, turn: int) -> None:
        for line in self.lines.values():
            line.stop(turn)

    def trade(self, turn: int) -> list[Post] | None:
        """Send what goes to the other blocks, and receive what comes from them; None if one of them has stopped."""
        assert self.ends is not None, "no lines are open"
        if self.broken is not None:
            raise self.broken
        if not self.sent:
            self.stop(turn)
            return None
        if not self.gone:
            for to, line in self.lines.items():
                line.send(turn, arrays_of(self.sent[to]))
                self.sent[to] = {}
            self.gone = True
        for of, end in self.ends.items():
            if of not in self.arrivals:
                kinds = end.receive(turn)
                if kinds is None:
                    return None
                self.arrivals[of] = parcels_of(kinds)
        self.gone, arrivals, self.arrivals = False, self.arrivals, {}
        return list(arrivals.values())

    def save(self, place: Path) -> Answer:
        """Write a shard. Event: Shard."""
        return self.answer([self.save_shard(place)])

    def save_shard(self, place: Path) -> Shard | Failed:
        try:
            return write_shard(place, self.block.number, self.block.memory, self.block.mail)
        except UsageError as error:
            return failed(error)

    def memory(self) -> Memory:
        """Everything that the machines hold, in the end."""
        self.lines, self.ends = {}, None
        return self.block.memory

    def fits(self, words: int) -> bool:
        return words <= self.block.protocol.memory

    def ahead(self, at: int) -> list[Event]:
        """Take all steps, from a place of the code on, that do not need other workers."""
        events: list[Event] = []
        code, ends = self.block.protocol.code, 0
        while at < len(code):
            instruction = code[at]
            if isinstance(instruction, Again):
                if ends:
                    break
                ends += 1
                verdicts = self.block.verdicts(at)
                events.append(Verdicts(verdicts))
                if len(verdicts) != 1:
                    break
                at = instruction.back if verdicts == {True} else at + 1
                continue
            try:
                computed, sent = self.block.compute(at)
            except ProtocolError as error:
                events.append(failed(error))
                break
            events.append(computed)
            at += 1
            if instruction.sends:
                self.sent = sent if self.fits(max(computed.held.words, computed.sent.words)) else []
                break
        self.at = at
        return events

    def answer(self, events: list[Event]) -> Answer:
        if self.ends is not None:
            return (pickle.dumps(events),)
        others = [to for to in range(self.block.blocks) if to != self.block.number]
        parts = [pack(self.sent[to]) if self.sent else None for to in others]
        for to in others if self.sent else ():
            self.sent[to] = {}
        return (pickle.dumps(events), *parts)


def this_host() -> str:
    """A name that all processes of this Ray node have and no others, if there can be lines between them; else none."""
    import ray

    return str(ray.get_runtime_context().get_node_id()) if lines_are_there() else ""


def pack(post: Post) -> Packed:
    """For the journey. Large arrays are left to Ray, which shares them; what goes along with a call is pickled sooner
    than Ray does it."""
    kinds = arrays_of(post)
    size = sum(array.nbytes for *ends, fields in kinds.values() for array in (*ends, *fields.values()))
    return pickle.dumps(kinds, protocol=5) if size < INLINE else kinds


def unpack(post: Packed) -> Post:
    return parcels_of(pickle.loads(post) if isinstance(post, bytes) else post)


def arrays_of(post: Post) -> Arrays:
    return {kind: (packets.source, packets.destination, packets.fields) for kind, packets in post.items()}


def parcels_of(kinds: Arrays) -> Post:
    return {kind: Parcel(*packets) for kind, packets in kinds.items()}


def failed(error: UsageError) -> Failed:
    cause = error.__cause__
    try:
        pickle.loads(pickle.dumps(cause))
    except Exception:
        cause = None
    trace = "".join(traceback.format_exception(error.__cause__ or error))
    return Failed(error, cause if isinstance(cause, Exception) else None, trace)


Kept = TypeVar("Kept", Records, Packets)


def writable(kinds: dict[str, Kept]) -> dict[str, Kept]:
    """With arrays of one's own. Those that come from another process are read-only, and keep its memory occupied."""
    return {kind: with_own_arrays(kept) for kind, kept in kinds.items()}


def with_own_arrays(kept: Kept) -> Kept:
    fields = {name: own(values) for name, values in kept.fields.items()}
    match kept:
        case Records():
            return Records(own_numbers(kept.owner), fields)
        case Packets():
            return Packets(own_numbers(kept.source), own_numbers(kept.destination), fields)


def own(values: np.ndarray) -> np.ndarray:
    return values if values.flags.writeable else values.copy()


def own_numbers(machines: np.ndarray) -> np.ndarray:
    """Numbers of machines, which are read-only anyway: a view of an array of one's own stays, and so what it counts."""
    whole = machines.base if isinstance(machines.base, np.ndarray) else machines
    return machines if whole.flags.writeable else machines.copy()
