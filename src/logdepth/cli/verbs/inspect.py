"""`logdepth inspect`."""

import json
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from logdepth.cli.options import Device, Json, Seed, tell_idle
from logdepth.cli.own_files import OWN_FILE, is_programs
from logdepth.cli.printing import console, plain_table, progress_bar
from logdepth.cli.rasp_files import Place, takes_rasp
from logdepth.cli.verbs.inspect_program import check_folder, inspect_own, tell_inspection, write_files

if TYPE_CHECKING:
    from logdepth.inspection import Head, Inspection


@takes_rasp(
    "RUN_OR_MODEL",
    f"A trained k-hop model, or the folder of a compiled one; or the folder of a program of your own, or {OWN_FILE}",
)
def inspect_model(
    context: typer.Context,
    model: Place,
    k: Annotated[
        int | None, typer.Option(min=0, help="The hops that it is asked; by default the most.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write the report into this folder; by default NAME-inspected.", show_default=False
        ),
    ] = None,
    sequences: Annotated[int, typer.Option(min=1, help="Sequences for each k, or tables of a program.")] = 50,
    seed: Seed = 0,
    device: Device = "auto",
    as_json: Json = False,
) -> int:
    """Show which head does which hop, or of a program which statement, and what the answers lose without it."""
    if is_programs(model):
        tell_idle(context, "a program is asked no k", "--k")
        tell_idle(context, "a compiled model computes on the CPU", "--device")
        return inspect_own(model, out, sequences, seed, as_json)
    from logdepth.inspection import inspect
    from logdepth.learn.trained.models import read_answering
    from logdepth.pages.inspection import inspection_page
    from logdepth.pages.inspection_figures import alignment_figure, by_k_figure, pattern_figure

    started = perf_counter()
    asked = read_answering(Path(str(model)), device)
    folder = Path(f"{asked.name.replace('/', '-')}-inspected") if out is None else out
    check_folder(folder)
    with progress_bar("inspecting") as progress:
        found = inspect(asked, k, sequences, seed, progress)
    files = {
        "report.html": inspection_page(found).encode(),
        "inspection.csv": found.as_csv().encode(),
        "inspection.json": (json.dumps(found.as_json(), indent=2) + "\n").encode(),
        "alignment.png": alignment_figure(found),
        "patterns.png": pattern_figure(found),
    }
    if len(found.alignments) > 1:
        files["by-k.png"] = by_k_figure(found)
    write_files(folder, files)
    tell_inspection(found.as_json(), lambda: print_inspection(found), folder, started, as_json)
    return 0


def print_inspection(found: "Inspection") -> None:
    """A line for each head."""
    from rich.markup import escape

    from logdepth.learn.trained.models import in_words

    output = console()
    error = "–" if found.error.value is None else f"{found.error.value:.4f}"
    output.print(f"[bold cyan]{escape(found.name)}[/] [dim]{in_words(found.architecture, found.sizes)}[/]")
    output.print(f"asked k = {found.k} on {found.sequences} sequences: error {error}")
    labelled = any(head.label for head in found.heads)
    names = (
        "head",
        *(["compiled to"] if labelled else []),
        "reads",
        "alignment",
        "best hop",
        "error without it",
        "more errors",
    )
    table = plain_table(*names)
    for column in (table.columns[-4], table.columns[-2], table.columns[-1]):
        column.justify = "right"
    for head, line in zip(found.heads, found.as_json()["heads"], strict=True):
        without = "–" if line["error_without"] is None else f"{line['error_without']:.4f}"
        label = [escape(head.label)] if labelled else []
        alignment = f"{line['alignments'][line['reads']]:.3f}"
        table.add_row(
            head.name, *label, line["reads"], alignment, f"find^{line['best_hop']}", without, more(found, head)
        )
    output.print(table)
    output.print("[dim]more errors: than with all heads, on the same sequences, ± half a 95% interval[/]")


def more(found: "Inspection", head: "Head") -> str:
    estimate = found.more[head]
    if estimate is None:
        return "–"
    return f"{estimate.value:+.4f} ± {(estimate.high - estimate.low) / 2:.4f}"
