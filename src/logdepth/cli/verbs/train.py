"""`logdepth train`."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from logdepth.cli.bars import sweep_bar, training_bar
from logdepth.cli.comparison import print_entries, print_lines
from logdepth.cli.options import Device, Engine, Json, by_their_names, is_typed, part, settings_of, tell_idle
from logdepth.cli.printing import console, note, plain, plain_table, print_json, progress_bar
from logdepth.cli.terminal import console_for
from logdepth.cli.wording import message_of, option_called
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.learn.evaluation.beside import Line
    from logdepth.learn.evaluation.comparison import Entry, Run
    from logdepth.learn.plans.recipes import Plan
    from logdepth.learn.sweeps.sweep import Outcome

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
        Path | None,
        typer.Option(
            metavar="DIR", help="Write the run into this folder; by default runs/PRESET….", show_default=False
        ),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Go on with the run or the sweep in DIR.", show_default=False)
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Begin from these weights, in place of random ones.", show_default=False),
    ] = None,
    device: Device = "auto",
    workers: Annotated[int, typer.Option(min=1, help="Runs of a sweep at a time.")] = 2,
    engine: Engine = "local",
    as_json: Json = False,
) -> int:
    """Train a network, or a sweep of them; the same command again goes on where it stopped."""
    names, changes = part(words or [])
    if resume is None and not names and not changes:
        list_presets(as_json=as_json)
        return 0
    from logdepth.learn.evaluation.comparison import entries_of
    from logdepth.learn.sweeps.sweep import INTERRUPTED
    from logdepth.learn.sweeps.tuning import further_plans
    from logdepth.learn.training.run_folder import start_of

    started = perf_counter()
    plans, folder, seeds = choose(context, names, changes, out, resume, weights)
    if resume is not None:
        weights = start_of(resume)
    if list(plans) == [""]:
        tell_idle(context, "it says where a sweep runs, and this is one network", "--engine")
        status = run_one(plans[""], folder, device, weights, going_on(context, folder))
        if status is not None:
            return status
        outcomes: Mapping[str, Outcome] = {}
    else:
        outcomes = run_many(plans, folder, device, workers, engine, weights, seeds)
        if seeds and all(told.error is None for told in outcomes.values()):
            plans = {**plans, **further_plans(plans, folder, seeds, device)}
            outcomes = run_many(plans, folder, device, workers, engine, weights)
    failed = {
        name: message_of(told.error) if isinstance(told.error, UsageError) else told.error
        for name, told in outcomes.items()
        if told.error not in (None, INTERRUPTED)
    }
    if tell_notes(outcomes, failed, going_on(context, folder)):
        return 130
    runs = runs_of([name for name in plans if name not in failed], folder, device)
    entries = entries_of(runs)
    if len(runs) > 1:
        write_comparison(entries, folder)
    lines = tell_beside(entries, folder, device) if runs and not failed else []
    seconds = perf_counter() - started
    if as_json:
        told = {run.name: run.as_json() for run in runs}
        compared = [entry.as_json() for entry in entries]
        beside = {"beside": [line.as_json() for line in lines]} if lines else {}
        result = {"folder": str(folder), "runs": told, "compared": compared, **beside, "failed": failed}
        print_json({**result, "seconds": seconds})
    else:
        print_entries(entries)
        print_lines(lines)
        for name, error in failed.items():
            console().print(f"{name} failed: {error}", style="red", markup=False)
        console().print(f"{plain(str(folder))} [dim]({seconds:.0f} s)[/]", soft_wrap=True)
    return 2 if failed else 0


def choose(
    context: typer.Context,
    names: Sequence[str],
    options: Mapping[str, str | None],
    out: Path | None,
    resume: Path | None,
    weights: Path | None,
) -> tuple[dict[str, "Plan"], Path, list[int]]:
    """The runs that a command line asks for, by name, the folder that they go to, and the seeds that the best rates are
    trained with afterwards; a lone run has no name."""
    from logdepth.learn.plans.presets import PRESETS, names_of_settings, plans_of, task_of
    from logdepth.learn.sweeps.sweep_folder import further_seeds_of, is_sweep, read_sweep
    from logdepth.learn.training.run_folder import read_plan

    if resume is not None:
        if names or options or out is not None or weights is not None:
            raise UsageError(
                "--resume takes a run or a sweep as it began. Leave the preset, its settings, --weights and --out out."
            )
        if is_sweep(resume):
            return read_sweep(resume), resume, further_seeds_of(resume)
        return {"": read_plan(resume)}, resume, []
    if len(names) != 1:
        raise UsageError(
            f"train takes one preset; got {' and '.join(map(repr, names)) or 'none'}. See: logdepth train."
        )
    of_recipe, of_task = names_of_settings(options.get("--task") or task_of(names[0]))
    settings = [f"--{name.replace('_', '-')}" for name in of_recipe | of_task]
    known = [*settings, *(name for item in context.command.params for name in item.opts if name.startswith("--"))]
    options = by_their_names(options, settings)
    for option in options:
        if option.replace("_", "-") not in settings:
            raise UsageError(f"train has no option {option}. {did_you_mean(option, known)}")
    changes = settings_of(options)
    plans = plans_of(names[0], changes)
    told = [f"{key}{value}" for key, value in changes.items()]
    if weights is not None:
        told.append(f"from-{weights.resolve().parent.name}-{weights.stem}")
    seeds = [] if "seed" in changes else list(PRESETS[names[0]].further_seeds)
    return plans, out or RUNS / "-".join([names[0], *told]), seeds


def run_one(plan: "Plan", folder: Path, device: str, weights: Path | None, again: str) -> int | None:
    """Train one network, with a bar; the exit status if that is all: it was interrupted, or another process reports."""
    from logdepth.learn.devices import device_called
    from logdepth.learn.sweeps.sweep import interruptions
    from logdepth.learn.training.processes import all_processes
    from logdepth.learn.training.train import train

    place = device_called(device)
    with (
        all_processes(place) as processes,
        interruptions() as stop,
        training_bar(plan, console_for(stderr=True, quiet=not processes.first)) as watch,
    ):
        done = train(plan, folder, str(place), weights, watch, stop, note, processes).done
    if not processes.first:
        return 0
    if done == plan.recipe.steps:
        return None
    note(f"stopped after step {done} of {plan.recipe.steps}. Go on: {again}")
    return 130


def run_many(
    plans: Mapping[str, "Plan"],
    folder: Path,
    device: str,
    workers: int,
    engine: str,
    weights: Path | None,
    further_seeds: Sequence[int] = (),
) -> Mapping[str, "Outcome"]:
    from logdepth.learn.sweeps.sweep import sweep

    with sweep_bar(len(plans), console_for(stderr=True)) as progress:
        return sweep(plans, folder, device, workers, engine, progress, weights, further_seeds)


def going_on(context: typer.Context, folder: Path) -> str:
    """The command that goes on with a run, where it ran and as many at a time, so that weights come out the same."""
    typed = [f"--{name} {context.params[name]}" for name in ("device", "workers", "engine") if is_typed(context, name)]
    return " ".join([f"logdepth train --resume {shlex.quote(str(folder))}", *typed])


def tell_notes(outcomes: Mapping[str, "Outcome"], failed: Mapping[str, str | None], again: str) -> bool:
    """What members had to say; whether the sweep was stopped, and then which members have failed and how to go on."""
    from logdepth.learn.sweeps.sweep import INTERRUPTED

    for name, outcome in outcomes.items():
        for text in outcome.notes:
            note(f"{name}: {text}")
    stopped = [name for name, outcome in outcomes.items() if outcome.error == INTERRUPTED]
    if not stopped:
        return False
    for name, error in failed.items():
        note(f"{name} failed: {error}")
    ended = len(outcomes) - len(stopped) - len(failed)
    note(f"stopped: {ended} of {len(outcomes)} networks are trained. Go on: {again}")
    return True


def runs_of(names: Sequence[str], folder: Path, device: str) -> list["Run"]:
    """The runs of these names below a folder, evaluated; a lone run is the folder itself, and has its name."""
    from logdepth.learn.evaluation.comparison import read_run

    with progress_bar("evaluating") as progress:
        return [read_run(folder / name, name or folder.name, device, progress) for name in names]


def write_comparison(entries: Sequence["Entry"], folder: Path) -> None:
    """comparison.csv, .png and .svg in the folder of a sweep."""
    from logdepth.learn.evaluation.comparison import as_csv, figure
    from logdepth.numerics.files import write_file

    write_file(folder / "comparison.csv", as_csv(entries).encode())
    for kind in ("png", "svg"):
        write_file(folder / f"comparison.{kind}", figure(entries, kind))


def tell_beside(entries: Sequence["Entry"], folder: Path, device: str) -> list["Line"]:
    """What stands beside the networks, where their task has rules without learning; also as beside.csv in the folder of
    a sweep."""
    from logdepth.learn.evaluation.beside import lines_as_csv, lines_of
    from logdepth.numerics.files import write_file

    with progress_bar("asking what is beside them") as progress:
        lines = lines_of(entries, folder, device, progress)
    if lines and sum(len(entry.runs) for entry in entries) > 1:
        write_file(folder / "beside.csv", lines_as_csv(lines).encode())
    return lines


def list_presets(*, as_json: bool) -> None:
    """All presets, and every setting with its default."""
    from logdepth.learn.plans.presets import PRESETS
    from logdepth.learn.plans.recipes import Recipe

    if as_json:
        presets = [{"name": name, "summary": preset.summary} for name, preset in PRESETS.items()]
        settings = [{"name": item.name, "default": item.default, "help": item.help} for item in Recipe.describe()]
        print_json({"presets": presets, "settings": settings})
        return

    table = plain_table("preset", "what it is")
    for name, preset in PRESETS.items():
        table.add_row(name, preset.summary)
    console().print(table)
    table = plain_table("setting", "default", "what it is")
    for item in Recipe.describe():
        table.add_row(option_called(item.name), str(item.default), item.help)
    console().print(table)
    console().print(
        "and those of the task, for k-hop: --n, --most-hops, --fewest-hops, --letters, --repeats; of other tasks:"
        " logdepth dataset"
    )
