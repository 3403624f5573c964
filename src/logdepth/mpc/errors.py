"""What machines may not do."""

from __future__ import annotations

from logdepth.numerics.errors import UsageError, Wording


class BudgetExceeded(UsageError):
    """A machine sent, received or held more words than its memory has.

    `machine` is its number, from 1. `round` 0 is the input; a machine holds something in a round, or after the last one
    so far.
    """

    def __init__(
        self, protocol: str, machine: int, verb: str, words: int, round_: int, place: str, memory: int
    ) -> None:
        super().__init__(
            f"protocol {protocol!r}: machine {machine} {verb} {words} words {place}; its memory is {memory} words.",
            Wording("Raise {memory}, or see the senders with {watch}."),
        )
        self.machine, self.round, self.words, self.memory = machine, round_, words, memory


class ProtocolError(UsageError):
    """A step failed, or returned or sent what it may not, or a loop never ended. Its cause, if any, is chained."""


class WorkerLost(UsageError):
    """A process that owns some of the machines died, and what they held is lost."""
