"""Two protocols for pointer chasing: k rounds of ⌈log q⌉ bits, or one round of q bits.

Between them lies the lower bound: fewer than k rounds need messages of Ω(q/k⁵) bits, with a constant that is not known.
A player's part is its tokens, as in `PointerChasing.parts`. Source: arXiv 2402.09268, Propositions E.3 and E.4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from logdepth.messages.bits import NOTHING, Bits, Form, numbers
from logdepth.messages.blackboard import BlackboardProtocol, Turn


def chase_by_steps(players: int, vertices: int) -> BlackboardProtocol:
    """k rounds: in round j player j follows the pointer that is on the board, and writes where it leads."""
    width = max(1, (vertices - 1).bit_length())  # a class is one bit, even where there is one vertex
    form = Form((numbers("at", (), width),))

    def speak(turn: Turn) -> tuple[Any, Bits]:
        if turn.player == turn.round:
            at = 0 if turn.player == 1 else int(form.unpack(turn.board.read(turn.round - 1, turn.player - 1))["at"])
            message = form.pack({"at": map_of(turn, vertices)[at]})
            return turn.kept, message
        if turn.answers:
            return turn.kept, turn.board.read(turn.rounds, turn.players)
        return turn.kept, NOTHING

    return BlackboardProtocol(f"pointer chasing, {players} rounds", players, players, width, speak)


def chase_at_once(players: int, vertices: int) -> BlackboardProtocol:
    """One round: every player writes, for each of its vertices, the class that is reached from it."""
    form = Form((numbers("classes", (vertices,), 1),))

    def speak(turn: Turn) -> tuple[Any, Bits]:
        own = map_of(turn, vertices)
        if turn.player < turn.players:
            own = form.unpack(turn.board.read(1, turn.player + 1))["classes"][own]
        return turn.kept, form.pack({"classes": own}) if turn.player > 1 else Bits(own[:1])

    return BlackboardProtocol("pointer chasing, one round", players, 1, vertices, speak)


def map_of(turn: Turn, vertices: int) -> np.ndarray:
    """The map in a player's tokens, (q,): vertices and classes from 0."""
    pairs = np.asarray(turn.kept)[: 2 * vertices].reshape(vertices, 2)
    own = 0 if turn.player % 2 else vertices
    images = pairs[:, 1] - 1 - (2 * vertices if turn.player == turn.players else vertices - own)
    found = np.zeros(vertices, dtype=np.int64)
    found[pairs[:, 0] - 1 - own] = images
    return found


def reached(answer: Bits) -> int:
    """The class that an answer of either protocol names."""
    return int(answer.values[-1])
