"""`logdepth refute`."""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.machines import check_files
from logdepth.cli.options import Json, Seed, part, task_named, tell_idle
from logdepth.cli.own_files import is_own
from logdepth.cli.printing import console, note, plain, print_json
from logdepth.cli.refutations import print_refutation, refutation_as_json
from logdepth.cli.suspects import suspect_at
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.refuters import Refutation
    from logdepth.tasks import Task

CERTIFICATE = "counterexample.json"


def refute_model(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL",
            help="A trained run or checkpoint, the folder of a compiled model, or FILE.py:name, a torch module of your"
            " own; the file is EXECUTED. Parameters of its task as options, as in: --task k-hop --k 1.",
        ),
    ],
    task: Annotated[
        str | None,
        typer.Option(
            "--task",
            metavar="TASK",
            help="The task that it solves, with its parameters as options; by default its own.",
            show_default=False,
        ),
    ] = None,
    bits: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=32,
            help="Round every number that the model carries to so many bits, and refute the rounded model.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 0,
    seconds: Annotated[float, typer.Option(min=0.001, metavar="S", help="How long to search.")] = 10.0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=f"Write the counterexample into this folder, as {CERTIFICATE}."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Write a page to look at: the inputs, what the model keeps of both, and its answers.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check",
            metavar="FILE",
            help="Check this counterexample against MODEL, and search nothing.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Find an input on which a model is wrong because it is too small; or tell what was tried in vain.

    It takes networks that read in one pass, that have one attention layer, or that pass messages on a graph. A torch
    module of your own maps token ids (B, N) to logits (B, N, classes). On a graph it has an attribute message_layers,
    and maps adjacency (B, n, n) and labels (B, n) to logits (B, n, classes).

    Exit status: 0 not refuted, 1 refuted, 2 unusable input. With --check: 0 the counterexample holds, 1 it does not.
    """
    started = perf_counter()
    place, named = place_and_task(words, task, context)
    if check is not None:
        tell_idle(context, "--check searches nothing", "--bits", "--seed", "--seconds", "--out")
        check_files({"--check": check, "--report": report})
        return check_certificate(check, place, named, as_json, report)
    from logdepth.refuters import Counterexample, Search, refute, write_certificate

    file = None if out is None else out / CERTIFICATE
    check_files({"--out": file, "--report": report})
    with redirect_stdout(sys.stderr):  # what a file of the user's own prints
        found = refute(suspect_at(place, named), Search(bits=bits, seed=seed, seconds=seconds))
    refuted = isinstance(found, Counterexample)
    if file is not None and isinstance(found, Counterexample):
        write_certificate(found, file)
    told = refutation_as_json(found) | {"file": str(file) if refuted and file else None}
    told["report"] = write_page(found, report, file)
    told["seconds"] = perf_counter() - started
    if as_json:
        print_json(told)
    else:
        print_refutation(found)
        console().print(f"[dim]{told['seconds']:.1f} s[/]")
    if file is not None:
        note(f"written to {file}" if refuted else f"nothing was found, and {file} is not written")
    if report is not None:
        note(f"look at {report}")
    return int(refuted)


def write_page(found: "Refutation", report: Path | None, certificate: Path | None) -> str | None:
    """Write the page of a refutation, if it is wanted, and return its path."""
    if report is None:
        return None
    from logdepth.numerics.files import write_file
    from logdepth.pages.refutation import refutation_page

    file = str(certificate or CERTIFICATE)
    write_file(report, refutation_page(found, file, f"logdepth refute MODEL --check {file}").encode())
    return str(report)


def place_and_task(words: Sequence[str], task: str | None, context: typer.Context) -> "tuple[str, Task[Any] | None]":
    """MODEL, and the task with the options that are its parameters. Errors: UsageError for options without a task."""
    places, parameters = part(words)
    if len(places) != 1:
        raise UsageError(f"refute takes one MODEL; got {' and '.join(map(repr, places)) or 'none'}.")
    if task is not None:
        return places[0], task_named(task, parameters, context)
    for option in parameters:
        raise UsageError(f"refute has no option {option}. {did_you_mean(option, options_of(context))}")
    return places[0], None


def options_of(context: typer.Context) -> list[str]:
    return [option for item in context.command.params for option in item.opts if option.startswith("--")]


def check_certificate(file: Path, place: str, task: "Task[Any] | None", as_json: bool, report: Path | None) -> int:
    """Whether a written counterexample holds for a model; its task is the certificate's. One that holds has a page."""
    from logdepth.refuters import Rejected, check, read_certificate

    found = read_certificate(file)
    reason = None
    with redirect_stdout(sys.stderr):  # what a file of the user's own prints
        suspect = suspect_at(place, task or (found.task if is_own(place) else None))
        try:
            check(found, suspect)
        except Rejected as rejected:
            reason = str(rejected)
    page = None if reason else write_page(found, report, file)
    told = {"file": str(file), "model": suspect.name, "holds": reason is None, "reason": reason, "report": page}
    if as_json:
        print_json(told)
    elif reason is None:
        print_refutation(found)
        console().print(
            "[bold green]it holds[/]: inputs, answers and what is carried were computed again from the model and the"
            " task; only the words why are the writer's"
        )
    else:
        console().print(f"[bold red]it does NOT hold[/]: {plain(reason)}")
    return int(reason is not None)
