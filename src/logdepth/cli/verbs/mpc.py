"""`logdepth mpc`."""

from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.answers import in_words, show
from logdepth.cli.columns import named
from logdepth.cli.inputs import input_path, notes_of, print_notes, without_spool
from logdepth.cli.machines import Trace, check_files, print_cost, rounds_bar, tracing
from logdepth.cli.options import (
    Ask,
    Delimiter,
    Engine,
    Format,
    Json,
    Memory,
    Report,
    Seed,
    Simplify,
    how_to_read,
    part,
    task_and_input_of,
    tell_idle,
)
from logdepth.cli.printing import console, note, print_heading, print_json
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.mpc import Recorder
    from logdepth.protocols import Prepared
    from logdepth.runs import Outcome
    from logdepth.tasks import HowToRead, Task

MOST_SHOWN = 600
"""Entries of an answer that people are shown."""


def run_on_machines(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="TASK|DIR|FILE.py [INPUT]",
            help="A task, its parameters as options, or a folder of a compiled model, or a Python file with a program"
            " of your own, which is EXECUTED; and a file as for `run`; without one the shipped input, or a random"
            " instance.",
        ),
    ],
    context: typer.Context,
    memory: Memory = None,
    engine: Engine = "local",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes of --engine ray; by default 2.", show_default=False)
    ] = None,
    blocks: Annotated[
        int | None,
        typer.Option(min=1, help="Parts in which --engine local computes; by default 1.", show_default=False),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Go on with the run in this folder, and keep every round there."),
    ] = None,
    trace: Trace = None,
    report: Report = None,
    by_program: Annotated[
        bool, typer.Option("--program", help="Run the task's program, even if it has a protocol of its own.")
    ] = False,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="PROTOCOL",
            help="Another protocol of the task's own: leaders or growing-balls, for components, connectivity,"
            " cycle-check and 1-vs-2-cycle. Both take few rounds where the diameter is small: leaders on a machine for"
            " every vertex, growing-balls on few.",
            show_default=False,
        ),
    ] = None,
    doublings: Annotated[
        int | None,
        typer.Option(min=1, help="How often --by leaders doubles a ball in a turn; by default 3.", show_default=False),
    ] = None,
    seed: Seed = 0,
    ask: Ask = None,
    simplify: Simplify = False,
    format: Format = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
) -> int:
    """Run a task or a program on machines of little memory, by a protocol made for it; compare rounds with the claim,
    the answer with the exact one."""
    import numpy as np

    from logdepth.mpc import Recorder
    from logdepth.runs import options_of, prepare, run_prepared

    started = perf_counter()
    if by_program and by is not None:
        raise UsageError("--program runs the task's program, and --by another protocol. Leave one of the two out.")
    task, file = task_and_input_of(words, context)
    path = task.default_input() if file is None else input_path(file)
    options = choose_options(options_of(task, by), seed=seed, doublings=doublings)
    check_used(context, task, part(words)[1], path, file is not None and not by_program, "seed" in options)
    check_files({"INPUT": path, "--trace": trace, "--report": report})
    instance, given = choose(task, path, seed, how_to_read(simplify, format, delimiter, ask), by_program)
    prepared = prepare(task, instance, memory, by_program, by, **options)
    recorder = Recorder(prepared.protocol) if report is not None and engine == "local" else None
    with (
        tracing(trace, *([recorder.watch] if recorder else [])) as watch,
        rounds_bar(prepared.protocol.name) as progress,
    ):
        running = perf_counter()
        done = run_prepared(
            prepared, engine, blocks=blocks, workers=workers, resume=resume, watch=watch, progress=progress
        )
        run_seconds = perf_counter() - running
    correct = bool(np.array_equal(done.answer, task.solve(instance)))
    if report is not None:
        write_page(report, task.name, given, prepared, done, recorder, correct)
    result = {
        **named(task),
        "parameters": dict(prepared.made_for),
        "input": given,
        "engine": engine,
        "protocol": prepared.protocol.name,
        **done.as_json(),
        "answer_correct": correct,
        "run_seconds": run_seconds,
        "notes": notes_of(task, instance),
        "seconds": perf_counter() - started,
    }
    presented = task.present(done.answer, instance)
    print_notes(task, instance)
    if as_json:
        print_json(result | {"answer": presented} | in_words(task, instance, done.answer))
    else:
        output = console()
        print_heading(task.name, prepared.made_for)
        output.print(f"{given}\n", markup=False, soft_wrap=True)
        if not isinstance(presented, dict | list) or len(presented) <= MOST_SHOWN:
            output.print(show(task, instance, done.answer))
        else:
            output.print(f"[dim]an answer of {len(presented):,} entries; --json prints them[/]")
        print_cost(result)
        if report is not None:
            output.print(f"look at {report}", soft_wrap=True, markup=False)
    return int(not correct)


def write_page(
    path: Path,
    name: str,
    given: str,
    prepared: "Prepared",
    done: "Outcome",
    recorder: "Recorder | None",
    correct: bool,
) -> None:
    """The page of the run's rounds."""
    from logdepth.pages import write_rounds
    from logdepth.traces import trace_of_run

    input_name = given if given.startswith("a random") else Path(given).name
    write_rounds(
        path,
        trace_of_run(done.protocol, done.run, recorder),
        heading=name,
        lead=f"By the protocol ‘{done.protocol.name}’, on {input_name}.",
        parameters=prepared.made_for,
        claimed=done.claimed.sizes,
        correct=correct,
    )


def choose_options(known: frozenset[str], *, seed: int, doublings: int | None) -> dict[str, int]:
    """What is chosen of the protocol. A seed says something of the instance, too, and so is no mistake."""
    drawn = {"seed": seed} if "seed" in known else {}
    return drawn if doublings is None else drawn | {"doublings": doublings}


def check_used(
    context: typer.Context, task: "Task[Any]", typed: Iterable[str], path: Path | None, any_size: bool, draws: bool
) -> None:
    """A note on an option that says nothing of this run. typed: parameters; path: of the input, None if it is
    drawn; any_size: a protocol of the task's own, if there is one, takes the input however large it is; draws: the
    protocol draws something by the seed."""
    from logdepth.runs import has_own_protocol

    if path is None:
        tell_idle(
            context, "the instance is random, and read from no file", "--simplify", "--format", "--delimiter", "--ask"
        )
        return
    if not draws:
        tell_idle(context, f"the input is {path.name}, and not random", "--seed")
    if any_size and has_own_protocol(task):
        for option in typed:
            if option.removeprefix("--") in task.limits:
                note(
                    f"{option} changes nothing: {task.name} has a protocol of its own, made for just the input that it"
                    " is given; --program runs the task's program."
                )


def choose(task: "Task[Any]", path: Path | None, seed: int, how: "HowToRead", by_program: bool) -> tuple[Any, str]:
    """The instance to run, and what it is, in words."""
    from logdepth.runs import draw, read

    if path is not None:
        return read(task, path, by_program=by_program, **how), without_spool(str(path))
    instance, size, rows = draw(task, seed)
    return instance, f"a random instance of size {size}, {rows} rows"
