"""A run of a protocol as data: what every round cost, and who sent how much to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.mpc import Memory, Protocol, Recorder, Run, run_locally


@dataclass(frozen=True, eq=False)
class RoundTrace:
    """One round, numbered from 1: the routine that it belongs to; words that one machine held, sent and received, at
    most; words and packets of all machines together.

    words: (bins, bins) int64, [receiver, sender], between the bins of the run; None if the round was not watched.
    """

    number: int
    routine: str
    held: int
    sent: int
    received: int
    total: int
    packets: int
    words: np.ndarray | None

    def as_json(self) -> dict[str, Any]:
        counted = {name: getattr(self, name) for name in ("number", "routine", "held", "sent", "received", "total")}
        return counted | {"packets": self.packets, "words": None if self.words is None else self.words.tolist()}


@dataclass(frozen=True, eq=False)
class MpcTrace:
    """A run of the protocol called `name` on `machines` with `memory` words each.

    groups: kind of machines -> its number of bins, in the order of machines; {} if not watched. A bin is a run of
    neighbouring machines; starts: the first machine of every bin, and the number of all machines, (bins + 1,).
    """

    name: str
    machines: int
    memory: int
    rounds: tuple[RoundTrace, ...]
    groups: Mapping[str, int]
    starts: np.ndarray

    @property
    def watched(self) -> bool:
        """Whether it is known who sent to whom."""
        return bool(self.groups)

    @property
    def most_sent(self) -> int:
        """Words that one machine sent in one round, at most."""
        return max((each.sent for each in self.rounds), default=0)

    @property
    def most_received(self) -> int:
        """Words that one machine received in one round, at most."""
        return max((each.received for each in self.rounds), default=0)

    @property
    def total(self) -> int:
        """All words sent."""
        return sum(each.total for each in self.rounds)

    def as_json(self) -> dict[str, Any]:
        return {
            "protocol": self.name,
            "machines": self.machines,
            "memory": self.memory,
            "groups": dict(self.groups),
            "starts": self.starts.tolist(),
            "rounds": [each.as_json() for each in self.rounds],
        }


def trace_of_run(protocol: Protocol, run: Run, recorder: Recorder | None = None) -> MpcTrace:
    """A run that is over. recorder: what watched it, if it was watched (with Ray no mail passes through this process).

    A run that went on from a checkpoint was watched in its last rounds alone.
    """
    seen: list[np.ndarray] = [] if recorder is None else recorder.words
    words = [*[None] * (run.rounds - len(seen)), *seen]
    rounds = tuple(
        RoundTrace(number, cost.routine, cost.held, cost.sent, cost.received, cost.total, cost.packets, sent)
        for number, (cost, sent) in enumerate(zip(run.traffic, words, strict=True), start=1)
    )
    groups = {} if recorder is None else dict(zip(recorder.groups, recorder.bins, strict=True))
    starts = np.zeros(0, dtype=np.int64) if recorder is None else recorder.starts
    return MpcTrace(protocol.name, protocol.machines, protocol.memory, rounds, groups, starts)


def trace_protocol(protocol: Protocol, memory: Memory, groups: Mapping[str, int] | None = None) -> MpcTrace:
    """Run a protocol on the local engine from what its machines hold at first, and watch it.

    groups: kinds of machines, as for `Recorder`. Errors: those of `run_locally` and `Recorder`.
    """
    recorder = Recorder(protocol, groups)
    return trace_of_run(protocol, run_locally(protocol, memory, recorder.watch), recorder)
