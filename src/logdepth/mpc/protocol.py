"""A protocol: the machines, their memory, and what every machine does in every round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from logdepth.mpc.records import Mail, Memory
from logdepth.numerics.errors import UsageError

Step = Callable[[Memory, Mail], tuple[Memory, Mail]]
"""What all machines do at once: from what each holds and has received to what it holds then, and sends.

A step is written with arrays over all records, but must be local: what a machine does may depend only on its own
records. It finds records in the order of their owners, and packets by destination, then source, then the order of
sending."""


@dataclass(frozen=True, eq=False)
class Protocol:
    """`machines` with `memory` words each, numbered from 0. The first step finds no mail and the last one must send
    none: between them lie `rounds` = len(steps) - 1 exchanges.

    Errors: UsageError for no machines, no memory or no steps.
    """

    name: str
    machines: int
    memory: int
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        for quantity, count in (("machines", self.machines), ("memory", self.memory), ("steps", len(self.steps))):
            if count < 1:
                raise UsageError(f"protocol {self.name!r}: {quantity} must be at least 1; got {count}.")

    @property
    def rounds(self) -> int:
        return len(self.steps) - 1
