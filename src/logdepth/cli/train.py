"""`logdepth train`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from logdepth.cli.options import Json, parted, settings_of
from logdepth.cli.printing import console, note, plain_table, print_json, progress_bar
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.learn.evaluate import Evaluation
    from logdepth.learn.metrics import Row
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
    device: Annotated[str, typer.Option(help="cpu, cuda, …; auto takes a GPU if there is one.")] = "auto",
    workers: Annotated[int, typer.Option(min=1, help="Runs of a sweep at a time.")] = 2,
    engine: Annotated[str, typer.Option(help="Where a sweep runs: local, or ray.")] = "local",
    as_json: Json = False,
) -> int:
    """Train a network, or a sweep of them; the same command again goes on where it stopped."""
    names, changes = parted(words or [])
    if resume is None and not names and not changes:
        list_presets()
        return 0
    started = perf_counter()
    plans, folder = chosen(context, names, changes, out, resume)
    if len(plans) == 1:
        (plan,) = plans.values()
        status = run_one(plan, folder, device, weights)
        if status is not None:
            return status
        found = {"": (evaluated(folder), sizes_of(folder))}
        outcomes: Mapping[str, Outcome] = {}
    else:
        outcomes = run_many(plans, folder, device, workers, engine)
        if any(outcome.error == "interrupted" for outcome in outcomes.values()):
            return 130
        done = [name for name, outcome in outcomes.items() if outcome.error is None]
        found = {name: (evaluated(folder / name), sizes_of(folder / name)) for name in done}
    failed = {name: outcome.error for name, outcome in outcomes.items() if outcome.error is not None}
    seconds = perf_counter() - started
    if as_json:
        runs = {name or folder.name: result.as_json() | sizes for name, (result, sizes) in found.items()}
        print_json({"folder": str(folder), "runs": runs, "failed": failed, "seconds": seconds})
    else:
        print_runs(found)
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
        if names or options or out is not None:
            raise UsageError("--resume takes a run as it began. Leave the preset, its settings and --out out.")
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
    from logdepth.learn.processes import all_processes
    from logdepth.learn.sweep import interruptions
    from logdepth.learn.train import device_called, train

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


def evaluated(folder: Path) -> "Evaluation":
    """Error per k by the corrected protocol; it is written beside the weights."""
    import json

    from logdepth.learn.evaluate import evaluate, protocol_called
    from logdepth.learn.trained import read_answering
    from logdepth.models.files import write_file

    with progress_bar("evaluating") as progress:
        found = evaluate(read_answering(folder), protocol_called("corrected"), progress=progress)
    write_file(folder / "evaluation.json", (json.dumps(found.as_json(), indent=2) + "\n").encode())
    return found


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


def sizes_of(folder: Path) -> dict[str, int]:
    """Parameters of a run's network, and the words of state that it carries from token to token."""
    from logdepth.learn.build import network_of, size_of
    from logdepth.learn.run_folder import read_plan

    plan = read_plan(folder)
    return size_of(network_of(plan), plan.sampler.length)


def print_runs(found: Mapping[str, tuple["Evaluation", Mapping[str, int]]]) -> None:
    """One row a run: its error in every group, the threshold, and its size."""
    from rich.console import Console

    if not found:
        return
    groups = sorted({group for result, _ in found.values() for group in result.answered})
    table = plain_table("", *map(str, groups), "solved up to", "parameters", "words of state")
    for name, (result, sizes) in found.items():
        rates = [result.answered.get(group) for group in groups]
        cells = ["–" if rate is None or rate.value is None else f"{rate.value:.3f}".lstrip("0") for rate in rates]
        threshold = result.threshold
        solved = f"{threshold.k} [dim]({threshold.low}–{threshold.high})[/]"
        table.add_row(name, *cells, solved, f"{sizes['parameters']:,}", f"{sizes['state_words']:,}")
    for column in table.columns:
        column.no_wrap = True
    widest = Console(width=10_000).measure(table).maximum
    Console(highlight=False, width=max(widest, console().width)).print(table)  # no number is cut off


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
