"""Broadcast in one layer with one head."""

from __future__ import annotations

from logdepth.programs import Program, Table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import Broadcast


def broadcast(n: int, high: int) -> Program:
    """Output `answer`: row 1's `value` in every row."""
    table = Table("broadcast", n)
    table.output("answer", table.broadcast(table.input("value", high)))
    return table.program()


def sizes(task: Broadcast, tied: bool) -> Sizes:
    return Sizes(layers=1, heads=1, source="every row reads row 1")


BROADCAST = Solution(
    task=Broadcast,
    build=lambda task: broadcast(task.n, task.high),
    sizes=sizes,
    words=("One head: every row reads row 1.",),
)
