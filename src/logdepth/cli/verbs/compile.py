"""`logdepth compile`."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.checking import Extent, check
from logdepth.cli.circuits import is_circuit, read_circuit_words
from logdepth.cli.options import (
    Dtype,
    Json,
    Lengths,
    Samples,
    Seconds,
    Seed,
    by_their_names,
    part,
    positions_of,
    task_of,
    tell_idle,
)
from logdepth.cli.own_files import OWN_FILE, compile_own_file, is_own, read_own, refuse_routing
from logdepth.cli.protocols import Local, Router
from logdepth.cli.rasp_files import HELP as RASP_OPTIONS
from logdepth.cli.rasp_files import language_of, read_rasp_words
from logdepth.cli.sizes import print_sizes, sizes_as_json
from logdepth.cli.trade_off import compare_ways, print_ways
from logdepth.cli.ways import TRANSFORMER, check_for_transformer, compile_along
from logdepth.cli.writing import write_and_tell, write_with_report
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.artefacts import Model
    from logdepth.tasks import Task

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TASK|FILE.py|FILE.rasp|CIRCUIT|DIR",
        help="A task, its parameters as options, as in: k-hop --n 100 --k 16; or the folder of a model, with --to; or"
        f" {OWN_FILE} {RASP_OPTIONS}. Or a circuit, .circuit or AIGER, whose evaluator is made, with --by wires,"
        " pulls or spreads.",
        show_default=False,
    ),
]


To = Annotated[
    str,
    typer.Option(
        metavar="MODEL",
        help="What to make: transformer; mpc, a protocol, with its rounds, machines and memory; or circuit, threshold"
        " gates. For its options, as --memory: logdepth compile TASK --to mpc --help.",
    ),
]


def compile_model(
    context: typer.Context,
    words: Words = None,
    to: To = TRANSFORMER,
    router: Router = None,
    local: Local = None,
    dtype: Dtype = None,
    lengths: Lengths = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write the model into this folder; a circuit into this file.", show_default=False
        ),
    ] = None,
    untied: Annotated[bool, typer.Option("--untied", help="Give every round its own copy of the weights.")] = False,
    no_verify: Annotated[bool, typer.Option("--no-verify", help="Only build.")] = False,
    samples: Samples = None,
    seconds: Seconds = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Build the transformer of a task, or of a program or a protocol of your own, verify it, and write it; or with --to
    what another theorem makes of it.

    The task's parameters are options too. FILE.py defines one Program, Table or RawProtocol at module level, and maybe
    functions oracle(columns) and sample(rng), which verification uses; FILE.py:name chooses one of several.
    """
    if to != TRANSFORMER:
        tell_idle(context, f"with --to {to} nothing is run", "--samples", "--seconds", "--seed", "--no-verify")
        if local is not None:
            raise UsageError(f"--local is for transformers. Leave it out, or --to {to}.")
        if lengths is not None:
            raise UsageError(f"--lengths is for transformers. Leave it out, or --to {to}.")
        given = {"--router": router, "--dtype": dtype, "--untied": "0" if untied else None}
        typed = {name: value for name, value in given.items() if value is not None}
        return compile_along(words or [], to, typed, context, out, as_json=as_json)
    if no_verify:
        tell_idle(context, "with --no-verify nothing is checked", "--samples", "--seconds", "--seed")
    extent = None if no_verify else Extent(samples, seed=seed, seconds=seconds)
    names, parameters = part(words or [])
    if len(names) == 1 and is_own(names[0]):
        for option in parameters:
            place = f"compile --to {to}"
            raise UsageError(f"{names[0]} takes no parameters, and {option} is no option of {place}. Leave it out.")
        read = partial(read_own, names[0])
        return compile_own_file(read, router, local, dtype, out, untied, extent, positions_of(lengths), as_json=as_json)
    if language_of(names):
        read = partial(read_rasp_words, names, parameters)
        return compile_own_file(read, router, local, dtype, out, untied, extent, positions_of(lengths), as_json=as_json)
    if len(names) == 1 and is_circuit(names[0]):
        read = partial(read_circuit_words, names[0], parameters)
        return compile_own_file(read, router, local, dtype, out, untied, extent, positions_of(lengths), as_json=as_json)
    refuse_routing(router, local)
    check_for_transformer(names, parameters)
    task = task_of(words or [], context)

    from logdepth.artefacts import check_free

    started = perf_counter()
    if out is not None:
        check_free(out)
    longest = "--n" in by_their_names(parameters, {"--n"})
    model = compile_named(task, dtype, positions_of(lengths), tied=not untied, longest=longest)
    task, built = model.task, perf_counter()
    if extent is not None:
        model = check(model, extent)
    ways = compare_ways(task, dtype, tied=not untied, known=model, positions=positions_of(lengths))
    sizes = sizes_as_json(model) | ({"ways": ways} if ways else {})

    def show(result: Mapping[str, Any]) -> None:
        print_sizes(result)
        print_ways(task, ways, lengths)

    return write_and_tell(model, out, write_with_report, sizes, show, started=started, built=built, as_json=as_json)


def compile_named(task: "Task[Any]", dtype: str | None, positions: str, *, tied: bool, longest: bool) -> "Model":
    """The model of a task. longest: its n was given, and is the longest input; else all lengths have no other end than
    the format's."""
    from logdepth.arrows.program_to_transformer import TABLE
    from logdepth.artefacts import compile_all_lengths, compile_task

    if positions == TABLE or longest:
        return compile_task(task, dtype, tied, positions)
    return compile_all_lengths(task, dtype or "float32", tied, positions)
