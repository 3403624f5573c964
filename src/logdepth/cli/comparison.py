"""Runs that were compared, on the terminal: errors and steps of every one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from logdepth.cli.printing import console, plain_table
from logdepth.cli.terminal import console_for

if TYPE_CHECKING:
    from rich.table import Table

    from logdepth.learn.evaluation.beside import Line
    from logdepth.learn.evaluation.comparison import Entry
    from logdepth.learn.evaluation.rates import Estimate


def print_entries(entries: Sequence["Entry"]) -> None:
    """One row for each entry: its error for every k, with half of the interval if it has several seeds; thresholds.

    A second table has the steps after which each k was solved in training.
    """
    if not entries:
        return
    ks = sorted({k for entry in entries for k in entry.errors})
    names = list(entries[0].settings)
    further = ["solved up to"] if len(ks) > 1 else []  # one group is nothing that could be learned further or less far
    errors = plain_table(*names, *map(str, ks), *further, "parameters", "words of state")
    steps = plain_table(*names, *map(str, ks))
    for entry in entries:
        settings = [str(value) for value in entry.settings.values()]
        found = [error_cell(entry.errors.get(k), len(entry.runs)) for k in ks]
        size = entry.runs[0].size
        sizes = [f"{words:,}" for words in (size.parameters, size.state_words)]
        errors.add_row(*settings, *found, *(solved_cell(entry) for _ in further), *sizes)
        steps.add_row(*settings, *(steps_cell(entry.steps(k)) for k in ks))
    group, seeds = entries[0].runs[0].group_name, max(len(entry.runs) for entry in entries)
    mean = f", mean of {seeds} seeds and half of the 95% interval" if seeds > 1 else ""
    print_whole(f"error by {group}{mean}", errors)
    print_whole(f"steps until the training error of {group} is below 2%{', median' if seeds > 1 else ''}", steps)


def error_cell(error: "Estimate | None", seeds: int) -> str:
    if error is None:
        return "–"
    half = f"\n[dim]±{(error.high - error.low) / 2:.3f}[/]".replace("0.", ".") if seeds > 1 else ""
    return f"{error.value:.3f}".removeprefix("0") + half


def solved_cell(entry: "Entry") -> str:
    """The thresholds by seed; of a lone run, with those by both ends of its intervals."""
    if len(entry.runs) > 1:
        return " ".join(map(str, entry.thresholds))
    threshold = entry.runs[0].evaluation.threshold
    return f"{threshold.k} [dim]({threshold.low}–{threshold.high})[/]"


def steps_cell(steps: Sequence[int | None]) -> str:
    """The median, where half of the runs got there."""
    middle = sorted(float("inf") if step is None else step for step in steps)[len(steps) // 2]
    return "–" if middle == float("inf") else f"{middle:,}"


def print_lines(lines: Sequence["Line"]) -> None:
    """How often rules, networks and the compiled model are right: a table for each question."""
    asked = list({tuple(line.asked.items()): line.asked for line in lines}.values())
    for question in asked:
        rows = [line for line in lines if line.asked == question]
        table = plain_table("row", *rows[0].right, "seeds", "parameters", "numbers over an edge")
        for line in rows:
            cells = [right_cell(found, line.seeds) for found in line.right.values()]
            sizes = (f"{each:,}" if each else "–" for each in (line.seeds, line.parameters, line.words_on_edge))
            table.add_row(line.name, *cells, *sizes)
        words = ", ".join(str(value) for value in question.values())
        print_whole(f"right in %, {words}: own graphs, and harder ones that no network was trained on", table)


def right_cell(found: "Estimate", seeds: int) -> str:
    half = f" [dim]±{50 * (found.high - found.low):.1f}[/]" if seeds > 1 else ""
    return f"{100 * found.value:.1f}{half}"


def print_whole(title: str, table: "Table") -> None:
    """No number is cut off, however narrow the terminal."""
    for column in table.columns:
        column.no_wrap = True
    widest = console_for(width=10_000).measure(table).maximum
    console().print(f"[bold]{title}[/]")
    console_for(width=max(widest, console().width)).print(table)
