"""`logdepth train`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from logdepth.cli.options import Device, Json, parted, refuse_idle, settings_of
from logdepth.cli.printing import console, note, plain_table, print_json, progress_bar
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from rich.table import Table

    from logdepth.learn.comparison import Entry, Run
    from logdepth.learn.metrics import Row
    from logdepth.learn.rates import Estimate
    from logdepth.learn.recipes import Plan
    from logdepth.learn.sweep import Outcome

RUNS = Path("runs")

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PRESET",
        help="A preset; what it sets can be changed, as in: khop-paper --depth 3 --lr 3e-4. Several values make a"
        " sweep: --depth 2,3,4. Without a preset: lists all presets and settings.",
        show_default=False,
    ),
]


def train_network(
    context: typer.Context,
    words: Words = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder of the run; by default runs/PRESET….", show_default=False)
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Go on with the run in DIR.", show_default=False)
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Begin from these weights.", show_default=False)
    ] = None,
    device: Device = "auto",
    workers: Annotated[int, typer.Option(min=1, help="Runs of a sweep at a time.")] = 2,
    engine: Annotated[str, typer.Option(help="Where a sweep runs: local, or ray.")] = "local",
    as_json: Json = False,
) -> int:
    """Train a network, or a sweep of them; the same command again goes on where it stopped."""
    names, changes = parted(words or [])
    if resume is None and not names and not changes:
        list_presets()
        return 0
    from logdepth.learn.comparison import entries_of
    from logdepth.learn.sweep import INTERRUPTED

    started = perf_counter()
    plans, folder = chosen(context, names, changes, out, resume)
    if len(plans) == 1:
        refuse_idle(context, "it says where a sweep runs, and this is one network", "--engine")
        status = run_one(plans[""], folder, device, weights)
        if status is not None:
            return status
        outcomes: Mapping[str, Outcome] = {}
    else:
        refuse_idle(context, "every network of a sweep begins with weights of its own", "--weights")
        outcomes = run_many(plans, folder, device, workers, engine)
        if any(outcome.error == INTERRUPTED for outcome in outcomes.values()):
            return 130
    failed = {name: outcome.error for name, outcome in outcomes.items() if outcome.error is not None}
    runs = runs_of([name for name in plans if name not in failed], folder)
    entries = entries_of(runs)
    if len(runs) > 1:
        write_comparison(entries, folder)
    seconds = perf_counter() - started
    if as_json:
        told = {run.name: run.as_json() for run in runs}
        compared = [entry.as_json() for entry in entries]
        print_json({"folder": str(folder), "runs": told, "compared": compared, "failed": failed, "seconds": seconds})
    else:
        print_entries(entries)
        for name, error in failed.items():
            console().print(f"{name} failed: {error}", style="red", markup=False)
        console().print(f"{folder} [dim]({seconds:.0f} s)[/]", soft_wrap=True)
    return 2 if failed else 0


def chosen(
    context: typer.Context,
    names: Sequence[str],
    options: Mapping[str, str | None],
    out: Path | None,
    resume: Path | None,
) -> tuple[dict[str, "Plan"], Path]:
    """The runs that a command line asks for, by name, and the folder that they go to; a lone run has no name."""
    from logdepth.learn.presets import names_of_settings, plans_of
    from logdepth.learn.recipes import Recipe
    from logdepth.learn.run_folder import read_plan

    if resume is not None:
        if names or options or out is not None or context.params.get("weights") is not None:
            raise UsageError("--resume takes a run as it began. Leave out preset, settings, --out and --weights.")
        return {"": read_plan(resume)}, resume
    if len(names) != 1:
        raise UsageError(
            f"train takes one preset; got {' and '.join(map(repr, names)) or 'none'}. See: logdepth train."
        )
    of_recipe, of_task = names_of_settings(options.get("--task") or str(Recipe.task))
    settings = [f"--{name.replace('_', '-')}" for name in of_recipe | of_task]
    known = [*settings, *(name for item in context.command.params for name in item.opts if name.startswith("--"))]
    for option in options:
        if option.replace("_", "-") not in settings:
            raise UsageError(f"train has no option {option}. {did_you_mean(option, known)}")
    changes = settings_of(options)
    plans = plans_of(names[0], changes)
    told = [f"{key}{value}" for key, value in changes.items()]
    return plans, out or RUNS / "-".join([names[0], *told])


def run_one(plan: "Plan", folder: Path, device: str, weights: Path | None) -> int | None:
    """Train one network, with a bar; the exit status if that is all: it was interrupted, or another process reports."""
    from logdepth.learn.devices import device_called
    from logdepth.learn.processes import all_processes
    from logdepth.learn.sweep import interruptions
    from logdepth.learn.train import train

    place = device_called(device)
    with (
        all_processes(place) as processes,
        interruptions() as stop,
        training_bar(plan, processes.first) as watch,
    ):
        done = train(plan, folder, str(place), weights, watch, stop, note, processes).done
    if not processes.first:
        return 0
    if done == plan.recipe.steps:
        return None
    note(f"stopped after step {done} of {plan.recipe.steps}. Go on: logdepth train --resume {folder}")
    return 130


def run_many(
    plans: Mapping[str, "Plan"], folder: Path, device: str, workers: int, engine: str
) -> Mapping[str, "Outcome"]:
    from logdepth.learn.sweep import sweep

    with progress_bar(f"training {len(plans)} networks, steps") as progress:
        return sweep(plans, folder, device, workers, engine, progress)


def runs_of(names: Sequence[str], folder: Path) -> list["Run"]:
    """The runs of these names below a folder, evaluated; a lone run is the folder itself, and has its name."""
    from logdepth.learn.comparison import read_run

    with progress_bar("evaluating") as progress:
        return [read_run(folder / name, name or folder.name, progress) for name in names]


def write_comparison(entries: Sequence["Entry"], folder: Path) -> None:
    """comparison.csv, .png and .svg in the folder of a sweep."""
    from logdepth.learn.comparison import as_csv, figure
    from logdepth.numerics.files import write_file

    write_file(folder / "comparison.csv", as_csv(entries).encode())
    for kind in ("png", "svg"):
        write_file(folder / f"comparison.{kind}", figure(entries, kind))


@contextmanager
def training_bar(plan: "Plan", shown: bool) -> Iterator[Callable[["Row"], None]]:
    """A bar with loss, error by group, steps a second and the time left; silent if stderr is no terminal."""
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(20), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    disable = not shown or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=disable) as progress:
        bar = progress.add_task("", total=plan.recipe.steps)
        name, first = plan.sampler.group_name, plan.sampler.groups.start

        def watch(row: "Row") -> None:
            errors = " ".join("  – " if error is None else f"{error:.2f}".lstrip("0") for error in row.errors)
            words = f"{row.steps_per_second:.1f}/s  loss {row.loss:.3f}  error by {name} from {first}: {errors}"
            progress.update(bar, completed=row.step, description=words)

        yield watch


def print_entries(entries: Sequence["Entry"]) -> None:
    """One row for each entry: its error for every k, with half of the interval if it has several seeds; thresholds.

    A second table has the steps after which each k was solved in training.
    """
    if not entries:
        return
    ks = sorted({k for entry in entries for k in entry.errors})
    names = list(entries[0].settings)
    errors = plain_table(*names, *map(str, ks), "solved up to", "parameters", "words of state")
    steps = plain_table(*names, *map(str, ks))
    for entry in entries:
        settings = [str(value) for value in entry.settings.values()]
        found = [error_cell(entry.errors.get(k), len(entry.runs)) for k in ks]
        sizes = [f"{entry.runs[0].sizes[name]:,}" for name in ("parameters", "state_words")]
        errors.add_row(*settings, *found, solved_cell(entry), *sizes)
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


def print_whole(title: str, table: "Table") -> None:
    """No number is cut off, however narrow the terminal."""
    from rich.console import Console

    for column in table.columns:
        column.no_wrap = True
    widest = Console(width=10_000).measure(table).maximum
    console().print(f"[bold]{title}[/]")
    Console(highlight=False, width=max(widest, console().width)).print(table)


def list_presets() -> None:
    """All presets, and every setting with its default."""
    from logdepth.learn.presets import PRESETS
    from logdepth.learn.recipes import Recipe

    table = plain_table("preset", "what it is")
    for name, preset in PRESETS.items():
        table.add_row(name, preset.summary)
    console().print(table)
    table = plain_table("setting", "default", "what it is")
    for item in Recipe.describe():
        table.add_row(f"--{item.name.replace('_', '-')}", str(item.default), item.help)
    console().print(table)
    console().print("and those of the task, for k-hop: --n, --most-hops, --fewest-hops, --letters, --repeats")
