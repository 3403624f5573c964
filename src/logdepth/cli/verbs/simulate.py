"""`logdepth simulate`."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from logdepth.cli.inputs import notes_of, print_notes, read_for_model, without_spool
from logdepth.cli.machines import Trace, check_files, print_cost, rounds_bar, tracing
from logdepth.cli.options import (
    Ask,
    Delimiter,
    Format,
    Json,
    Memory,
    Report,
    Seed,
    Simplify,
    check_order,
    how_to_read,
    tell_idle,
)
from logdepth.cli.own_files import OWN_FILE, is_own, model_and_task
from logdepth.cli.printing import console, plain, print_heading, print_json
from logdepth.cli.rasp_files import Place, takes_rasp
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.tasks import HowToRead

OF_FILES = ("--ask", "--simplify", "--format", "--delimiter")
"""Options that say something of INPUT."""


@takes_rasp("MODEL", f"The folder of a compiled model, or a trained GPT-2 with its config; or {OWN_FILE}")
def simulate_model(
    context: typer.Context,
    model: Place,
    input_file: Annotated[
        Path | None, typer.Argument(metavar="INPUT", help="As for `run`; by default a random instance.")
    ] = None,
    memory: Memory = None,
    trace: Trace = None,
    report: Report = None,
    sequences: Annotated[
        int | None,
        typer.Option(min=1, help="Of a trained model: how many random sequences; by default 1.", show_default=False),
    ] = None,
    seed: Seed = 0,
    ask: Ask = None,
    simplify: Simplify = False,
    format: Format = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
) -> int:
    """Run a transformer, compiled or trained, on machines of little memory, layer by layer; compare rounds with the
    claim, the answer with the exact one or with a forward pass."""
    from logdepth.artefacts import DESCRIPTION

    check_order(model, input_file)
    how = how_to_read(simplify, format, delimiter, ask)
    check_files({"INPUT": input_file, "--trace": trace, "--report": report})
    folder = Path(str(model))
    if is_own(model) or (folder / DESCRIPTION).exists() or not folder.exists():
        if sequences is not None:
            raise UsageError("--sequences is for trained models; a compiled one runs on INPUT. Leave it out.")
        if input_file is None:
            tell_idle(context, "without INPUT a model is simulated on a random instance", *OF_FILES)
        else:
            tell_idle(context, "the instance is INPUT, and not a random one", "--seed")
        return simulate_compiled(model, input_file, memory, trace, report, seed, how, as_json)
    tell_idle(context, "a trained model is simulated on random sequences", *OF_FILES)
    if input_file is not None:
        raise UsageError("a trained model is simulated on random sequences, without INPUT. Leave it out.")
    if report is not None and sequences not in (None, 1):
        raise UsageError("--report shows one sequence. Leave out --sequences.")
    return simulate_network(folder, memory, trace, report, sequences or 1, seed, as_json)


def simulate_network(
    checkpoint: Path,
    memory: int | None,
    trace: Path | None,
    report: Path | None,
    sequences: int,
    seed: int,
    as_json: bool,
) -> int:
    from logdepth.learn.trained import simulate
    from logdepth.learn.trained.models import in_words, read_answering

    started = perf_counter()
    model = read_answering(checkpoint)
    prepared = simulate.prepare_trained(model, memory)
    watched = None
    if report is not None:
        from logdepth.traces import SimulationWatch

        watched = SimulationWatch(prepared.protocol, prepared.trees, None)
    with tracing(trace, *([watched.watch] if watched else [])) as watch, rounds_bar("simulating") as progress:
        found = list(prepared.run(sequences, seed, watch, progress))
    if report is not None and watched is not None:
        from logdepth.pages import write_simulation

        answers = "Its answers are those" if found[0].same else "Its answers are NOT those"
        sequence = f"a random sequence of {prepared.trees.tokens} tokens"
        lead = f"A trained GPT-2, run as an MPC protocol on {sequence}. {answers} of a forward pass in float64."
        outcome = found[0].outcome
        write_simulation(
            report,
            watched.trace(outcome.run),
            heading=model.name,
            parameters=model.sizes,
            claimed=outcome.claimed.sizes,
            lead=lead,
        )
    result = simulate.as_json(found) | {"seconds": perf_counter() - started}
    if as_json:
        print_json({"checkpoint": str(checkpoint), **model.sizes, "weights": str(model.file)} | result)
    else:
        console().print(f"[bold cyan]{plain(model.name)}[/] [dim]{in_words(model.architecture, model.sizes)}[/]")
        count = "1 random sequence" if sequences == 1 else f"{sequences} random sequences"
        console().print(f"{count} of {model.sampler.length} tokens\n")
        print_cost(result)
        console().print(f"largest difference of a logit: {result['largest_difference']:.1e}")
        if report is not None:
            console().print(f"look at {report}", soft_wrap=True, markup=False)
    return int(not result["answer_correct"])


def simulate_compiled(
    directory: Place,
    input_file: Path | None,
    memory: int | None,
    trace: Path | None,
    report: Path | None,
    seed: int,
    how: "HowToRead",
    as_json: bool,
) -> int:
    import numpy as np

    from logdepth.artefacts import prepare
    from logdepth.runs import draw

    started = perf_counter()
    model, task = model_and_task(directory)
    if input_file is None:
        instance, size, rows = draw(task, seed)
        given = f"a random instance of size {size}, {rows + 1} tokens"
    else:
        instance, path = read_for_model(model, input_file, how)
        given = without_spool(str(path))
    prepared = prepare(model, instance, memory)
    watched = None
    if report is not None:
        from logdepth.traces import SimulationWatch

        watched = SimulationWatch(prepared.protocol, prepared.trees, model.dtype)
    with tracing(trace, *([watched.watch] if watched else [])) as watch, rounds_bar("simulating") as progress:
        done = prepared.run(watch, progress)
    correct = bool(np.array_equal(done.answer, task.solve(instance)))
    if report is not None and watched is not None:
        from logdepth.pages import write_simulation

        lead = f"The transformer, run as an MPC protocol on {given if input_file is None else path.name}."
        write_simulation(
            report,
            watched.trace(done.run),
            heading=task.name,
            parameters=task.parameters,
            claimed=done.claimed.sizes,
            lead=lead,
            correct=correct,
        )
    result = done.as_json() | {"answer_correct": correct, "seconds": perf_counter() - started}
    result["notes"] = notes_of(task, instance)
    print_notes(task, instance)
    if as_json:
        print_json(result)
    else:
        print_heading(task.name, task.parameters)
        console().print(f"{given}\n", markup=False, soft_wrap=True)
        print_cost(result)
        if report is not None:
            console().print(f"look at {report}", soft_wrap=True, markup=False)
    return int(not correct)
