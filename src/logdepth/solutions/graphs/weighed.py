"""Edges with weights: each has a rank of its own, by which the solutions of a spanning forest compare them."""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.gadgets.heads import RANK_BASE
from logdepth.programs import Column, Table
from logdepth.solutions.graphs.graph_table import graph_table
from logdepth.theory.logarithm import count_digits


@dataclass(frozen=True)
class Weighed:
    """The edges of a table, and how urgent they are.

    rank: of every row by its weight, from 1; no two are equal. urgency: the same the other way round, so above 0.
    """

    table: Table
    u: Column
    v: Column
    n: int
    rank: Column
    urgency: Column


def weigh(name: str, n: int, edges: int, weights: int) -> Weighed:
    """A table of n vertices and so many edges, which are ranked by an input `weight`; of equal ones the earlier row is
    the lighter."""
    table, u, v = graph_table(name, n, edges)
    rank, rows = table.rank(table.input("weight", weights)), table.rows
    return Weighed(table, u, v, n, rank, table.map(lambda r: rows + 1 - r, rank, high=rows, name="urgency"))


def rank_heads(n: int, edges: int, weights: int) -> int:
    """The heads of the layer that ranks."""
    return count_digits(weights, RANK_BASE) + count_digits(n + edges, RANK_BASE)
