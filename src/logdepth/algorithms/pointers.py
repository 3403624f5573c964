"""List ranking and k-fold composition: pointer doubling.

Source: Wyllie 1979; JáJá, An Introduction to Parallel Algorithms, 3.1.
"""

from __future__ import annotations

from logdepth.algorithms.powers import doublings, power
from logdepth.programs import Column, Program, Table


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


def composition(n: int, k: int) -> Program:
    """Output `answer`: f^k(i), for the function f that column `image` tabulates."""
    table = Table("composition", n)
    image = table.input("image", n)
    table.output("answer", table.index if k == 0 else power(table, image, [], k, "image")[0])
    return table.program()
