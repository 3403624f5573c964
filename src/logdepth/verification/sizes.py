"""The sizes at which the laws are checked: of every task the smallest, a few common ones, and its own corner cases.

A task that joins the registry is checked at the common sizes, and at those that it calls its own.
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


def exists(name: str, parameters: Size) -> bool:
    """Not every task has every size: a mean over three rows needs three."""
    try:
        make_task(name, parameters)
    except UsageError:
        return False
    return True
