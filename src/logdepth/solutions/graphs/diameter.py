"""Diameter, by squaring on rows of ways or of pairs: of several paths between two vertices the shortest is heard."""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.graphs.squaring import SQUARES_IN_WORDS, offer_shortest, squaring_sizes, ways_table
from logdepth.solutions.graphs.squaring_pairs import (
    PAIRS_IN_WORDS,
    find_closeness,
    pairs_sizes,
    pairs_table,
    row_of_pair,
)
from logdepth.solutions.solution import Solution
from logdepth.tasks import Diameter


def diameter_by_ways(n: int, edges: int) -> Program:
    """Output `diameter`: in every row, the greatest distance of two vertices that a path joins."""
    table, way = ways_table("diameter", n, edges, directed=False)
    u, v = table.input("u", n), table.input("v", n)
    is_edge = table.map(lambda end: end > 0, u, high=1, name="is an edge")
    shortest = offer_shortest(table, way, u, v, is_edge, n)
    joined = table.map(lambda c: c > 0, shortest, high=1, name="joined")
    distance = table.map(lambda c: n - c, shortest, high=n, name="distance of my ends")
    table.output(
        "diameter", table.select(query=0, key=0, where=joined, priority=shortest, values=distance, name="diameter")
    )
    return table.program()


def diameter_by_pairs(n: int, edges: int) -> Program:
    """The same output."""
    table = pairs_table("diameter", n, edges)
    u, v = table.input("u", n), table.input("v", n)
    is_edge = table.map(lambda end: end > 0, u, high=1, name="is an edge")
    closeness = find_closeness(table, u, row_of_pair(table, u, v, n), is_edge, n)
    joined = table.map(lambda c: c > 0, closeness, high=1, name="joined")
    distance = table.map(lambda c: n - c, closeness, high=n, name="distance of my pair")
    table.output(
        "diameter", table.select(query=0, key=0, where=joined, priority=closeness, values=distance, name="diameter")
    )
    return table.program()


BY_WAYS = Solution(
    task=Diameter,
    build=lambda task: diameter_by_ways(task.n, task.edges),
    sizes=lambda task, tied: squaring_sizes(task, layers=2),
    words=(
        SQUARES_IN_WORDS + " Of several paths between the same two vertices the shortest is heard.",
        "At the end every token asks for the shortest path between its own two vertices, and one head finds the longest"
        " of these.",
    ),
)
BY_PAIRS = Solution(
    task=Diameter,
    build=lambda task: diameter_by_pairs(task.n, task.edges),
    sizes=lambda task, tied: pairs_sizes(task),
    words=(PAIRS_IN_WORDS, "At the end one head finds the longest of all these paths."),
)
