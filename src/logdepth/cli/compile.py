"""`logdepth compile`."""

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from logdepth.cli.checking import checked
from logdepth.cli.options import Dtype, Json, OptionalTaskWords, Samples, Seed, refuse_idle, task_of
from logdepth.cli.protocols import Local, ProtocolFile, Router, compile_users_protocol
from logdepth.cli.sizes import print_sizes, sizes_as_json
from logdepth.cli.writing import write_and_tell, write_with_report
from logdepth.numerics.errors import UsageError


def compile_model(
    context: typer.Context,
    words: OptionalTaskWords = None,
    protocol: ProtocolFile = None,
    router: Router = None,
    local: Local = "weights",
    dtype: Dtype = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the model into this folder.")] = None,
    untied: Annotated[bool, typer.Option("--untied", help="Give every round its own copy of the weights.")] = False,
    no_verify: Annotated[bool, typer.Option("--no-verify", help="Only build.")] = False,
    samples: Samples = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Build the transformer for a task, or a protocol of your own, verify it, and write it.

    The task's parameters are options too.
    """
    if no_verify:
        refuse_idle(context, "with --no-verify nothing is checked", "--samples", "--seed")
    if protocol is not None:
        if words or untied:
            raise UsageError(f"--protocol takes the place of a task; leave out {' '.join(words or ['--untied'])!r}.")
        return compile_users_protocol(
            protocol, router or "exact", local, dtype, out, not no_verify, samples, seed, as_json=as_json
        )
    if router is not None or local != "weights":
        option = "--local" if router is None else "--router"
        raise UsageError(f"{option} belongs to --protocol FILE; a task's program brings its own.")
    task = task_of(words or [], context)

    from logdepth.models import check_free, compile_task

    started = perf_counter()
    if out is not None:
        check_free(out)
    model = compile_task(task, dtype, tied=not untied)
    built = perf_counter()
    if not no_verify:
        model = checked(model, samples, seed=seed)
    return write_and_tell(
        model, out, write_with_report, sizes_as_json(model), print_sizes, started=started, built=built, as_json=as_json
    )
