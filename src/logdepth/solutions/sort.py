"""Sorting in two layers: every key learns its rank, and goes to the row of that number."""

from __future__ import annotations

from logdepth.gadgets.rounding import snap_base, snap_digits
from logdepth.numerics.formats import Format
from logdepth.programs import Program, Table
from logdepth.solutions.sizes import Sizes, pointer_width
from logdepth.solutions.solution import Solution
from logdepth.tasks.sort import Sort
from logdepth.theory.logarithm import count_digits


def sort(n: int, high: int) -> Program:
    """Output `answer`: the keys in ascending order."""
    table = Table("sort", n)
    table.output("answer", table.sort(table.input("key", high)))
    return table.program()


def sizes(task: Sort, form: Format, tied: bool) -> Sizes:
    n = task.n
    heads = count_digits(task.high, 4) + count_digits(n, 4)
    return Sizes(
        layers=2,
        heads=heads,
        width=14 + 3 * heads + snap_base(n) + pointer_width(n, form),
        blocks=2 + 2 * snap_digits(n) + (8 * n * n >= form.exact),  # squares of ranks as two digits, then
        hidden=n + 16,
        embedded=n + task.high + 2,
        source="rank, then push to the rank",
    )


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
