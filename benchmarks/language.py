"""What statements of the language cost when they are compiled: attention layers, heads, blocks, width, parameters.

python benchmarks/language.py
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from logdepth import Table, compile_program
from logdepth.programs import Program


def main() -> None:
    print("the parity of a prefix sum, and with a hold in between")
    for rows in (100, 1000, 3000):
        show(f"N = {rows:,}", parity(rows, lambda table, total: total))
        show(f"N = {rows:,}, hold", parity(rows, lambda table, total: table.hold(total, "held")))
    print("how many rows have a key less than my query, of numbers up to m, of 100 rows")
    for most in (2, 9, 15, 16, 50, 99, 255, 1000, 4095):
        show(f"m = {most:,}", less(most))
    print("a prefix sum of bits without a causal mask")
    for rows in (10, 100, 1000):
        show(f"N = {rows:,}", prefix_sum(rows))
    print("how many keys match my query by a random table of so many keys and queries, of 100 rows")
    for most in (2, 9, 25, 100):
        show(f"{most + 1} x {most + 1}", by_table(most))
    print("a mean over the rows with my key, of numbers up to m, compared with 3 and rounded, 50 rows")
    for most in (5, 20):
        show(f"m = {most}, mean > 3", mean(most, lambda average: average > 3))
        show(f"m = {most}, mean.round()", mean(most, lambda average: average.round()))


def show(label: str, program: Program) -> None:
    size = compile_program(program).measured
    print(
        f"  {label:32} {size.layers} layers, {size.heads} heads, {size.blocks} blocks, width {size.width},"
        f" {size.parameters:,} parameters"
    )


def parity(rows: int, between: Callable) -> Program:  # type: ignore[type-arg]
    table = Table("parity", rows, causal=True)
    total = between(table, table.prefix_sum(table.input("bit", 1)))
    table.output("parity", total % 2)
    return table.program()


def less(most: int) -> Program:
    table = Table("less", 100)
    number = table.input("number", most)
    table.output("less", table.count(query=number, key=number, matching="<"))
    return table.program()


def prefix_sum(rows: int) -> Program:
    table = Table("prefix sum", rows)
    table.output("sum", table.prefix_sum(table.input("bit", 1)))
    return table.program()


def by_table(most: int) -> Program:
    table = Table("by table", 100)
    key, query = table.input("key", most), table.input("query", most)
    relation = np.random.default_rng(0).integers(0, 2, (most + 1, most + 1))
    table.output("matches", table.count(query=query, key=key, matching=relation))
    return table.program()


def mean(most: int, ask: Callable) -> Program:  # type: ignore[type-arg]
    table = Table("mean", 50)
    key, value = table.input("key", 3), table.input("value", most)
    table.output("answer", ask(table.mean(value, query=key, key=key)))
    return table.program()


if __name__ == "__main__":
    main()
