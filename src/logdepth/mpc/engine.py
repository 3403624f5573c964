"""The local engine: one process, all machines as arrays, every budget checked in every round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from logdepth.mpc.errors import BudgetExceeded
from logdepth.mpc.protocol import Protocol
from logdepth.mpc.records import Fields, Mail, Memory, words_per_record
from logdepth.numerics.errors import UsageError

Progress = Callable[[int, int], None]  # rounds done, rounds in all


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


def run_locally(protocol: Protocol, memory: Memory, progress: Progress | None = None) -> Run:
    """Run all rounds. Raises BudgetExceeded at the first machine that holds, sends or receives more than its memory."""
    budget = Budget(protocol)
    mail: Mail = {}
    traffic: list[Traffic] = []
    for number, step in enumerate(protocol.steps, start=1):
        memory, outgoing = step(memory, mail)
        held = budget.check(number, "holds", {kind: (r.owner, r.fields) for kind, r in memory.items()})
        if number > protocol.rounds:
            if any(len(packets) for packets in outgoing.values()):
                raise UsageError(f"protocol {protocol.name!r} sends messages in its last step, after round {number - 1}")
            break
        sent = budget.check(number, "sends", {kind: (p.source, p.fields) for kind, p in outgoing.items()})
        received = budget.check(number, "receives", {kind: (p.destination, p.fields) for kind, p in outgoing.items()})
        mail = {kind: packets.delivered() for kind, packets in outgoing.items()}
        total = sum(len(packets) * words_per_record(packets.fields) for packets in outgoing.values())
        traffic.append(Traffic(held, sent, received, total))
        if progress is not None:
            progress(number, protocol.rounds)
    return Run(memory, tuple(traffic))


@dataclass(frozen=True)
class Budget:
    """The memory of every machine, as a limit on what it holds, sends and receives."""

    protocol: Protocol

    def check(self, number: int, verb: str, kinds: Mapping[str, tuple[np.ndarray, Fields]]) -> int:
        """The most words of any machine; BudgetExceeded beyond its memory, UsageError for a machine that is not there."""
        machines = self.protocol.machines
        words = np.zeros(machines, dtype=np.int64)
        for kind, (owner, fields) in kinds.items():
            if len(owner) and not (owner.min() >= 0 and owner.max() < machines):
                stranger = int(owner.min() if owner.min() < 0 else owner.max())
                raise UsageError(
                    f"in round {number} machine {stranger} {verb} {kind!r}, but there are machines 0..{machines - 1} only"
                )
            words += np.bincount(owner, minlength=machines) * words_per_record(fields)
        most = int(words.max(initial=0))
        if most > self.protocol.memory:
            raise BudgetExceeded(int(words.argmax()), number, verb, most, self.protocol.memory)
        return most
