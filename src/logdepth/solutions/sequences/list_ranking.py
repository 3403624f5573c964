"""List ranking by pointer doubling.

Source: Wyllie 1979; JáJá, An Introduction to Parallel Algorithms, 3.1.
"""

from __future__ import annotations

from logdepth.programs import Column, Program, Table
from logdepth.solutions.powers import DOUBLING, doublings
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import ListRanking
from logdepth.theory.list_ranking import jumping_layers


def list_ranking(n: int) -> Program:
    """Output `rank`: how many steps of `next` lead from my row to the end of its list (next = 0)."""
    table = Table("list-ranking", n)
    following = table.input("next", n)
    one_step = table.map(lambda p: p > 0, following, high=1, name="one step")

    def double(steps: Column, pointer: Column) -> tuple[Column, Column]:
        beyond, further = table.pull(pointer, [steps, pointer], name=["steps beyond", "next"])
        total = table.map(lambda here, there: here + there, steps, beyond, high=n - 1, name="steps")
        return total, further

    start = [one_step, following]
    steps, _ = table.repeat(doublings(n - 1), double, start, high=[max(n - 1, 1), n], name=["steps", "next"])
    table.output("rank", steps)
    return table.program()


def sizes(task: ListRanking, tied: bool) -> Sizes:
    layers = jumping_layers(task.n)
    return Sizes(layers=layers, heads=min(1, layers), source=DOUBLING)


LIST_RANKING = Solution(
    task=ListRanking,
    build=lambda task: list_ranking(task.n),
    sizes=sizes,
    words=(
        "Pointer doubling: every row knows a row ahead of it and how far ahead that is; it reads the same two"
        " numbers there and adds up. ⌈log₂ <i>n</i>⌉ layers reach the end of every list.",
    ),
)
