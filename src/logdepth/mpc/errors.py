"""What machines may not do."""

from __future__ import annotations

from logdepth.numerics.errors import UsageError


class BudgetExceeded(UsageError):
    """A machine sent, received or held more words than its memory has. Round 0 is the input, before the first round."""

    def __init__(self, protocol: str, machine: int, verb: str, words: int, round_: int, memory: int) -> None:
        place = f"in round {round_}" if round_ else "of input"
        super().__init__(
            f"protocol {protocol!r}: machine {machine} {verb} {words} words {place}; its memory is {memory} words."
            " Raise --memory, or see the senders with --trace."
        )
        self.machine, self.round, self.words, self.memory = machine, round_, words, memory


class ProtocolError(UsageError):
    """A step failed, or returned or sent what it may not. Its cause, if any, is chained."""
