"""An answer as a user meets it: shown to people, and as rows or text in a file."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logdepth.cli.columns import is_program, show_columns
from logdepth.cli.printing import console, note, visible
from logdepth.cli.terminal import console_for
from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError
from logdepth.numerics.letters import escape

if TYPE_CHECKING:
    import numpy as np
    from rich.console import RenderableType
    from rich.text import Text

    from logdepth.tasks import Tabular, Task

COLUMNS = 76
"""Cells of text per line, on a terminal that has them."""
WIDTH = 100
"""Of a text file."""
SUFFIXES = (".csv", ".tsv", ".json", ".txt", "")


def show(task: "Task[Any]", instance: Any, answer: "np.ndarray", exact: "np.ndarray | None" = None) -> "RenderableType":
    """An answer for people: letters below their text, components as groups, ids beside their values, …; and in words,
    if the instance was a question in words.

    exact: the exact answer, where it is another; a program's stands beside its outputs.
    """
    from rich.console import Group
    from rich.text import Text

    shown, said = show_entries(task, instance, answer, exact), task.in_words(answer, instance)
    return shown if said is None else Group(shown, Text(f"\nA: {escape(said)}", "bold"))


def in_words(task: "Task[Any]", instance: Any, answer: "np.ndarray") -> dict[str, str]:
    """The key of a result that holds the answer in the words of its question; nothing, if it was not in words."""
    said = task.in_words(answer, instance)
    return {} if said is None else {"in_words": said}


def show_entries(
    task: "Task[Any]", instance: Any, answer: "np.ndarray", exact: "np.ndarray | None"
) -> "RenderableType":
    from rich.text import Text

    presented, details = task.present(answer, instance), task.details(answer, instance)
    if is_program(task):
        other = None if exact is None else task.present(exact, instance)
        return show_columns(task.present_inputs(instance), presented, other)
    if task.input_letters and isinstance(presented, list):
        return below(task.drawing(instance).names, [task.name_value(value, instance) for value in answer.tolist()])
    if "groups" in details:
        return as_groups(details["groups"])
    if "partners" in details:
        return in_columns(map(as_sum, details["numbers"], details["partners"]))
    if isinstance(presented, dict):
        pairs = ((escape(name), escape(str(value))) for name, value in presented.items())
        return in_columns(Text.assemble((f"{name} ", "dim"), value) for name, value in pairs)
    if isinstance(presented, list):
        entries = (entry if isinstance(entry, list) else [entry] for entry in presented)
        return in_columns(Text(escape(" ".join(map(str, entry)))) for entry in entries)
    return Text("none" if presented is None else escape(str(presented)), "bold")


def as_groups(groups: Sequence[Sequence[str]]) -> "RenderableType":
    """A line for each group, with its size."""
    from rich.text import Text

    lines = [Text(f"{count_of(len(groups), 'component')}", "bold")]
    for group in groups:
        size = f"{len(group):,} {'vertices' if len(group) > 1 else 'vertex'}: "
        lines.append(Text.assemble((size, "dim"), " ".join(map(escape, group))))
    return Text("\n").join(lines)


def as_sum(number: int, partners: Sequence[int] | None) -> "Text":
    """A number with those that make it up to a multiple of the modulus."""
    from rich.text import Text

    if partners is None:
        return Text(f"{number}: none", "dim")
    return Text.assemble((" + ".join(map(str, [number, *partners])), "bold"))


def in_columns(entries: "Iterable[Text]") -> "RenderableType":
    """Short entries side by side."""
    from rich.columns import Columns

    return Columns(entries, padding=(0, 3))


def below(text: Sequence[str | None], answers: Sequence[str | None]) -> "RenderableType":
    """Lines of text, each with its answers below it letter by letter; · stands for no answer, ␣ for a space.

    Where an answer is a word, words stand apart.
    """
    from rich.cells import cell_len
    from rich.text import Text

    width, apart = min(COLUMNS, console().width), any(len(answer or "") > 1 for answer in answers)
    lines, upper, lower, used = Text(), "", "", 0

    def end_line() -> None:
        lines.append(upper + "\n").append(lower + "\n\n", "bold cyan")

    for letter, answer in zip(map(visible, text), (visible(each, "␣") for each in answers), strict=True):
        cells = max(cell_len(letter), cell_len(answer)) + apart
        if used and used + cells > width:
            end_line()
            upper, lower, used = "", "", 0
        upper += letter + " " * (cells - cell_len(letter))
        lower += answer + " " * (cells - cell_len(answer))
        used += cells
    end_line()
    lines.rstrip()
    return lines


# --- in a file ---


def check_suffix(path: Path | None) -> None:
    """UsageError for a file whose name asks for a form that no answer is written in."""
    if path is not None and path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"an answer is written as .csv, .tsv, .json or .txt, and not as {path.name!r}. Rename it.")


def write_answer(path: Path, task: "Task[Any]", instance: Any, answer: "np.ndarray", result: Mapping[str, Any]) -> None:
    """Write the answer by the suffix of the file: as rows, as the `result` in JSON, or as the text for people.

    A note says if a file was there. Errors: UsageError if the system refuses; then nothing has changed.
    """
    from logdepth.numerics.files import is_special, write_file

    suffix = path.suffix.lower()
    if suffix == ".json":
        text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    elif suffix in (".csv", ".tsv"):
        text = separate(task.tabulate(answer, instance), "\t" if suffix == ".tsv" else ",")
    else:
        buffer = io.StringIO()
        console_for(file=buffer, width=WIDTH, color_system=None).print(show(task, instance, answer))
        text = buffer.getvalue()
    if path.exists() and not is_special(path):
        note(f"{path} was there; it is replaced.")
    write_file(path, text.encode("utf-8", "backslashreplace"))


def separate(table: "Tabular", mark: str) -> str:
    """The rows as text, with the names of the columns above them. No answer is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, lineterminator="\n")
    writer.writerow(table.names)
    writer.writerows([str(cell).lower() if isinstance(cell, bool) else cell for cell in row] for row in table.rows)
    return text.getvalue()
