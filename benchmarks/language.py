"""What statements of the language cost when they are compiled: attention layers, heads, blocks, width, parameters.

python benchmarks/language.py
"""

from __future__ import annotations

from collections.abc import Callable

from logdepth import Table, compile_program
from logdepth.programs import Program


def main() -> None:
    print("the parity of a prefix sum, and with a hold in between")
    for rows in (100, 1000, 3000):
        show(f"N = {rows:,}", parity(rows, lambda table, total: total))
        show(f"N = {rows:,}, hold", parity(rows, lambda table, total: table.hold(total, "held")))


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


if __name__ == "__main__":
    main()
