"""Reachability in a directed graph, by squaring."""

from __future__ import annotations

import torch

from logdepth.programs import Column, Program
from logdepth.solutions.graphs.squaring import SQUARES_IN_WORDS, squaring_sizes, ways_table
from logdepth.solutions.powers import doublings
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import Reachability


def reachability(n: int, edges: int) -> Program:
    """Output `reachable`: on the question row (u, v, question = 1), 1 if arcs lead from u to v."""
    table, (i, k, j) = ways_table("reachability", n, edges, directed=True, others=1)
    u, v, question = table.input("u", n), table.input("v", n), table.input("question", 1)
    tail, head = (
        table.map(lambda end, at: torch.where(end > 0, end, at), end, at, high=n, name=name)
        for end, at, name in ((u, i, "tail"), (v, j, "head"))
    )
    is_arc = table.map(lambda end, asks: (end > 0) & (asks == 0), u, question, high=1, name="is an arc")

    def double(offers: Column) -> Column:
        to_middle = table.select(query=[i, k], key=[tail, head], where=offers, values=1, name="i reaches k")
        onward = table.select(query=[k, j], key=[tail, head], where=offers, values=1, name="k reaches j")
        return table.map(lambda arc, a, b: 2 * arc + a + b >= 2, is_arc, to_middle, onward, high=1, name="offers")

    offers = table.repeat(doublings(n - 1), double, is_arc, high=1, name="offers")
    reached = table.select(query=[u, v], key=[tail, head], where=offers, values=1, name="reachable")
    table.output("reachable", reached)
    return table.program()


def sizes(task: Reachability, tied: bool) -> Sizes:
    return squaring_sizes(task, layers=1)


REACHABILITY = Solution(
    task=Reachability,
    build=lambda task: reachability(task.n, task.edges),
    sizes=sizes,
    words=(
        SQUARES_IN_WORDS,
        "At the end the question looks for a token that knows a path between its two vertices.",
    ),
)
