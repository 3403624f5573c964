"""The solutions of a task that has several, side by side: what each claims, and what it takes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from logdepth.cli.printing import console, plain, plain_table

if TYPE_CHECKING:
    from logdepth.tasks import Task
    from logdepth.transformer import Resources

MEASURED = ("rows", "layers", "heads", "width", "parameters")
MOST_COMPILED = 256
"""Up to this n the other ways are compiled, too; beyond it that may take longer than all the rest."""


def compare_ways(
    task: "Task[Any]", dtype: str | None, *, tied: bool = True, known: "Resources | None" = None
) -> dict[str, dict[str, Any]]:
    """For every way its rows, its claim of layers and heads, and its measured sizes; none if all claim the same.

    known: what the task's own way takes, if it was compiled already.
    """
    from logdepth.solutions import solution_of, ways_of

    ways = ways_of(task)
    claims = {way: solution_of(each).sizes(each, tied) for way, each in ways.items()}
    if len({(claim.layers, claim.heads) for claim in claims.values()}) < 2:
        return {}
    return {
        way: {
            "chosen": each == task,
            "rows": each.rows,
            "claimed": {"layers": claims[way].layers, "heads": claims[way].heads},
            "measured": known.as_json() if known is not None and each == task else measure(each, dtype, tied),
        }
        for way, each in ways.items()
    }


def measure(task: "Task[Any]", dtype: str | None, tied: bool) -> dict[str, int] | None:
    """The sizes of a task's transformer; None where it is too large to be compiled for this, or for the format."""
    from logdepth.artefacts import compile_task
    from logdepth.numerics.errors import CapacityExceeded

    if task.n > MOST_COMPILED:
        return None
    try:
        return compile_task(task, dtype, tied).measured.as_json()
    except CapacityExceeded:
        return None


def print_ways(task_name: str, ways: Mapping[str, Mapping[str, Any]]) -> None:
    """A row for every way; nothing if there is only one."""
    if not ways:
        return
    table = plain_table("way", *MEASURED)
    for column in table.columns[1:]:
        column.justify = "right"
    for way, found in ways.items():
        sizes = found["measured"] or {name: f"≤ {most}" for name, most in found["claimed"].items()}
        sizes = {"rows": found["rows"], **sizes}
        shown = (f"{sizes[name]:,}" if isinstance(sizes.get(name), int) else sizes.get(name, "–") for name in MEASURED)
        table.add_row(plain(way), *shown, style="bold" if found["chosen"] else "")
    other = next(way for way, found in ways.items() if not found["chosen"])
    output = console()
    output.print("\nThis task has several solutions.\n")
    output.print(table)
    output.print(f"Another one: [cyan]logdepth compile {plain(task_name)} --way {plain(other)}[/].")
