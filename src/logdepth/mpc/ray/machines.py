"""The machines of a run on Ray: blocks of them on actors, and the references to all that they send.

Mail goes from actor to actor: by `Line`s if all are on one host, or else through Ray, and then the driver, which is the
process that runs this module, holds references to it. The driver sees what the blocks say: counts, verdicts and errors.
The input passes through it once, and so does the result.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from logdepth.mpc.block import Computed, Received
from logdepth.mpc.checkpoints import Checkpoints
from logdepth.mpc.dealing import Deal
from logdepth.mpc.errors import WorkerLost
from logdepth.mpc.parcels import collect, deal_out
from logdepth.mpc.protocol import Protocol
from logdepth.mpc.ray.lines import Box
from logdepth.mpc.ray.worker import Ends, Event, Failed, Taken, Verdicts
from logdepth.mpc.records import Memory
from logdepth.mpc.shards import Shard
from logdepth.numerics.errors import UsageError, first_line

A_CALL = 0.1  # seconds that workers of one host go on by themselves, or a round
AHEAD = 1  # rounds for which the blocks are called before it is known whether they come to them

Called = dict[int, Sequence[Any]]  # block -> references to what it says, and to what it sends to every other block

Sort = TypeVar("Sort", bound=Event)


class RayMachines:
    """The blocks as `run_on` sees them."""

    def __init__(
        self,
        ray: Any,
        workers: Sequence[Any],
        hosts: Sequence[str],
        here: str,
        protocol: Protocol,
        digests: bool,
        checkpoints: Checkpoints | None,
    ) -> None:
        """hosts: what every worker says as its `host`; here: that of this process."""
        self.ray, self.workers, self.hosts, self.here = ray, workers, hosts, here
        self.protocol, self.digests = protocol, digests
        self.checkpoints = checkpoints
        self.near = len(set(hosts)) == 1 and hosts[0] != ""  # so that there can be lines
        self.turn, self.rounds = 0, 1  # of calls to exchange mail by lines the last one, and rounds for the next
        self.round = 0
        self.events: list[deque[Event]] = [deque() for _ in workers]  # what the blocks said, not read yet
        self.sent: dict[int, Sequence[Any]] = {}  # references to the mail from every block to the others
        self.flying: deque[Called] = deque()  # calls to take in mail, not waited for yet
        self.sending: dict[int, Sequence[Any]] = {}  # as `sent`, after these calls

    def start(self, memory: Memory) -> Sequence[Computed]:
        blocks, protocol = len(self.workers), self.sent_protocol()
        boxes = [Box() if host == self.here != "" else None for host in self.hosts]  # which go when all have started
        parts = deal_out(memory, Deal.of(self.protocol, blocks))
        inputs = [
            self.ray.put(part if box is None else box.leave(part)) for part, box in zip(parts, boxes, strict=True)
        ]
        ends = self.open_lines()
        self.note(
            self.call("start", {b: (protocol, inputs[b], b, blocks, self.digests, ends[b]) for b in range(blocks)})
        )
        return self.said(Computed)

    def open_lines(self) -> list[Ends]:
        """Lines between the workers, if all are on one host: for every block, where those to it begin."""
        blocks = len(self.workers)
        if not self.near:
            return [None] * blocks
        begins = self.get([worker.open_lines.remote(b, blocks) for b, worker in enumerate(self.workers)])
        return [[of[block] for of in begins] for block in range(blocks)]

    def sent_protocol(self) -> Any:
        """A reference to the protocol."""
        try:
            return self.ray.put(self.protocol)
        except Exception as error:
            raise UsageError(
                f"protocol {self.protocol.name!r} cannot be sent to other processes ({error}). Make its steps of"
                " functions and numbers, or run it on the local engine."
            ) from error

    def load(self, place: Path, shards: Sequence[Shard]) -> None:
        blocks, protocol, ends = len(self.workers), self.sent_protocol(), self.open_lines()
        self.note(
            self.call("load", {b: (protocol, place, shards, b, blocks, self.digests, ends[b]) for b in range(blocks)})
        )
        self.said(Taken)

    def save(self, place: Path) -> Sequence[Shard]:
        if not all(self.events):  # else they have done so when they took in their mail
            self.note(self.call("save", dict.fromkeys(range(len(self.workers)), (place,))))
        return self.said(Shard)

    def compute(self, at: int, number: int) -> Sequence[Computed]:
        self.round = number
        self.go_on(at)
        return self.said(Computed)

    def deliver(self) -> Sequence[Received]:
        if self.near:
            self.exchange_by_lines()
            return self.said(Received)
        ahead = 0 if self.checkpoints is not None else AHEAD
        while len(self.flying) <= ahead:
            self.flying.append(self.exchange())
        self.note(self.flying.popleft())
        return self.said(Received)

    def exchange_by_lines(self) -> None:
        """Have the blocks go on together, unless they have: for about so many rounds as take the time of `A_CALL`."""
        place = None if self.checkpoints is None else self.checkpoints.place_after(self.round)
        while not all(self.events):
            self.turn, before, started = self.turn + 1, sum(map(len, self.events)), monotonic()
            rounds = self.rounds if place is None else 1
            self.note(self.call("exchange", dict.fromkeys(range(len(self.workers)), (self.turn, rounds, place))))
            assert sum(map(len, self.events)) > before, "no block goes on"
            self.rounds = 2 * rounds if monotonic() - started < A_CALL else max(1, rounds // 2)

    def exchange(self) -> Called:
        """Have every block take in what the others send, or will have sent by then."""
        place = None if self.checkpoints is None else self.checkpoints.place_after(self.round)
        sent, blocks = self.sending, range(len(self.workers))
        called = self.call(
            "deliver", {to: [place, *(sent[b][to - (to > b)] for b in blocks if b != to)] for to in blocks}
        )
        self.sending = {block: parts for block, (_, *parts) in called.items()}
        return called

    def verdicts(self, at: int) -> set[bool]:
        self.go_on(at)
        return set().union(*(verdicts.go_on for verdicts in self.said(Verdicts)))

    def memory(self) -> Memory:
        parts = self.get([worker.memory.remote() for worker in self.workers])
        # In new arrays, for those in the object store are gone when Ray ends.
        return collect(parts, Deal.of(self.protocol, len(parts)))

    def go_on(self, at: int) -> None:
        """Blocks that have not gone on by themselves go on from a place of the code."""
        waiting = [block for block, events in enumerate(self.events) if not events]
        if waiting:
            self.flying.clear()  # nothing is done in these calls
            self.note(self.call("compute", dict.fromkeys(waiting, (at,))))

    def said(self, sort: type[Sort]) -> list[Sort]:
        """The next report of every block. Errors: ProtocolError, of the first block that has one."""
        events = [events.popleft() for events in self.events]
        for event in events:
            if isinstance(event, Failed):
                raise event.error()
        assert all(isinstance(event, sort) for event in events), f"expected {sort.__name__} of every block: {events}"
        return [event for event in events if isinstance(event, sort)]

    def call(self, method: str, arguments: dict[int, Sequence[Any]]) -> Called:
        """Call some blocks at once."""
        called = {
            block: getattr(self.workers[block], method).options(num_returns=self.returns).remote(*values)
            for block, values in arguments.items()
        }
        return {block: [whole] for block, whole in called.items()} if self.returns == 1 else called

    @property
    def returns(self) -> int:
        """What a call returns: events, and what goes to every other block by way of Ray."""
        return 1 if self.near else len(self.workers)

    def note(self, called: Called) -> None:
        """Keep what some blocks report and send in answer to a call."""
        answers = self.get([events for events, *_ in called.values()])
        for (block, (_, *parts)), answer in zip(called.items(), answers, strict=True):
            # Of one object to return, Ray returns the whole tuple.
            events: list[Event] = pickle.loads(answer[0] if self.returns == 1 else answer)
            self.events[block].extend(events)
            if events:
                self.sent[block] = parts
        if not self.flying:
            self.sending = dict(self.sent)

    def get(self, references: Sequence[Any]) -> list[Any]:
        errors = self.ray.exceptions
        try:
            return list(self.ray.get(references))
        except errors.RayTaskError as error:
            if isinstance(error.cause, ImportError | AttributeError):
                raise UsageError(
                    f"a worker cannot load protocol {self.protocol.name!r} ({error.cause}). Install its module"
                    " where the workers run, or define its steps in the script that you start."
                ) from error
            raise
        except errors.RayError as error:
            raise WorkerLost(f"a worker died: {first_line(error)}") from error
