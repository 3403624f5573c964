"""The blackboard: k players with a part of the input each, who write on a board that all of them read.

In every round the players k, k - 1, …, 1 write one message of at most s bits each; player k has the leftmost part. The
last message of player 1 is the answer. Players are as clever as they like: the cost is rounds, and bits of a message.
Source: arXiv 2402.09268, Definition E.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.messages.bits import Bits
from logdepth.messages.errors import MessageTooLong, StepFailed
from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True)
class Written:
    """A message on the board: who wrote it, and in which round."""

    round: int
    player: int
    message: Bits


@dataclass(frozen=True)
class Board:
    """All that was written so far, in order."""

    written: tuple[Written, ...] = ()

    def read(self, round_: int, player: int) -> Bits:
        """What a player wrote in a round. Errors: UsageError if it has not written then."""
        for each in self.written:
            if (each.round, each.player) == (round_, player):
                return each.message
        raise UsageError(f"player {player} has not written in round {round_}. Read what is on the board.")

    def in_round(self, round_: int) -> tuple[Written, ...]:
        """What was written in a round so far, in order."""
        return tuple(each for each in self.written if each.round == round_)


@dataclass(frozen=True)
class Turn:
    """What a player knows when it speaks: itself, what it keeps (at first its part of the input), and the board."""

    player: int
    players: int
    round: int
    rounds: int
    kept: Any
    board: Board

    @property
    def answers(self) -> bool:
        """Whether this is the last message of all."""
        return self.player == 1 and self.round == self.rounds


Speak = Callable[[Turn], tuple[Any, Bits]]
"""What a player does in its turn: from what it knows to what it keeps, and writes."""


@dataclass(frozen=True, eq=False)
class BlackboardProtocol:
    """`players` players speak in `rounds` rounds, `bits` bits a message at most: `speak` says what each one does.

    answer_bits: the most bits of the answer, which is the last message of player 1; by default as of all messages.
    Errors: UsageError for counts below 1 (bits: below 0), and for what is no function.
    """

    name: str
    players: int
    rounds: int
    bits: int
    speak: Speak
    answer_bits: int | None = None

    def __post_init__(self) -> None:
        where = f"protocol {self.name!r}:"
        for quantity, least in (("players", 1), ("rounds", 1), ("bits", 0)):
            object.__setattr__(self, quantity, check_count(f"{where} {quantity}", getattr(self, quantity), least))
        if self.answer_bits is not None:
            check_count(f"{where} answer_bits", self.answer_bits, 0)
        if not callable(self.speak):
            raise UsageError(f"{where} speak is a function of a turn; got {self.speak!r}.")

    def limit(self, turn: Turn) -> int:
        """The most bits of the message of this turn."""
        return self.bits if self.answer_bits is None or not turn.answers else self.answer_bits


@dataclass(frozen=True, eq=False)
class BoardRun:
    """What was written, and what the players keep in the end, player k first."""

    protocol: BlackboardProtocol
    board: Board
    kept: tuple[Any, ...]

    @property
    def answer(self) -> Bits:
        """The last message of player 1."""
        return self.board.written[-1].message

    @property
    def rounds(self) -> int:
        return self.protocol.rounds

    @property
    def bits(self) -> np.ndarray:
        """Bits of every message, (rounds, players) int64; columns in the order in which players speak, k … 1."""
        lengths = [len(each.message) for each in self.board.written]
        return np.array(lengths, dtype=np.int64).reshape(self.rounds, self.protocol.players)

    @property
    def most_bits(self) -> int:
        """Of one message."""
        return int(self.bits.max())

    @property
    def total(self) -> int:
        """All bits written."""
        return int(self.bits.sum())

    def as_json(self) -> dict[str, Any]:
        """Who wrote how many bits in which round, ready for JSON; written: a list of rounds, player k first."""
        return {
            "players": self.protocol.players,
            "rounds": self.rounds,
            "bits": self.protocol.bits,
            "most_bits": self.most_bits,
            "total_bits": self.total,
            "written": self.bits.tolist(),
        }


def run_on_blackboard(protocol: BlackboardProtocol, parts: Sequence[Any]) -> BoardRun:
    """Run all rounds. parts: of the input, player k's first.

    Errors: UsageError for more or fewer parts than players; MessageTooLong for a message above the limit; StepFailed
    for a player that raises, or that gives no message.
    """
    if len(parts) != protocol.players:
        raise UsageError(
            f"protocol {protocol.name!r} has {protocol.players} players, and a part for each; got {len(parts)} parts."
        )
    kept = {protocol.players - place: part for place, part in enumerate(parts)}
    board = Board()
    for round_ in range(1, protocol.rounds + 1):
        for player in kept:
            turn = Turn(player, protocol.players, round_, protocol.rounds, kept[player], board)
            kept[player], message = speak(protocol, turn)
            board = Board((*board.written, Written(round_, player, message)))
    return BoardRun(protocol, board, tuple(kept.values()))


def speak(protocol: BlackboardProtocol, turn: Turn) -> tuple[Any, Bits]:
    """One turn, within the budget."""
    where = f"protocol {protocol.name!r}: player {turn.player} in round {turn.round}"
    try:
        given = protocol.speak(turn)
    except Exception as error:
        raise StepFailed(f"{where} raises {type(error).__name__}:", error) from error
    match given:
        case (kept, Bits() as message):
            pass
        case _:
            raise StepFailed(f"{where} must give what it keeps, and Bits; it gives {repr(given)[:60]}.")
    limit = protocol.limit(turn)
    if len(message) > limit:
        raise MessageTooLong(protocol.name, turn.player, turn.round, len(message), limit)
    return kept, message


def one_way(
    name: str, bits: int, send: Callable[[Any], Bits], answer: Callable[[Any, Bits], Bits], answer_bits: int
) -> BlackboardProtocol:
    """One-way communication: Alice sends `bits` bits at most, and Bob answers. A blackboard of two players, one round.

    send: from Alice's part to her message. answer: from Bob's part and this message to the answer, of `answer_bits`
    bits at most; its bits do not count. Run it with the parts (Alice's, Bob's): Alice is player 2.
    """

    def speak(turn: Turn) -> tuple[Any, Bits]:
        if turn.player == 2:
            return turn.kept, send(turn.kept)
        return turn.kept, answer(turn.kept, turn.board.read(1, 2))

    return BlackboardProtocol(name, 2, 1, bits, speak, answer_bits)
