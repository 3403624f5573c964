"""A protocol: the machines, their memory, and what every machine does in every round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from logdepth.mpc.records import Mail, Memory

Step = Callable[[Memory, Mail], tuple[Memory, Mail]]
"""What all machines do at once: from what each holds and has received to what it holds then, and sends.

A step is written with arrays over all records, but must be local: what a machine does may depend only on its own records."""


@dataclass(frozen=True, eq=False)
class Protocol:
    """`machines` with `memory` words each. The first step finds no mail and the last one must send none: between them lie
    `rounds` = len(steps) - 1 exchanges."""

    name: str
    machines: int
    memory: int
    steps: tuple[Step, ...]

    @property
    def rounds(self) -> int:
        return len(self.steps) - 1
