"""The table of the graph solutions: first blank rows (u = v = 0), one for every vertex or as many as a task says,
then the edge rows (u, v)."""

from __future__ import annotations

from logdepth.programs import Column, Table


def graph_table(name: str, blank: int, edges: int, n: int | None = None) -> tuple[Table, Column, Column]:
    """n: the vertices, if there are not as many blank rows."""
    table, n = Table(name, blank + edges), blank if n is None else n
    return table, table.input("u", n), table.input("v", n)
