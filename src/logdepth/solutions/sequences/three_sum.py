"""3-SUM in two layers on n (n + 1) / 2 rows, one for every pair: it computes what would complete it, and is looked for.

One layer on the n numbers alone needs heads × width × bits = Ω(n / log log n): arXiv 2306.02896, Theorem 7.
"""

from __future__ import annotations

from math import isqrt

import torch

from logdepth.programs import Column, Program, Table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import ThreeSum


def three_sum(n: int, modulus: int) -> Program:
    """Output `answer`: on row (k, k), 1 if some pair of numbers adds up with number k to 0 modulo `modulus`."""
    pairs = torch.tensor([(j, k) for k in range(1, n + 1) for j in range(1, k + 1)])
    own_rows = torch.cat([torch.zeros(1, dtype=torch.int64), (pairs * (pairs + 1) // 2).flatten()])
    table = Table("3-sum", len(pairs))
    number = table.input("number", modulus - 1)

    def member(place: int, name: str) -> Column:
        row = table.map(
            lambda r: torch.take(own_rows, 2 * r + place - 1), table.index, high=table.rows, name=f"row of {name}"
        )
        return table.pull(row, number, name=name)

    first, second = member(0, "x j"), member(1, "x k")
    laps = table.map(lambda x, y: (x + y > 0) * 1 + (x + y > modulus), first, second, high=2, name="laps")
    third = table.map(
        lambda lap, x, y: torch.relu(modulus * lap - x - y), laps, first, second, high=modulus - 1, name="third"
    )
    digits = [split(table, column, modulus - 1) for column in (number, third)]
    table.output("answer", table.select(query=digits[0], key=digits[1], values=1, name="found"))
    return table.program()


def split(table: Table, column: Column, high: int) -> list[Column]:
    """A number up to `high` as two digits: what is computed at run time is looked up by tables of √high values.

    The relu does nothing; it makes the lower digit a number of its own, less than √high, in place of a difference.
    """
    base = isqrt(high) + 1
    upper = table.map(lambda x: x // base, column, high=high // base, name=f"{column.name} / {base}")
    lower = table.map(
        lambda x, q: torch.relu(x - base * q), column, upper, high=base - 1, name=f"{column.name} mod {base}"
    )
    return [upper, lower]


def sizes(task: ThreeSum, tied: bool) -> Sizes:
    """Modulo 1 no pair is needed."""
    if task.modulus == 1:
        return Sizes(layers=1, heads=1, source="a number is found")
    source = "a row for every pair looks up two numbers; one head looks for the pair that completes mine"
    return Sizes(layers=2, heads=2, source=source)


THREE_SUM = Solution(
    task=ThreeSum,
    build=lambda task: three_sum(task.n, task.modulus),
    sizes=sizes,
    words=(
        "Blank tokens stand for pairs: a number <i>x<sub>k</sub></i> comes after a token for each pair"
        " (<i>j</i>, <i>k</i>), <i>j</i> &lt; <i>k</i>. In layer 1 every pair looks up its two numbers, and computes"
        " which third would make them up to a multiple of the modulus; in layer 2 every number looks for a pair that"
        " wants it."
        " Without blank tokens, one layer would need a width that grows with <i>n</i> / log log <i>n</i>.",
    ),
)
