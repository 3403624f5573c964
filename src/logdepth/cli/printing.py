"""What every verb prints with: results on stdout, progress on stderr."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

import typer

from logdepth.cli.terminal import console_for, escape_lines
from logdepth.numerics.letters import is_control

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

FIRST_LINE, PATIENCE = 4.0, 10.0
"""Seconds without a word: of work that is counted, and of work that is not."""

Progress = Callable[[int, int], None]
"""Called with the number of items done and the number in all."""


class Notes:
    """Lines beside the result, on stderr. While they are held they wait until there is something to show: if a wrong
    input or option ends the command first, then the error is all that it says."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.held = False

    def hold(self) -> None:
        self.waiting, self.held = [], True

    def drop(self) -> None:
        self.waiting, self.held = [], False

    def release(self) -> None:
        waiting = self.waiting
        self.drop()
        for text in waiting:
            write_beside(text)


NOTES = Notes()


def write_beside(text: str) -> None:
    typer.echo(escape_lines(text), err=True)


def print_json(result: Mapping[str, Any]) -> None:
    """One JSON object on one line; NaN and infinity are bugs."""
    NOTES.release()
    typer.echo(json.dumps(result, allow_nan=False))


def console() -> "Console":
    """Where results for people go."""
    NOTES.release()
    return console_for()


def note(text: str, at_once: bool = False) -> None:
    """A line beside the result, on stderr. at_once: even if an error may come before there is a result."""
    if NOTES.held and not at_once:
        NOTES.waiting.append(text)
    else:
        write_beside(text)


def say(text: str) -> None:
    """Lines of the result, as they are."""
    NOTES.release()
    typer.echo(escape_lines(text))


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """A bar on stderr while the work lasts; where stderr is no terminal, a line now and then if it lasts long."""
    NOTES.release()
    if not sys.stderr.isatty():
        yield sparse_lines(title)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console_for(stderr=True), transient=True) as progress:
        bar = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


def sparse_lines(title: str, unit: str = "") -> Progress:
    """A line after FIRST_LINE seconds, and each time that as long again has passed: a log stays short."""
    start, due = perf_counter(), FIRST_LINE

    def tell(done: int, total: int) -> None:
        nonlocal due
        spent = perf_counter() - start
        if spent >= due:
            note(f"{title}: {done:,} of {total:,}{unit} after {spent:.0f} s")
            due = 2 * spent

    return tell


@contextmanager
def patience(title: str) -> Iterator[None]:
    """A line on stderr after PATIENCE seconds, and each time that as long again has passed, while work lasts
    whose end cannot be told."""
    done, start = Event(), perf_counter()

    def tell() -> None:
        wait = PATIENCE
        while not done.wait(wait):
            note(f"{title}: {perf_counter() - start:.0f} s so far", at_once=True)
            wait = perf_counter() - start

    Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def plain_table(*columns: str) -> "Table":
    """An empty table in the one style of all verbs."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")  # however narrow the terminal, no number is cut off
    return table


def print_heading(task_name: str, parameters: Mapping[str, Any]) -> None:
    """The line that a result about a task begins with."""
    console().print(f"[bold cyan]{plain(task_name)}[/] [dim]{in_words(parameters)}[/]")


def compare(correct: bool, seconds: float, to: str = "the exact answer") -> str:
    """Whether an answer is the one that it is compared to, in one line of rich markup."""
    verdict = f"[bold green]equal to {to}[/]" if correct else f"[bold red]NOT {to}[/]"
    return f"{verdict} [dim]({seconds:.2f} s)[/]"


def in_words(parameters: Mapping[str, Any]) -> str:
    """`n=100, k=16`, safe to stand in rich markup; without texts that are empty."""
    return plain(", ".join(f"{name}={value}" for name, value in parameters.items() if value != ""))


def plain(text: str) -> str:
    """Text of others, safe to stand in rich markup."""
    from rich.markup import escape

    return escape(escape_lines(text))


def visible(letter: str | None, space: str = " ") -> str:
    """A letter, or · for none, as one printed cell, or two for a wide one; a control character as its picture, as ␛."""
    if letter is None:
        return "·"
    if len(letter) == 1 and is_control(letter):
        return {"\n": "⏎", "\x7f": "␡"}.get(letter) or (chr(0x2400 + ord(letter)) if letter < " " else "\ufffd")
    return space if letter == " " else letter
