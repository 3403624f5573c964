"""1-vs-2 cycle in 2 + ⌈log2 n⌉ layers: pointer doubling on arcs."""

from __future__ import annotations

import torch

from logdepth.programs import Column, Program, Table
from logdepth.solutions.powers import DOUBLING, doublings
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import OneVersusTwoCycles
from logdepth.theory.logarithm import ceil_log2


def one_versus_two_cycles(n: int) -> Program:
    """Output `cycles`: 1 or 2 in every row. The rows are the two arcs (tail, head) of every edge, in any order.

    The arc after mine leaves my head and does not come back to my tail. By doubling this pointer ⌈log2 n⌉ times every
    arc learns the least tail on its directed cycle; arcs that start there are leaders, two for each cycle.
    """
    table = Table("1-vs-2-cycle", 2 * n)
    tail, head = table.input("tail", n), table.input("head", n)
    row = table.index
    first, first_head = table.select(
        query=head, key=tail, values=[row, head], order="first", name=["first arc", "its head"]
    )
    last = table.select(query=head, key=tail, values=row, order="last", name="last arc")
    onward = table.map(
        lambda a, h, b, t: torch.where(h != t, a, b), first, first_head, last, tail, high=2 * n, name="next arc"
    )

    def double(least: Column, pointer: Column) -> tuple[Column, Column]:
        there, further = table.pull(pointer, [least, pointer], name=["least there", "next arc"])
        return table.map(torch.minimum, least, there, high=n, name="least tail"), further

    least, _ = table.repeat(doublings(n), double, [tail, onward], high=[n, 2 * n], name=["least tail", "next arc"])
    leads = table.map(lambda m, t: m == t, least, tail, high=1, name="leads its cycle")
    leaders = table.count(where=leads, high=4, name="leaders")
    table.output("cycles", table.map(lambda c: c // 2, leaders, high=2, name="cycles"))
    return table.program()


def sizes(task: OneVersusTwoCycles, tied: bool) -> Sizes:
    return Sizes(layers=2 + ceil_log2(task.n), heads=2, source=DOUBLING)


ONE_VERSUS_TWO_CYCLES = Solution(
    task=OneVersusTwoCycles,
    build=lambda task: one_versus_two_cycles(task.n),
    sizes=sizes,
    words=(
        "Every edge is two arcs, one token each. An arc finds the arc that leaves its head and does not come"
        " back; doubling this pointer ⌈log₂ <i>n</i>⌉ times, it learns the least vertex on its directed cycle."
        " Arcs that start there are leaders, two for each cycle, and a last layer counts them.",
    ),
)
