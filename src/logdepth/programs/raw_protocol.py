"""The value `RawProtocol`: an MPC protocol written as what one machine does, on integers of declared ranges.

One object has two meanings: a protocol of the MPC engine (`arrows.raw_protocol_to_mpc`) and a transformer
(`arrows.mpc_to_transformer`, theorem T1). Both evaluate the same row functions, on arrays that hold a number for
every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from logdepth.arithmetic import undisturbed
from logdepth.numerics.columns import integer_columns
from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError, did_you_mean, first_line
from logdepth.programs.row_function import Range, RowFunction
from logdepth.programs.transcription import transcribe

State = Mapping[str, Any]  # column -> what the machine holds there
Slot = tuple[Any, ...]  # (1 if a packet came and else 0, *its words)
Packet = tuple[Any, ...]  # (the machine that it goes to or 0, *its words)
LocalStep = Callable[[Any, State, tuple[Slot, ...]], tuple[State, Sequence[Packet]]]
"""What a machine does between two rounds: from its number, state and inbox to its next state and what it sends."""
Sampler = Callable[[np.random.Generator], Mapping[str, Any]]  # initial states: column -> (machines,)
Packets = list[tuple[int, int, int, list[int]]]  # (destination, place among those of its sender, sender, words)


@dataclass(frozen=True, eq=False)
class RawProtocol:
    """`machines` machines, numbered from 1, each with the columns of `state` (name -> highest value, the least is 0).

    steps: between two of them lies one round, so that R rounds take R + 1 steps; the first finds an empty inbox, and
        the last sends nothing. A step is called once, at once, with symbols for tensors (machines,) in place of one
        machine's numbers, and must be row-wise, without `if` on them, as the function of a `map`:
        `step(machine, state, inbox)` returns the whole next state and at most `slots` packets.
    slots: how many packets a machine may send in a round, and how many it may receive.
    words: of a packet, name -> highest value.
    sample: draws legal initial states, `sample(rng)` -> column -> (machines,); None: any numbers in the ranges are.

    An inbox has `slots` slots. Packets stand in it in the order of their places among the packets that their senders
    sent, then of senders, from the first slot on; slots that stay empty hold zeros.
    Errors: UsageError for a shape that cannot be, and for a step that is not row-wise.
    """

    name: str
    machines: int
    slots: int
    state: Mapping[str, int]
    words: Mapping[str, int]
    steps: Sequence[LocalStep]
    sample: Sampler | None = None
    functions: tuple[RowFunction, ...] = field(init=False, repr=False)
    """What the steps do, (machine, *state, *slots) -> (*state, *packets), a packet after the other, each (destination,
    *words); both meanings evaluate these."""

    def __repr__(self) -> str:
        return f"RawProtocol({self.name!r}, {self.machines} machines, {self.slots} slots, {self.rounds} rounds)"

    def __post_init__(self) -> None:
        for quantity in ("machines", "slots"):
            count = check_count(f"protocol {self.name!r}: {quantity}", getattr(self, quantity))
            object.__setattr__(self, quantity, count)
        for kind in ("state", "words"):
            columns = getattr(self, kind)
            if not isinstance(columns, Mapping) or not columns:
                raise UsageError(f"protocol {self.name!r}: {kind} names at least one column; got {columns!r}.")
            for column, high in columns.items():
                if not isinstance(high, int) or isinstance(high, bool) or high < 0:
                    raise UsageError(
                        f"protocol {self.name!r}: {kind} gives every column its highest value, at least 0;"
                        f" {column!r} has {high!r}."
                    )
            object.__setattr__(self, kind, dict(columns))
        object.__setattr__(self, "steps", tuple(self.steps))
        if not self.steps or not all(callable(step) for step in self.steps):
            raise UsageError(f"protocol {self.name!r}: steps are at least one function; got {self.steps!r}.")
        functions = (
            transcribe(self._flat(number), self.ranges, f"protocol {self.name!r}: step {number}")
            for number in range(len(self.steps))
        )
        object.__setattr__(self, "functions", tuple(functions))

    @property
    def rounds(self) -> int:
        return len(self.steps) - 1

    @property
    def memory(self) -> int:
        """The words that a machine needs: for its state, and for what it may send or receive in a round."""
        return max(len(self.state), self.slots * len(self.words))

    def draw(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Initial states, checked."""
        if self.sample is None:
            return {name: rng.integers(0, high + 1, self.machines) for name, high in self.state.items()}
        try:
            drawn = self.sample(rng)
        except (Exception, SystemExit) as error:
            raise UsageError(f"protocol {self.name!r}: sample raises {in_words(error)}.") from error
        return self.check(drawn)

    @undisturbed()
    def check(self, columns: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Initial states as (machines,) int64. Errors: UsageError for other columns, lengths or values."""
        arrays = integer_columns(columns, self.state.keys(), f"protocol {self.name!r}")
        for name, values in arrays.items():
            if values.shape != (self.machines,):
                raise UsageError(
                    f"protocol {self.name!r} has {self.machines} machines, but column {name!r} is {values.shape}."
                )
            try:
                within(torch.as_tensor(values), self.state[name], f"protocol {self.name!r}: at the start, {name!r}")
            except UsageError as error:
                raise UsageError(error, "Correct the initial state, or declare a larger range.") from None
        return arrays

    def run(self, columns: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """The state after the last step, by plain loops. As `run_raw_protocol`."""
        return run_raw_protocol(self, columns)

    def packets(self, number: int) -> int:
        """How many packets every machine sends in step `number`, from 0, with those of destination 0."""
        return (len(self.functions[number].results) - len(self.state)) // (1 + len(self.words))

    @property
    def ranges(self) -> list[Range]:
        """Of what a step is given, in the order of `functions`."""
        slot = [(0, 1), *((0, high) for high in self.words.values())]
        return [(1, self.machines), *((0, high) for high in self.state.values()), *slot * self.slots]

    def _flat(self, number: int) -> Callable[..., tuple[Any, ...]]:
        """Step `number`, from 0, on plain columns."""
        width, where = 1 + len(self.words), f"protocol {self.name!r}: step {number}"

        def function(machine: Any, *columns: Any) -> tuple[Any, ...]:
            state = dict(zip(self.state, columns, strict=False))
            rest = columns[len(self.state) :]
            inbox = tuple(tuple(rest[i : i + width]) for i in range(0, len(rest), width))
            return self._flatten(self.steps[number](machine, state, inbox), where, last=number == self.rounds)

        return function

    def _flatten(self, result: object, where: str, last: bool) -> tuple[Any, ...]:
        match result:
            case (Mapping() as state, list() | tuple() as packets):
                pass
            case _:
                raise UsageError(f"{where} must return (state, packets); it returns {show(result)}.")
        for name in sorted(self.state.keys() ^ state.keys(), key=str):
            if name in self.state:
                raise UsageError(f"{where} returns no state {name!r}; return all of {sorted(self.state)}.")
            raise UsageError(f"{where} returns a state {name!r} that is not declared. {did_you_mean(name, self.state)}")
        if last and packets:
            raise UsageError(
                f"{where} is the last, and sends packets that no step would read. Return no packets, or add a step."
            )
        if len(packets) > self.slots:
            raise UsageError(f"{where} sends {len(packets)} packets, and machines have {self.slots} slots.")
        for packet in packets:
            if not isinstance(packet, (tuple, list)) or len(packet) != 1 + len(self.words):
                words = ", ".join(self.words)
                raise UsageError(f"{where} must send packets (destination, {words}); it sends {show(packet)}.")
        return (*(state[name] for name in self.state), *(part for packet in packets for part in packet))


def run_raw_protocol(raw: RawProtocol, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The state after the last step, column -> (machines,) int64.

    Errors: UsageError for other columns or values, for a step that fails, for a destination that there is not, and for
    more packets than an inbox has slots.
    """
    state = [np.asarray(values, dtype=np.int64) for values in raw.check(columns).values()]
    inbox = np.zeros((raw.slots, 1 + len(raw.words), raw.machines), dtype=np.int64)
    for number in range(len(raw.steps)):
        inputs = [np.arange(1, raw.machines + 1), *state, *inbox.reshape(-1, raw.machines)]
        results = list(raw.functions[number](*inputs))
        state = results[: len(state)]
        inbox = deliver(raw, number, packets_of(raw, results[len(state) :]))
    return dict(zip(raw.state, state, strict=True))


def packets_of(raw: RawProtocol, columns: list[np.ndarray]) -> Packets:
    """What all machines send, without packets of destination 0."""
    width = 1 + len(raw.words)
    return [
        (int(columns[first][machine]), place, machine, [int(c[machine]) for c in columns[first + 1 : first + width]])
        for place, first in enumerate(range(0, len(columns), width))
        for machine in range(raw.machines)
        if columns[first][machine]
    ]


def deliver(raw: RawProtocol, number: int, sent: Packets) -> np.ndarray:
    """The inboxes of the next step, (slots, 1 + words, machines)."""
    inbox = np.zeros((raw.slots, 1 + len(raw.words), raw.machines), dtype=np.int64)
    filled = [0] * raw.machines
    for destination, _, _, words in sorted(sent):
        if not 1 <= destination <= raw.machines:
            raise UsageError(f"protocol {raw.name!r}: step {number} sends to machine {destination} of {raw.machines}.")
        if filled[destination - 1] == raw.slots:
            raise UsageError(
                f"protocol {raw.name!r}: machine {destination} is sent more packets after step {number} than its"
                f" {raw.slots} slots hold."
            )
        inbox[filled[destination - 1], :, destination - 1] = [1, *words]
        filled[destination - 1] += 1
    return inbox


def in_words(error: BaseException) -> str:
    """An error that a user's function raised, in one line: its type, and the first line of what it says."""
    return f"{type(error).__name__}: {first_line(error)}"


def show(value: object) -> str:
    """What a step returned in place of what it should."""
    if isinstance(value, (tuple, list)):
        return f"{len(value)} values" if len(value) != 1 else "1 value"
    return f"a {type(value).__name__}"


def within(values: Tensor, high: int, what: str) -> Tensor:
    """The values, all in 0..high; `what` names them in the error."""
    bad = (values < 0) | (values > high)
    if bool(bad.any()):
        row = int(bad.nonzero()[0, 0])
        raise UsageError(f"{what} is in 0..{high}, but machine {row + 1} has {int(values[row])}.")
    return values
