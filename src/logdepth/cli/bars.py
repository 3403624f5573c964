"""Bars of training on stderr, with lines of text below, broken between words. Without a terminal there is no bar."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from logdepth.cli.printing import NOTES

if TYPE_CHECKING:
    from rich.console import Console

    from logdepth.learn.plans.recipes import Plan
    from logdepth.learn.training.metrics import Row

Show = Callable[[int, int, str], None]
"""Called with the steps that are done, all steps, and the text below the bar."""


@contextmanager
def bar_over_text(console: "Console", title: str) -> Iterator[Show]:
    from rich.console import Group
    from rich.live import Live
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.text import Text

    NOTES.release()
    if not console.is_terminal:
        yield lambda done, total, text: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn())
    progress, below = Progress(*columns, console=console), Text()
    bar = progress.add_task(title, total=None)

    def show(done: int, total: int, text: str) -> None:
        progress.update(bar, completed=done, total=total)
        below.plain = text

    with Live(Group(progress, below), console=console, transient=True):
        yield show


@contextmanager
def training_bar(plan: "Plan", console: "Console") -> Iterator[Callable[["Row"], None]]:
    """Steps, time left, steps a second, loss, and the error of every group in the rows that come."""
    name, groups, total = plan.sampler.group_name, plan.sampler.groups, plan.recipe.steps
    with bar_over_text(console, "training") as show:
        show(0, total, "")

        def watch(row: "Row") -> None:
            left = timedelta(seconds=round((total - row.step) / row.steps_per_second))
            errors = " ".join("–" if error is None else f"{error:.2f}".lstrip("0") for error in row.errors)
            text = (
                f"{left} left  {row.steps_per_second:.1f} steps/s  loss {row.loss:.3f}\n"
                f"error by {name} from {groups.start}: {errors}"
            )
            show(row.step, total, text)

        yield watch


@contextmanager
def sweep_bar(networks: int, console: "Console") -> Iterator[Callable[[int, int, Mapping[str, "Row"]], None]]:
    """The steps of all members, and a line for each one that is under way."""
    with bar_over_text(console, f"training {networks} networks, steps") as show:

        def watch(done: int, total: int, running: Mapping[str, "Row"]) -> None:
            lines = (
                f"{name}: step {row.step:,}  {row.steps_per_second:.1f} steps/s  loss {row.loss:.3f}"
                f"  error {row.error:.3f}"
                for name, row in running.items()
            )
            show(done, total, "\n".join(lines))

        yield watch
