"""2-SUM in one layer with one head: look for the number that completes mine to 0 modulo M.

Source: arXiv 2306.02896 (Match2).
"""

from __future__ import annotations

from logdepth.programs import Program, Table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import TwoSum


def two_sum(n: int, modulus: int) -> Program:
    """Output `answer`: 1 if some row (mine included) holds a number that adds up with mine to 0 modulo `modulus`."""
    table = Table("2-sum", n)
    number = table.input("number", modulus - 1)
    partner = table.map(lambda x: (modulus - x) % modulus, number, high=modulus - 1, name="partner")
    table.output("answer", table.select(query=partner, key=number, values=1, name="found"))
    return table.program()


def sizes(task: TwoSum, tied: bool) -> Sizes:
    return Sizes(layers=1, heads=1, source="one head looks for the partner's code")


TWO_SUM = Solution(
    task=TwoSum,
    build=lambda task: two_sum(task.n, task.modulus),
    sizes=sizes,
    words=(
        "Each number <i>x</i> is embedded with its partner (<i>M</i> − <i>x</i>) mod <i>M</i>. The one head looks"
        " for a row that holds the partner; the start token, which holds zeros, is read when there is none.",
    ),
)
