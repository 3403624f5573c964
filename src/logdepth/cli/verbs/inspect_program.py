"""`logdepth inspect` of a program of the user's own."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from logdepth.cli.columns import is_program
from logdepth.cli.own_files import model_and_task
from logdepth.cli.printing import console, plain, plain_table, print_json, progress_bar
from logdepth.cli.rasp_files import Place
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.inspection import ProgramInspection


def inspect_own(place: Place, out: Path | None, tables: int, seed: int, as_json: bool) -> int:
    """Inspect on tables that the program takes, the first of which the page shows."""
    import numpy as np

    from logdepth.inspection import COLUMNS, inspect_program
    from logdepth.pages import make_page

    started = perf_counter()
    model, task = model_and_task(place)
    assert is_program(task), "the caller has looked"
    folder = Path(re.sub(r"[^\w.-]+", "-", task.name) + "-inspected") if out is None else out
    check_folder(folder)
    rng = np.random.default_rng(seed)
    drawn = [task.sample(rng) for _ in range(tables)]
    with progress_bar("inspecting") as progress:
        found = inspect_program(model, task, drawn, progress)
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows([COLUMNS, *(head.cells for head in found.heads)])
    files = {
        "report.html": make_page(model, drawn[0], input_name="the first of the tables").encode(),
        "inspection.csv": lines.getvalue().encode(),
        "inspection.json": (json.dumps(found.as_json(), indent=2) + "\n").encode(),
    }
    write_files(folder, files)
    tell_inspection(found.as_json(), lambda: print_heads(found), folder, started, as_json)
    return 0


def check_folder(folder: Path) -> None:
    """UsageError unless an inspection can be written there: before it is made, for it takes a while."""
    from logdepth.numerics.files import check_writable

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, and the report is a folder. Choose another --out.")
    check_writable(folder / "report.html")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    from logdepth.numerics.files import write_file

    for name, data in files.items():
        write_file(folder / name, data)


def tell_inspection(
    found: Mapping[str, Any], show: Callable[[], None], folder: Path, started: float, as_json: bool
) -> None:
    """As JSON, or as `show` prints it, and where its report is."""
    seconds = perf_counter() - started
    if as_json:
        print_json({**found, "folder": str(folder), "seconds": seconds})
        return
    show()
    console().print(f"look at {folder / 'report.html'}", soft_wrap=True, markup=False)
    console().print(f"[dim]{seconds:.1f} s[/]")


def print_heads(found: "ProgramInspection") -> None:
    """A line for each head."""
    output = console()
    output.print(f"[bold cyan]{plain(found.name)}[/] [dim]{found.tables} tables[/]")
    output.print(f"wrong with all heads: {found.wrong:.4f}")
    table = plain_table("head", "compiled to", "start", "own row", "before", "after", "wrong without")
    for column in table.columns[2:]:
        column.justify = "right"
    for head in found.heads:
        table.add_row(head.name, plain(head.label), *map("{:.3f}".format, head.looks), f"{head.wrong_without:.4f}")
    output.print(table)
    output.print(
        "[dim]shares: of attention on the start token, the own row, rows before and after; of all answers' entries[/]"
    )
