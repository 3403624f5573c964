"""Diameter, by squaring: of several paths between two vertices the shortest is heard."""

from __future__ import annotations

import torch
from torch import Tensor

from logdepth.programs import Column, Program
from logdepth.solutions.powers import doublings
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.solutions.squaring import SQUARES_IN_WORDS, squaring_sizes, ways_table
from logdepth.tasks import Diameter


def diameter(n: int, edges: int) -> Program:
    """Output `diameter`: in every row, the greatest distance of two vertices that a path joins.

    An offer of length d is held as its closeness n - d, and 0 is no offer. The closeness of a way is the sum of those
    of its halves less n, or 0: a path of n or more edges is never the shortest.
    """
    table, (i, k, j) = ways_table("diameter", n, edges, directed=False)
    u, v = table.input("u", n), table.input("v", n)
    is_edge = table.map(lambda end: end > 0, u, high=1, name="is an edge")

    def ends(first: Column, second: Column) -> list[Column]:
        low = table.map(torch.minimum, first, second, high=n, name="lesser")
        return [low, table.map(torch.maximum, first, second, high=n, name="greater")]

    def own(of_edge: Column, of_way: Column, name: str) -> Column:
        return table.map(lambda e, w, edge: e + torch.relu(w - n * edge), of_edge, of_way, is_edge, high=n, name=name)

    pair = [own(e, w, name) for e, w, name in zip(ends(u, v), (i, j), ("from", "to"), strict=True)]
    to_middle, onward = ends(i, k), ends(k, j)

    def closest(query: list[Column], closeness: Column, name: str) -> Column:
        distance = table.map(lambda c: n - 1 - c, closeness, high=n - 1, name="distance")
        return table.select(query=query, key=pair, priority=distance, values=closeness, name=name)

    def add_up(one: Tensor, other: Tensor, edge: Tensor) -> Tensor:
        return torch.relu(one + other - n - n * edge) + (n - 1) * edge

    def double(closeness: Column) -> Column:
        halves = (
            closest(to_middle, closeness, "closeness of i and k"),
            closest(onward, closeness, "closeness of k and j"),
        )
        return table.map(add_up, *halves, is_edge, high=n - 1, name="closeness")

    start = table.map(lambda edge: (n - 1) * edge, is_edge, high=n - 1, name="closeness")
    offered = table.repeat(doublings(n - 1), double, start, high=n - 1, name="closeness")
    shortest = closest(pair, offered, "closeness of my ends")
    joined = table.map(lambda c: c > 0, shortest, high=1, name="joined")
    distance = table.map(lambda c: n - c, shortest, high=n, name="distance of my ends")
    table.output(
        "diameter", table.select(query=0, key=0, where=joined, priority=shortest, values=distance, name="diameter")
    )
    return table.program()


def sizes(task: Diameter, tied: bool) -> Sizes:
    return squaring_sizes(task, layers=2)


DIAMETER = Solution(
    task=Diameter,
    build=lambda task: diameter(task.n, task.edges),
    sizes=sizes,
    words=(
        SQUARES_IN_WORDS + " Of several paths between the same two vertices the shortest is heard.",
        "At the end every token asks for the shortest path between its own two vertices, and one head finds the longest"
        " of these.",
    ),
)
