"""A protocol: the machines, their memory, and what every machine does in every round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from logdepth.mpc.records import Mail, Memory
from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError

Step = Callable[[Memory, Mail], tuple[Memory, Mail]]
"""What all machines do at once: from what each holds and has received to what it holds then, and sends.

A step is written with arrays over all records, but must be local: what a machine does may depend only on its own
records. It finds records in the order of their owners, and packets by destination, then source, then the order of
sending."""


@dataclass(frozen=True, eq=False)
class Routine:
    """R rounds of one purpose: R + 1 steps, of which the first finds no mail and the last sends none.

    Routines follow one another without a round between them, for the last step of one and the first of the next are
    one local computation. So R rounds and S rounds make R + S.

    Errors: UsageError for no steps, and for what is no function.
    """

    name: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise UsageError(f"routine {self.name!r}: steps must be at least 1; got 0.")
        for step in self.steps:
            if not callable(step):
                raise UsageError(f"routine {self.name!r}: steps are functions; one is {step!r}.")

    @property
    def rounds(self) -> int:
        return len(self.steps) - 1


@dataclass(frozen=True, eq=False)
class Loop:
    """Run `body` again and again until the machines have agreed to stop.

    verdict: the kind of record in which machines hold, at the end of the body, whether to go on: a field `go_on` of 0
    or 1. All that hold one must hold the same; how they come to agree is the body's business, and costs rounds.
    most: turns after which a loop that still goes on is an error.

    Errors: UsageError for an empty body or fewer than 1 turn.
    """

    body: tuple[Part, ...]
    verdict: str
    most: int

    def __post_init__(self) -> None:
        if not self.body or self.most < 1:
            raise UsageError(f"a loop needs a body and at least 1 turn; got {len(self.body)} parts, {self.most} turns.")


Part = Routine | Loop


def local(name: str, function: Callable[[Memory], Memory]) -> Routine:
    """A routine of no rounds: every machine computes on what it holds."""
    return Routine(name, (lambda memory, mail: (function(memory), {}),))


def together(name: str, *routines: Routine) -> Routine:
    """Routines at the same time: as many rounds as the longest takes.

    Each gets its own mail, and must leave alone what the others read. Mail is sent under `routine: kind`.
    Errors: UsageError for no routines, or two of the same name.
    """
    names = {routine.name for routine in routines}
    if len(names) < max(1, len(routines)):
        raise UsageError(f"{name!r} puts routines together: at least 1, each with a name of its own; got {names}.")

    def step(number: int, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        sent: Mail = {}
        for routine in routines:
            if number < len(routine.steps):
                prefix = f"{routine.name}: "
                own = {kind.removeprefix(prefix): mail[kind] for kind in mail if kind.startswith(prefix)}
                memory, told = routine.steps[number](memory, own)
                sent |= {prefix + kind: packets for kind, packets in told.items()}
        return memory, sent

    most = max(len(routine.steps) for routine in routines)
    return Routine(name, tuple(partial(step, number) for number in range(most)))


def rounds_of(parts: Sequence[Part]) -> int:
    """Rounds of some parts, at most: every loop takes all its turns."""
    return sum(part.rounds if isinstance(part, Routine) else part.most * rounds_of(part.body) for part in parts)


@dataclass(frozen=True)
class Do:
    """One step; a round follows unless it is the last of its routine."""

    step: Step
    routine: str
    sends: bool


@dataclass(frozen=True)
class Again:
    """Back to instruction `back`, if the verdict is to go on; a loop's end."""

    back: int
    verdict: str
    most: int


Instruction = Do | Again


@dataclass(frozen=True, eq=False)
class Protocol:
    """`machines` with `memory` words each, and what they do: `parts`, in order.

    Arrays name a machine by its place, from 0: machine v has the place v - 1. Messages and pages say v.

    parts: routines and loops; or plain steps, which are then one routine with the protocol's name: its first step finds
    no mail and the last one must send none, and between them lie len(parts) - 1 rounds.

    groups: kinds of machines that do different things, name -> how many, in the order of their numbers; together all of
    them. By default all machines are one group. Several processes get as many of each.

    Errors: UsageError for no machines, no memory or no parts, for steps among routines, and for groups that are not all
    machines.
    """

    name: str
    machines: int
    memory: int
    parts: Sequence[Part | Step]
    groups: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"protocol {self.name!r}:"
        for quantity in ("machines", "memory"):
            object.__setattr__(self, quantity, check_count(f"{where} {quantity}", getattr(self, quantity)))
        if not isinstance(self.parts, Sequence) or not self.parts:
            got = "none" if isinstance(self.parts, Sequence) else f"a {type(self.parts).__name__}"
            raise UsageError(f"{where} parts are a sequence of routines, loops or steps, at least one; got {got}.")
        routines = tuple(part for part in self.parts if isinstance(part, Routine | Loop))
        if not routines:
            routines = (Routine(self.name, tuple(part for part in self.parts if not isinstance(part, Routine | Loop))),)
        elif len(routines) < len(self.parts):
            raise UsageError(
                f"protocol {self.name!r}: put steps that stand among routines into a Routine of their own."
            )
        object.__setattr__(self, "parts", routines)
        if not isinstance(self.groups, Mapping):
            raise UsageError(f"{where} groups are a dict, name -> machines; got a {type(self.groups).__name__}.")
        sizes = {name: check_count(f"{where} group {name!r}", size, least=0) for name, size in self.groups.items()}
        groups = {name: size for name, size in sizes.items() if size} or {"machines": self.machines}
        if sum(groups.values()) != self.machines:
            raise UsageError(f"{where} groups are all {self.machines} machines together; got {dict(self.groups)}.")
        object.__setattr__(self, "groups", groups)

    @property
    def rounds(self) -> int:
        """Rounds at most: exactly so many if there is no loop."""
        return rounds_of(self.routines)

    @property
    def routines(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if isinstance(part, Routine | Loop))

    @cached_property
    def code(self) -> tuple[Instruction, ...]:
        """All steps in order, and where loops begin again."""
        return tuple(flatten(self.routines, 0))

    def sends(self, at: int) -> bool:
        """Whether a round follows on what stands at a place of the code."""
        instruction = self.code[at]
        return isinstance(instruction, Do) and instruction.sends


def flatten(parts: Sequence[Part], start: int) -> list[Instruction]:
    """The instructions of some parts, of which the first will stand at `start`."""
    code: list[Instruction] = []
    for part in parts:
        match part:
            case Routine():
                last = len(part.steps) - 1
                code += [Do(step, part.name, number < last) for number, step in enumerate(part.steps)]
            case Loop():
                back = start + len(code)
                code += flatten(part.body, back)
                code.append(Again(back, part.verdict, part.most))
    return code
