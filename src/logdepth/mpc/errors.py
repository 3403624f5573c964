"""What a machine may not do."""

from __future__ import annotations

from logdepth.numerics.errors import UsageError


class BudgetExceeded(UsageError):
    """A machine sent, received or held more words than its memory has."""

    def __init__(self, machine: int, round_: int, verb: str, words: int, memory: int) -> None:
        super().__init__(
            f"machine {machine} {verb} {words} words in round {round_}; its memory is {memory} words. Raise --memory."
        )
        self.machine, self.round, self.words, self.memory = machine, round_, words, memory
