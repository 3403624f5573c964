"""Running a protocol: the order of steps and rounds, and every budget. Engines differ in where the machines live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol as Interface

from logdepth.mpc.block import Computed, Received
from logdepth.mpc.errors import BudgetExceeded, ProtocolError
from logdepth.mpc.loads import Most
from logdepth.mpc.protocol import Again, Do, Protocol
from logdepth.mpc.records import Memory
from logdepth.mpc.shards import Shard
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True)
class Traffic:
    """Words in one round: the most that a machine held, sent and received, and all words sent."""

    held: int
    sent: int
    received: int
    total: int
    packets: int
    routine: str
    digest: int | None = None
    """Of all mail, where it was asked for: the same for every engine and number of blocks (see `digest`)."""


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


class Machines(Interface):
    """Where the machines live: a few blocks of them, in this process or in others."""

    def start(self, memory: Memory) -> Sequence[Computed]:
        """Deal out what is there in the beginning."""

    def compute(self, at: int, number: int) -> Sequence[Computed]:
        """Every block takes the step at this place of the code, and keeps what it sends in round `number`, if it sends.

        Errors: as of `Block.compute`.
        """

    def deliver(self) -> Sequence[Received]:
        """All mail arrives."""

    def verdicts(self, at: int) -> set[bool]:
        """The verdicts on the loop that ends at this place of the code, of the machines that hold one."""

    def memory(self) -> Memory:
        """Everything that they hold."""

    def save(self, place: Path) -> Sequence[Shard]:
        """Every block writes what it holds and was sent into this folder."""

    def load(self, place: Path, shards: Sequence[Shard]) -> None:
        """In place of `start`: take over what blocks wrote, of any number."""


@dataclass
class State:
    """Where a run stands: all that it takes to go on, besides what the machines hold."""

    at: int = 0  # the next instruction
    turns: dict[int, int] = field(default_factory=dict)  # of every loop, by the place of its end
    traffic: list[Traffic] = field(default_factory=list)
    held: int = 0  # the most that a machine held since the last round

    @property
    def number(self) -> int:
        """Of the round that comes next."""
        return len(self.traffic) + 1


Progress = Callable[[Traffic, int, int], None]
"""Called after every round with its words, its number, and the number of rounds at most."""

Save = Callable[[State], None]
"""Called after every round, when all mail has arrived, and in the end."""


def begin(machines: Machines, protocol: Protocol, memory: Memory) -> State:
    """Deal out what is there in the beginning. Errors: as of `run_on`, for the input."""
    try:
        blocks = machines.start(memory)
    except ProtocolError as error:
        raise ProtocolError(f"protocol {protocol.name!r}: the input", error) from error
    Rules(protocol).check("holds", [block.held for block in blocks], 0, "of the input")
    return State()


def run_on(
    machines: Machines,
    protocol: Protocol,
    state: State,
    progress: Progress | None = None,
    save: Save | None = None,
) -> Run:
    """Run a protocol from where it stands to its end.

    Errors: BudgetExceeded at a machine that holds, sends or receives more than its memory; ProtocolError for a step
    that raises, that returns what is no memory and mail, or that sends to a machine that is not there or in the end,
    and for a loop whose machines disagree or that takes more turns than it may.
    """
    rules = Rules(protocol)
    finished = state.at == len(protocol.code)
    while state.at < len(protocol.code):
        match protocol.code[state.at]:
            case Again() as again:
                state.at = rules.after_loop(again, state, machines.verdicts(state.at))
            case Do() as do:
                try:
                    computed = machines.compute(state.at, state.number)
                except ProtocolError as error:
                    raise rules.error(state, do, error) from error.__cause__
                rules.check_computed(state, do, computed)
                state.at += 1
                if do.sends:
                    state.traffic.append(rules.traffic(state, do, computed, machines.deliver()))
                    state.held = 0
                    if progress is not None:
                        progress(state.traffic[-1], len(state.traffic), protocol.rounds)
                    if save is not None:
                        save(state)
    if save is not None and not finished:
        save(state)
    return Run(machines.memory(), tuple(state.traffic))


def agree(blocks: Sequence[Computed]) -> bool:
    """Whether all blocks hold and send the same kinds of records."""
    return all(block.shapes == blocks[0].shapes for block in blocks)


def unlike(blocks: Sequence[Computed]) -> str:
    """In what blocks that do not agree differ."""
    for shapes in zip(*(block.shapes for block in blocks), strict=True):  # of what is held, and of what is sent
        for kind in dict.fromkeys(kind for block in shapes for kind in block):
            if not all(kind in block for block in shapes):
                return f"returns {kind!r} for some machines only; return it for all, empty where there is nothing"
            if not all(block[kind] == shapes[0][kind] for block in shapes):
                return f"returns other fields of {kind!r} for some machines than for others"
    raise AssertionError("the blocks agree")


@dataclass(frozen=True)
class Rules:
    """What a protocol may do: local steps of the right kind, within their memory, and loops that end."""

    protocol: Protocol

    def check_computed(self, state: State, do: Do, blocks: Sequence[Computed]) -> None:
        if not agree(blocks):
            raise self.error(state, do, unlike(blocks))
        held = self.check("holds", [block.held for block in blocks], state.number, self.place(state, do))
        state.held = max(state.held, held)
        if not do.sends:
            if any(block.packets for block in blocks):
                kinds = ", ".join(map(repr, blocks[0].shapes[1]))
                raise self.error(state, do, f"sends {kinds}, but it is the last; add a step that reads it")
            return
        self.check("sends", [block.sent for block in blocks], state.number, self.place(state, do))

    def traffic(self, state: State, do: Do, blocks: Sequence[Computed], received: Sequence[Received]) -> Traffic:
        """What the round cost, within the budgets."""
        digests = [block.digest for block in received if block.digest is not None]
        return Traffic(
            held=state.held,
            sent=max(block.sent.words for block in blocks),
            received=self.check(
                "receives", [block.received for block in received], state.number, self.place(state, do)
            ),
            total=sum(block.words for block in blocks),
            packets=sum(block.packets for block in blocks),
            routine=do.routine,
            digest=sum(digests) % 2**64 if digests else None,
        )

    def after_loop(self, again: Again, state: State, verdicts: set[bool]) -> int:
        """The next instruction after the end of a loop's body."""
        where = f"protocol {self.protocol.name!r}: after round {len(state.traffic)} the machines"
        if len(verdicts) != 1:
            wrong = "disagree" if verdicts else "do not say"
            raise ProtocolError(
                f"{where} {wrong} whether to go on. Give every machine the same {again.verdict!r} with a field 'go_on'."
            )
        turns = state.turns.pop(state.at, 0) + 1
        if verdicts == {False}:
            return state.at + 1
        if turns >= again.most:
            raise ProtocolError(f"{where} still go on, but the loop may take {again.most} turns only. Raise its limit.")
        state.turns[state.at] = turns
        return again.back

    def check(self, verb: str, blocks: Sequence[Most], number: int, place: str) -> int:
        """The most words that a machine holds, sends or receives, which are within its memory."""
        most = max(blocks, key=lambda block: (block.words, -block.machine))
        if most.words > self.protocol.memory:
            raise BudgetExceeded(
                self.protocol.name, most.machine + 1, verb, most.words, number, place, self.protocol.memory
            )
        return most.words

    def error(self, state: State, do: Do, wrong: str | UsageError) -> ProtocolError:
        place = f"of round {state.number}" if do.sends else f"after round {state.number - 1}"
        return ProtocolError(f"protocol {self.protocol.name!r}: the step {place}{self.name(do)}", UsageError(wrong))

    def place(self, state: State, do: Do) -> str:
        """When a step is taken, in words."""
        when = f"in round {state.number}" if do.sends else f"after round {state.number - 1}"
        return when + self.name(do)

    def name(self, do: Do) -> str:
        return "" if do.routine == self.protocol.name else f" ({do.routine})"
