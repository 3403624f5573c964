"""Prefix sums in one layer with one head, under a causal mask."""

from __future__ import annotations

from logdepth.programs import Program, Table
from logdepth.solutions.counting import COUNTING_IN_WORDS
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import PrefixSum


def prefix_sum(n: int, high: int) -> Program:
    """Output `answer`: value_1 + … + value_i."""
    table = Table("prefix-sum", n, causal=True)
    table.output("answer", table.prefix_sum(table.input("value", high)))
    return table.program()


def sizes(task: PrefixSum, tied: bool) -> Sizes:
    source = "a head that adds: the start token outweighs all rows, so the mean is linear"
    return Sizes(layers=1, heads=1, source=source)


PREFIX_SUM = Solution(
    task=PrefixSum,
    build=lambda task: prefix_sum(task.n, task.high),
    sizes=sizes,
    words=(COUNTING_IN_WORDS + " The causal mask makes it a prefix sum.",),
)
