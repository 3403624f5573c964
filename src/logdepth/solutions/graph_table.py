"""The table of the graph solutions: first the vertex rows (blank tokens, u = v = 0), then the edge rows (u, v)."""

from __future__ import annotations

from logdepth.programs import Column, Table


def graph_table(name: str, n: int, edges: int) -> tuple[Table, Column, Column]:
    table = Table(name, n + edges)
    return table, table.input("u", n), table.input("v", n)
