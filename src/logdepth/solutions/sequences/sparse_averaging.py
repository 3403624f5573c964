"""Sparse averaging in one layer: one head a position; arXiv 2306.02896 has one wide head."""

from __future__ import annotations

from logdepth.programs import Program, Table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import SparseAveraging


def sparse_averaging(n: int, q: int, high: int) -> Program:
    """Output `sum`: the values at my q positions, added up."""
    table = Table("sparse-averaging", n)
    value = table.input("value", high)
    positions = [table.input(f"position_{number}", n) for number in range(1, q + 1)]
    read = [table.pull(position, value, name=f"value at {position.name}") for position in positions]
    table.output("sum", table.map(lambda *values: sum(values), *read, high=q * high, name="sum"))
    return table.program()


def sizes(task: SparseAveraging, tied: bool) -> Sizes:
    return Sizes(layers=1, heads=task.q, source="one head a position")


SPARSE_AVERAGING = Solution(
    task=SparseAveraging,
    build=lambda task: sparse_averaging(task.n, task.q, task.high),
    sizes=sizes,
    words=("One head for each of the <i>q</i> positions reads the value there; the sum is linear.",),
)
