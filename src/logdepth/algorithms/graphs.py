"""Graph algorithms on edge-list tokens: first the vertex rows (blank tokens, u = v = 0), then the edge rows (u, v)."""

from __future__ import annotations

import torch

from logdepth.algorithms.powers import doublings
from logdepth.algorithms.star_hooking import hook, look, rounds, unite, vertices_first
from logdepth.programs import Column, Program, Table


def graph_table(name: str, n: int, edges: int) -> tuple[Table, Column, Column]:
    table = Table(name, n + edges)
    return table, table.input("u", n), table.input("v", n)


def grow_forest(table: Table, u: Column, v: Column, n: int) -> Column:
    """The root of every vertex's component, by ⌊log2 n⌋ rounds of star hooking; of a star's edges the last row wins."""

    def one_round(parent: Column) -> Column:
        ends = look(table, u, v, parent, n)
        hooking = hook(table, u, parent, ends, n, None, table.index)
        return unite(table, parent, hooking.target, n)

    return table.repeat(rounds(n), one_round, vertices_first(table, u, n), high=n, name="parent")


def components(n: int, edges: int) -> Program:
    """Output `representative`: on every vertex row, the same vertex for the same component."""
    table, u, v = graph_table("components", n, edges)
    table.output("representative", grow_forest(table, u, v, n))
    return table.program()


def roots(table: Table, parent: Column) -> Column:
    return table.map(lambda p, i: p == i, parent, table.index, high=1, name="is a root")


def connectivity(n: int, edges: int) -> Program:
    """Output `connected`: 1 in every row if there is one component."""
    table, u, v = graph_table("connectivity", n, edges)
    count = table.count(where=roots(table, grow_forest(table, u, v, n)), high=n, name="components")
    table.output("connected", table.map(lambda c: c == 1, count, high=1, name="connected"))
    return table.program()


def cycle_check(n: int, edges: int) -> Program:
    """Output `cyclic`: 1 in every row if there are more edges than a forest has: vertices that are no root."""
    table, u, v = graph_table("cycle-check", n, edges)
    parent = grow_forest(table, u, v, n)
    hangs = table.map(
        lambda p, i, end: (p != i) & (end == 0), parent, table.index, u, high=1, name="hangs below another"
    )
    is_edge = table.map(lambda end: end > 0, u, high=1, name="is an edge")
    forest = table.count(where=hangs, high=n, name="edges of a forest")
    all_edges = table.count(where=is_edge, high=edges, name="edges")
    table.output("cyclic", table.map(lambda e, f: e > f, all_edges, forest, high=1, name="cyclic"))
    return table.program()


def spanning_forest(n: int, edges: int, weights: int) -> Program:
    """Output `chosen`: 1 on the edge rows of the minimum spanning forest; of equal weights the earlier row wins."""
    table, u, v = graph_table("spanning-forest", n, edges)
    rank = table.rank(table.input("weight", weights))
    rows = table.rows
    urgency = table.map(lambda r: rows + 1 - r, rank, high=rows, name="urgency")

    def one_round(parent: Column, chosen: Column) -> tuple[Column, Column]:
        ends = look(table, u, v, parent, n)
        hooking = hook(table, u, parent, ends, n, rank, urgency)
        won_u = table.pull(ends.here, hooking.edge, name="winner at u")
        won_v = table.pull(ends.there, hooking.edge, name="winner at v")
        taken = table.map(
            lambda c, a, b, i: (c + (a == i) + (b == i)) > 0, chosen, won_u, won_v, table.index, high=1, name="chosen"
        )
        return unite(table, parent, hooking.target, n), taken

    start = (vertices_first(table, u, n), 0)
    _, chosen = table.repeat(rounds(n), one_round, start, high=[n, 1], name=["parent", "chosen"])
    table.output("chosen", chosen)
    return table.program()


def node_count(n: int, edges: int) -> Program:
    """Output `count`: the vertex rows, in every row."""
    table, u, _ = graph_table("node-count", n, edges)
    is_vertex = table.map(lambda end: end == 0, u, high=1, name="is a vertex")
    table.output("count", table.count(where=is_vertex, high=n))
    return table.program()


def edge_count(n: int, edges: int) -> Program:
    """Output `count`: the edge rows, in every row."""
    table, u, _ = graph_table("edge-count", n, edges)
    is_edge = table.map(lambda end: end > 0, u, high=1, name="is an edge")
    table.output("count", table.count(where=is_edge, high=edges))
    return table.program()


def node_degree(n: int, edges: int) -> Program:
    """Output `degree`: on every vertex row, the edges at it."""
    table, u, v = graph_table("node-degree", n, edges)
    as_u = table.count(query=table.index, key=u, high=n, name="edges as u")
    as_v = table.count(query=table.index, key=v, high=n, name="edges as v")
    table.output("degree", table.map(lambda a, b: a + b, as_u, as_v, high=n, name="degree"))
    return table.program()


def edge_existence(n: int, edges: int) -> Program:
    """Output `exists`: on the question row (u, v, question = 1), 1 if some edge row joins u and v, in either order."""
    table = Table("edge-existence", n + edges + 1)
    u, v, question = table.input("u", n), table.input("v", n), table.input("question", 1)
    same = table.select(query=[u, v, 0], key=[u, v, question], values=1, name="as asked")
    turned = table.select(query=[u, v, 0], key=[v, u, question], values=1, name="turned")
    table.output("exists", table.map(torch.maximum, same, turned, high=1, name="exists"))
    return table.program()


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
