"""Broadcast, prefix sum, sorting, sparse averaging: one or two rounds each."""

from __future__ import annotations

from logdepth.programs import Program, Table


def broadcast(n: int, high: int) -> Program:
    """Output `answer`: row 1's `value` in every row."""
    table = Table("broadcast", n)
    table.output("answer", table.broadcast(table.input("value", high)))
    return table.program()


def prefix_sum(n: int, high: int) -> Program:
    """Output `answer`: value_1 + … + value_i."""
    table = Table("prefix-sum", n, causal=True)
    table.output("answer", table.prefix_sum(table.input("value", high)))
    return table.program()


def sort(n: int, high: int) -> Program:
    """Output `answer`: the keys in ascending order."""
    table = Table("sort", n)
    table.output("answer", table.sort(table.input("key", high)))
    return table.program()


def sparse_averaging(n: int, q: int, high: int) -> Program:
    """Output `sum`: the values at my q positions, added up. One head a position; arXiv 2306.02896 has one wide head."""
    table = Table("sparse-averaging", n)
    value = table.input("value", high)
    positions = [table.input(f"position_{number}", n) for number in range(1, q + 1)]
    read = [table.pull(position, value, name=f"value at {position.name}") for position in positions]
    table.output("sum", table.map(lambda *values: sum(values), *read, high=q * high, name="sum"))
    return table.program()
