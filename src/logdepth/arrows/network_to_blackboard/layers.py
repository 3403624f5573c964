"""Layers as rounds: each player takes its tokens through a layer, given what the players before it have written.

In round l player j has its tokens before layer l. It reads what players k, …, j + 1 wrote in this round, which is all
that its tokens need of theirs, computes its tokens after layer l, and writes what later tokens need of its own.
Source: arXiv 2402.09268, Corollaries 5.2 to 5.4.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from logdepth.arrows.network_to_blackboard.parts import Part
from logdepth.messages import NOTHING, Bits, BlackboardProtocol, Form, Turn, numbers
from logdepth.networks import Gpt2Shape


class Layers(ABC):
    """A network, layer by layer, on a part of its tokens. x: the tokens of a part, (1, n, width)."""

    name: str
    shape: Gpt2Shape

    @property
    def classes(self) -> int:
        return self.shape.classes or self.shape.width

    @abstractmethod
    def embed(self, part: Part) -> Tensor:
        """Tokens before the first layer."""

    @abstractmethod
    def layer(self, number: int, part: Part, x: Tensor, before: Sequence[Bits]) -> tuple[Tensor, Bits]:
        """Tokens after layer `number`, from 0, and what later tokens need of them.

        before: what the players before have written in this layer, player k first.
        """

    @abstractmethod
    def read(self, x: Tensor) -> Tensor:
        """Logits (1, N, classes) of tokens (1, N, width), each for itself."""


@dataclass(frozen=True, eq=False)
class Held:
    """What a player keeps: its part, and its tokens after the layers so far, in the end its logits."""

    part: Part
    x: Tensor


def one_round_a_layer(network: Layers, players: int, bits: int) -> BlackboardProtocol:
    """The protocol; players keep `Held`, and player 1 answers with the id of its highest logit at the last token."""

    def speak(turn: Turn) -> tuple[Any, Bits]:
        with torch.no_grad():
            held = Held(turn.kept, network.embed(turn.kept)) if turn.round == 1 else turn.kept
            before = [written.message for written in turn.board.in_round(turn.round)]
            x, message = network.layer(turn.round - 1, held.part, held.x, before)
            if turn.round == turn.rounds:
                x = held.part.of_table(network.read(held.part.in_table(x)))
            held = replace(held, x=x)
        if turn.player == 1:
            message = answer_of(held.x, network.classes) if turn.answers else NOTHING
        return held, message

    return BlackboardProtocol(network.name, players, network.shape.depth, bits, speak)


def answer_form(classes: int) -> Form:
    """A class, in as few bits as tell all of them apart."""
    return Form((numbers("answer", (), (classes - 1).bit_length()),))


def answer_of(logits: Tensor, classes: int) -> Bits:
    """The class of the highest logit at the last token, of logits (1, n, classes)."""
    return answer_form(classes).pack({"answer": logits[0, -1].argmax().numpy()})


def to_numpy(values: dict[str, Tensor]) -> dict[str, np.ndarray]:
    return {name: tensor.detach().numpy() for name, tensor in values.items()}


def to_tensors(values: dict[str, np.ndarray]) -> dict[str, Tensor]:
    return {name: torch.as_tensor(array) for name, array in values.items()}
