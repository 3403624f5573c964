"""What players and vertices may not do."""

from __future__ import annotations

from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError, Wording


class MessageTooLong(UsageError):
    """A message has more bits than its model allows.

    sender: a player, or a vertex. receiver: the vertex to which it goes; None: it is written on the board.
    """

    def __init__(
        self, protocol: str, sender: int, round_: int, bits: int, limit: int, receiver: int | None = None
    ) -> None:
        if receiver is None:
            said = f"player {sender} writes {count_of(bits, 'bit')} in round {round_}; a message has at most {limit:,}."
        else:
            said = (
                f"vertex {sender} sends {count_of(bits, 'bit')} to vertex {receiver} in round {round_};"
                f" an edge carries {limit:,}."
            )
        super().__init__(f"protocol {protocol!r}: {said}", Wording("Raise {bits}."))
        self.sender, self.receiver, self.round, self.bits, self.limit = sender, receiver, round_, bits, limit


class StepFailed(UsageError):
    """A step of a player or a vertex raises an error, or returns something else than it should. It is chained."""
