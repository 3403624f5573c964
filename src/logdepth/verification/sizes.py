"""The sizes at which the laws are checked: of every task the smallest, a few common ones, and its own corner cases.

A task that joins the registry is checked at the common sizes, and at those that it calls its own. No size is written
down here for a task by its name.
"""

from __future__ import annotations

from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, Size, make_task

COMMON: tuple[Size, ...] = ({"n": 2}, {"n": 5}, {"n": 9})


def small_sizes() -> list[tuple[str, Size]]:
    """Every registered task at its smallest, common and own sizes: (name, parameters)."""
    return [(name, parameters) for name in TASKS for parameters in sizes_of(name)]


def sizes_of(name: str) -> list[Size]:
    least = TASKS[name].describe()[0].low or 1
    common = [size for size in COMMON if int(str(size["n"])) > least]
    sizes: list[Size] = [{"n": least}, *common, *TASKS[name].corner_sizes]
    once = [size for place, size in enumerate(sizes) if size not in sizes[:place]]
    return [size for size in once if exists(name, size)]


def tiny_size(name: str, n: int = 4) -> Size:
    """A size with so few instances that they are enumerated: n, and 2 for all other numbers that may be 2."""
    numbers = [item for item in TASKS[name].describe() if item.kind is int]
    least = {item.name: int(item.low or 0) for item in numbers}
    highest = {item.name: int(n if item.high is None else item.high) for item in numbers}
    twos = {item.name: 2 for item in numbers if item.default and least[item.name] <= 2 <= highest[item.name]}
    return {**twos, "n": min(max(n, least["n"]), highest["n"])}


def largest_size(name: str, rows: int, most: int, **others: object) -> Size:
    """The largest n up to `most` whose table has at most so many rows, and these other parameters.

    A table may have a row for every pair, every triple or every set of what n counts.
    """
    least = int(TASKS[name].describe()[0].low or 1)
    for n in range(most, least, -1):
        size = {**others, "n": n}
        if exists(name, size) and make_task(name, size).rows <= rows:
            return size
    return {**others, "n": least}


def exists(name: str, parameters: Size) -> bool:
    """Not every task has every size: a mean over three rows needs three."""
    try:
        make_task(name, parameters)
    except UsageError:
        return False
    return True
