"""What the verbs that run machines share: a trace of all packets, a progress bar, and what the run cost."""

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.printing import NOTES, compare, console, plain_table, sparse_lines
from logdepth.cli.terminal import console_for
from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.mpc import Mail, Packets, Progress, Watch

Trace = Annotated[Path | None, typer.Option(metavar="FILE", help="Write who sends what to whom into this CSV file.")]


@contextmanager
def rounds_bar(title: str) -> "Iterator[Progress]":
    """A bar on stderr with rounds, words and time; where stderr is no terminal, a line now and then."""
    NOTES.release()
    if not sys.stderr.isatty():
        tell = sparse_lines(title, " rounds")
        yield lambda traffic, number, most: tell(number, most)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    words = TextColumn("rounds [dim]{task.fields[words]:,} words")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), words, TimeElapsedColumn())
    with Progress(
        *columns, console=console_for(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        bar, total = progress.add_task(title, total=None, words=0), 0

        def after_round(traffic: Any, number: int, most: int) -> None:
            nonlocal total
            total += traffic.total
            progress.update(bar, completed=number, total=most, words=total)

        yield after_round


def check_files(files: "Mapping[str, Path | None]") -> None:
    """UsageError if two of these are the same file, or if one that is to be written, all but INPUT, cannot be."""
    from logdepth.numerics.files import check_writable

    names: dict[Path, str] = {}
    for name, path in files.items():
        if path is None:
            continue
        other = names.setdefault(path.resolve(), name)
        if other != name:
            raise UsageError(f"{other} and {name} are the same file, {path}. Choose another one for {name}.")
        if name != "INPUT":
            check_writable(path)


@contextmanager
def tracing(path: Path | None, *others: "Watch") -> "Iterator[Watch | None]":
    """Write every packet as a line of CSV, if there is a path; and let others watch too.

    The file is there when the run has ended. If a round was refused, it has the packets up to that round.
    """
    if path is None:
        yield calling(others) if others else None
        return
    from logdepth.numerics.files import growing_file

    refusal = None
    complete = 0  # rounds; -1 while one is written
    with growing_file(path) as write:
        write(b"round,source,destination,kind,words\n")

        def trace(number: int, rounds: int, mail: "Mail") -> None:
            nonlocal complete
            complete = -1
            for kind, packets in mail.items():
                write(lines(number, kind, packets).encode())
            complete = number

        try:
            yield calling([trace, *others])
        except UsageError as error:
            if complete < 1:
                raise
            refusal = error
    if refusal is not None:
        raise refusal


def calling(watches: "Sequence[Watch]") -> "Watch":
    def watch(number: int, rounds: int, mail: "Mail") -> None:
        for each in watches:
            each(number, rounds, mail)

    return watch


def lines(number: int, kind: str, packets: "Packets") -> str:
    """A line of CSV for every packet; machines are numbered from 1."""
    from logdepth.mpc import words_per_record

    words, text = words_per_record(packets.fields), io.StringIO()
    pairs = zip(packets.source.tolist(), packets.destination.tolist(), strict=True)
    rows = ((number, source + 1, destination + 1, kind, words) for source, destination in pairs)
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def print_cost(result: dict[str, Any]) -> None:
    """The result for people: words sent and received are claimed to be within the memory."""
    claimed = result["claimed"]
    table = plain_table("", "claimed", "measured", "")
    for column in table.columns[1:3]:
        column.justify = "right"
    for name, most in {
        "rounds": claimed["rounds"],
        "machines": claimed["machines"],
        "max_sent_words": claimed["memory_words"],
        "max_received_words": claimed["memory_words"],
    }.items():
        sign = "[green]✓[/]" if result[name] <= most else "[bold red]more than claimed[/]"
        table.add_row(name, f"≤ {most:,}", f"{result[name]:,}", sign)
    table.add_row("total_words", "[dim]–[/]", f"{result['total_words']:,}", "")
    output = console()
    output.print(table)
    output.print(f"{count_of(result['memory_words'], 'word')} of memory on each machine")
    output.print(compare(result["answer_correct"], result["seconds"], result.get("compared_with", "the exact answer")))
