"""The state of a network that reads in one pass, where the first part of its input ends and the question begins."""

from __future__ import annotations

from dataclasses import dataclass
from math import frexp
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from logdepth.networks import OnePass, one_pass
from logdepth.numerics.errors import UsageError
from logdepth.refuters.certificate import register_bottleneck
from logdepth.refuters.network import TokenNetwork, blaming
from logdepth.refuters.refutation import Carried
from logdepth.refuters.suspect import NotTaken, OtherKind, Suspect


@dataclass(frozen=True, eq=False)
class Reader:
    """A network on token ids, and the same as a machine that carries nothing but its state."""

    suspect: TokenNetwork
    machine: OnePass

    def ids(self, instance: Any) -> np.ndarray:
        return self.suspect.encoding.ids(instance)

    def states(self, rows: list[np.ndarray]) -> Tensor:
        """After each of these rows of ids, of any lengths, (rows, words)."""
        found = self.machine.start(len(rows))
        for length in {len(row) for row in rows} - {0}:
            places = [place for place, row in enumerate(rows) if len(row) == length]
            ids = torch.as_tensor(np.stack([rows[place] for place in places]))
            found[places] = self.read(self.machine.start(len(places)), ids)[0]
        return found

    def read(self, states: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
        """As the machine reads. Errors: UsageError if it raises."""
        with blaming(f"{self.suspect.name} fails on ids of shape {tuple(ids.shape)}", self.suspect.task):
            return self.machine.read(states, ids)

    def answers(self, states: Tensor, ids: np.ndarray) -> np.ndarray:
        """What it answers after it read these ids (N,) from each state (B, words)."""
        _, logits = self.read(states, torch.as_tensor(ids).expand(len(states), -1))
        return self.suspect.encoding.read(logits.argmax(-1).numpy())


def opened(suspect: Suspect) -> Reader:
    """Errors: NotTaken for a model that does not read in one pass, with the reason."""
    if not isinstance(suspect, TokenNetwork):
        raise OtherKind("it takes networks on token ids.")
    try:
        return Reader(suspect, one_pass(suspect.network, len(suspect.encoding.names)))
    except UsageError as error:
        raise NotTaken(error) from error


@register_bottleneck
@dataclass(frozen=True)
class StateAtCut:
    """The state before the last `asked` tokens: as it is, or in fixed point of `bits` bits from -top to top.

    Errors: UsageError for a value that none of both has.
    """

    name: ClassVar[str] = "state at the cut"

    asked: int
    bits: int = 0  # 0: as it is
    top: float = 0.0  # a power of two; 0 of a state as it is

    def __post_init__(self) -> None:
        power = self.top > 0 and frexp(self.top)[0] == 0.5
        if self.asked < 1 or not 0 <= self.bits <= 32 or (not power if self.bits else self.top != 0):
            raise UsageError(
                f"a state before {self.asked} tokens in {self.bits} bits up to {self.top} is none. Give one token or"
                " more, and up to 32 bits with a power of two, or none."
            )

    def form(self, suspect: Suspect) -> str:
        words = opened(suspect).machine.words
        question = "the last token" if self.asked == 1 else f"the last {self.asked} tokens"
        what = f"The state before {question}, {words:,} numbers"
        if not self.bits:
            return f"{what}, as the network computes it; nothing was rounded."
        return (
            f"{what}, each rounded here, once, to fixed point: a whole number of {self.bits}"
            f" bit{'s' * (self.bits != 1)} times {self.top / 2 ** (self.bits - 1):g}. All else is as the network"
            " computes it."
        )

    def carried(self, suspect: Suspect, instance: Any) -> Carried:
        reader = opened(suspect)
        states = reader.states([reader.ids(instance)[: -self.asked]])
        if self.bits:
            return Carried(tuple(levels(states, self.bits, self.top)[0].tolist()), self.bits)
        machine = reader.machine
        mixed = machine.bits != machine.words * machine.widest
        return Carried(tuple(states[0].tolist()), machine.widest, machine.bits if mixed else None)

    def beyond(self, suspect: Suspect, instance: Any) -> list[int]:
        tokens: list[int] = opened(suspect).ids(instance)[-self.asked :].tolist()
        return tokens

    def answer(self, suspect: Suspect, carried: Carried, beyond: list[int]) -> int | float:
        numbers = torch.tensor([carried.numbers], dtype=torch.float64)
        state = values(numbers, self.bits, self.top) if self.bits else numbers
        return int(opened(suspect).answers(state, np.array(beyond))[0])


def levels(states: Tensor, bits: int, top: float) -> Tensor:
    """Fixed point: every number as the nearest whole number of `bits` bits, in units of top / 2^(bits - 1)."""
    half = 2 ** (bits - 1)
    return (states * (half / top)).round().clamp(-half, half - 1).long()


def values(levels: Tensor, bits: int, top: float) -> Tensor:
    """The numbers that levels stand for."""
    return levels * (top / 2 ** (bits - 1))
