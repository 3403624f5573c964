"""Sorting in two layers: every key learns its rank, and goes to the row of that number."""

from __future__ import annotations

from logdepth.gadgets.heads import RANK_BASE
from logdepth.programs import Program, Table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import Sort
from logdepth.theory.logarithm import count_digits


def sort(n: int, high: int) -> Program:
    """Output `answer`: the keys in ascending order."""
    table = Table("sort", n)
    table.output("answer", table.sort(table.input("key", high)))
    return table.program()


def sizes(task: Sort, tied: bool) -> Sizes:
    heads = count_digits(task.high, RANK_BASE) + count_digits(task.n, RANK_BASE)
    return Sizes(layers=2, heads=heads, source="rank, then push to the rank")


SORT = Solution(
    task=Sort,
    build=lambda task: sort(task.n, task.high),
    sizes=sizes,
    words=(
        "First every key learns its rank: for each digit one head counts the rows that agree in the higher digits"
        " and are smaller in this one (row numbers break ties). Then row <i>i</i> reads the row whose rank is"
        " <i>i</i>.",
    ),
)
