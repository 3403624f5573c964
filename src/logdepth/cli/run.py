"""`logdepth run`."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.columns import is_program, named, shown_columns
from logdepth.cli.inputs import print_notes, read_for_model
from logdepth.cli.options import Delimiter, Format, Json, Simplify, how_to_read
from logdepth.cli.own_files import ModelPlace, model_and_task
from logdepth.cli.printing import compared, console, print_heading, print_json
from logdepth.cli.terminal import escaped, is_control

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from logdepth.tasks import Task

COLUMNS = 76
"""Cells of text per line, on a terminal that has them."""


def run_model(
    directory: ModelPlace,
    input_file: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A text, an edge list or other graph file, or numbers; for a program of your own its columns, as CSV"
            " whose first line names them, as JSON, or as a text.",
        ),
    ],
    simplify: Simplify = False,
    format: Format = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
) -> int:
    """Run a written model on a file, and compare with the exact answer."""
    import numpy as np

    started = perf_counter()
    model, task = model_and_task(directory)
    instance, path = read_for_model(model, input_file, how_to_read(simplify, format, delimiter))
    answer = model.answer(instance)
    correct = bool(np.array_equal(answer, task.solve(instance)))
    presented = task.present(answer, instance)
    seconds = perf_counter() - started
    print_notes(task, instance)
    if as_json:
        print_json(
            {
                **named(task),
                "input": str(path),
                "answer": presented,
                "correct": correct,
                "seconds": seconds,
                "notes": list(task.notes(instance)),
            }
        )
    else:
        output = console()
        print_heading(task.name, task.parameters)
        output.print(f"{path}\n", markup=False, soft_wrap=True)
        output.print(shown(task, instance, presented))
        output.print(f"\n{compared(correct, seconds)}")
    return int(not correct)


def shown(task: "Task[Any]", instance: Any, presented: Any) -> "RenderableType":
    """An answer for people: letters below their text, ids beside their values, edges as a table."""
    from rich.text import Text

    from logdepth.tasks.token_sequences import TokenTask

    if is_program(task):
        return shown_columns(task, instance, presented)
    if isinstance(task, TokenTask) and isinstance(presented, list):
        return below(task.present(instance, instance), presented)
    if isinstance(presented, dict):
        pairs = ((escaped(name), escaped(str(value))) for name, value in presented.items())
        return in_columns(Text.assemble((f"{name} ", "dim"), value) for name, value in pairs)
    if isinstance(presented, list):
        entries = (entry if isinstance(entry, list) else [entry] for entry in presented)
        return in_columns(Text(escaped(" ".join(map(str, entry)))) for entry in entries)
    return Text("none" if presented is None else escaped(str(presented)), "bold")


def in_columns(entries: "Iterable[Text]") -> "RenderableType":
    """Short entries side by side."""
    from rich.columns import Columns

    return Columns(entries, padding=(0, 3))


def below(text: Sequence[str], answers: Sequence[str | None]) -> "RenderableType":
    """Lines of text, each with its answers below it letter by letter; · stands for no answer, ␣ for a space."""
    from rich.cells import cell_len
    from rich.text import Text

    width = min(COLUMNS, console().width)
    lines, upper, lower, used = Text(), "", "", 0

    def end_line() -> None:
        lines.append(upper + "\n").append(lower + "\n\n", "bold cyan")

    for letter, answer in zip(map(visible, text), (visible(each, "␣") for each in answers), strict=True):
        cells = max(cell_len(letter), cell_len(answer))
        if used and used + cells > width:
            end_line()
            upper, lower, used = "", "", 0
        upper += letter + " " * (cells - cell_len(letter))
        lower += answer + " " * (cells - cell_len(answer))
        used += cells
    end_line()
    lines.rstrip()
    return lines


def visible(letter: str | None, space: str = " ") -> str:
    """A letter, or · for none, as one printed cell, or two for a wide one; a control character as its picture, as ␛."""
    if letter is None:
        return "·"
    if len(letter) == 1 and is_control(letter):
        return {"\n": "⏎", "\x7f": "␡"}.get(letter) or (chr(0x2400 + ord(letter)) if letter < " " else "\ufffd")
    return space if letter == " " else letter
