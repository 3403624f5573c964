"""The tables of a user's own program as verbs show them: by row, or as texts where all columns hold letters."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

from logdepth.cli.printing import plain, plain_table, visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from logdepth.artefacts import Model
    from logdepth.programs import ProgramTask
    from logdepth.tasks import Task

ROWS_SHOWN = 100
LETTERS = 64
"""Letters of text per line."""

Entries = Sequence[int | str | None]


def named(task: "Task[Any]") -> dict[str, Any]:
    """What a result says of its task, or of the user's program in place of one."""
    if is_program(task):
        return {"task": None, "program": task.name, "parameters": task.parameters}
    return {"task": task.name, "parameters": task.parameters}


def is_program(task: "Task[Any]") -> "TypeGuard[ProgramTask]":
    """Whether this is a program of the user's own."""
    return task.own_program is not None


def show_columns(
    inputs: Mapping[str, Entries], outputs: Mapping[str, Entries], exact: Mapping[str, Entries] | None = None
) -> "RenderableType":
    """Inputs and outputs of a program, side by side; and the exact outputs, where the model's are wrong."""
    columns = {f"in {name}": list(entries) for name, entries in inputs.items()}
    columns |= {f"out {name}": list(entries) for name, entries in outputs.items()}
    columns |= {f"exact {name}": list(entries) for name, entries in (exact or {}).items()}
    letters = all(is_letter(entry) for entries in columns.values() for entry in entries)
    return as_texts(columns) if letters else as_rows(columns)


def is_letter(entry: object) -> bool:
    """Whether it is a single letter, or none."""
    return entry is None or (isinstance(entry, str) and len(entry) == 1)


def counterexample(model: "Model", task: "ProgramTask", table: Mapping[str, Any]) -> dict[str, Any]:
    """A table that a model gets wrong, with both answers; and whether its program, which has no oracle, says the same
    as the model: then it is the program that differs from the oracle."""
    import numpy as np

    answer = model.answer(table)
    return {
        "input": task.present_inputs(table),
        "answer": task.present(answer, table),
        "exact": task.present(task.solve(table), table),
        "as_the_program_says": bool(np.array_equal(answer, model.task.solve(table))),
    }


def as_rows(columns: Mapping[str, Entries]) -> "RenderableType":
    """A line for every row, the first ROWS_SHOWN of them."""
    from rich.console import Group
    from rich.text import Text

    table = plain_table("row", *map(plain, columns))
    for column in table.columns:
        column.justify = "right"
    rows = list(zip(*columns.values(), strict=True))
    for number, row in enumerate(rows[:ROWS_SHOWN], start=1):
        entries = (str(entry) if isinstance(entry, (int, float)) else visible(entry, "␣") for entry in row)
        table.add_row(Text(str(number), "dim"), *map(Text, entries))
    if len(rows) <= ROWS_SHOWN:
        return table
    return Group(table, f"[dim]{len(rows) - ROWS_SHOWN:,} more rows; --json prints them[/]")


def as_texts(columns: Mapping[str, Entries]) -> "RenderableType":
    """A line for every column, with its letters; · stands for no letter, ␣ for a space."""
    from rich.text import Text

    widest = max(map(len, columns))
    return Text("\n\n").join(
        Text("\n").join(
            Text.assemble((name.ljust(widest + 2), "dim"), (part, "bold cyan" if name.startswith("out ") else ""))
            for name, part in parts
        )
        for parts in stretches(columns)
    )


def stretches(columns: Mapping[str, Entries]) -> Iterator[list[tuple[str, str]]]:
    """All columns' letters of one line after the other."""
    rows = len(next(iter(columns.values())))
    for start in range(0, rows, LETTERS):
        part = slice(start, start + LETTERS)
        yield [
            (name, "".join("·" if letter is None else visible(str(letter), "␣") for letter in entries[part]))
            for name, entries in columns.items()
        ]
