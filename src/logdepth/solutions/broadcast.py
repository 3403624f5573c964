"""Broadcast in one layer with one head."""

from __future__ import annotations

from logdepth.numerics.formats import Format
from logdepth.programs import Program, Table
from logdepth.solutions.sizes import Sizes, one_layer
from logdepth.solutions.solution import Solution
from logdepth.tasks import Broadcast


def broadcast(n: int, high: int) -> Program:
    """Output `answer`: row 1's `value` in every row."""
    table = Table("broadcast", n)
    table.output("answer", table.broadcast(table.input("value", high)))
    return table.program()


def sizes(task: Broadcast, form: Format, tied: bool) -> Sizes:
    return one_layer(heads=1, width=5, source="every row reads row 1")


BROADCAST = Solution(
    task=Broadcast,
    build=lambda task: broadcast(task.n, task.high),
    sizes=sizes,
    words=("One head: every row reads row 1.",),
)
