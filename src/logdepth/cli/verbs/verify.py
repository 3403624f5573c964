"""`logdepth verify`."""

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from logdepth.cli.checking import Extent, check, refuse_empty
from logdepth.cli.columns import is_program
from logdepth.cli.options import Attention, Json, Samples, Seconds, Seed
from logdepth.cli.own_files import (
    OWN_FILE,
    OwnWord,
    check_program,
    is_own,
    print_program,
    sizes_of_program,
    verify_own_file,
)
from logdepth.cli.printing import console, print_json
from logdepth.cli.rasp_files import Place, takes_rasp
from logdepth.cli.sizes import print_sizes, sizes_as_json


@takes_rasp("DIR|FILE", f"The folder of a compiled model, or {OWN_FILE}")
def verify_model(
    directory: Place,
    file: OwnWord = None,
    samples: Samples = None,
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="Enumerate sizes of up to 100,000 instances, not 1,000.")
    ] = False,
    seconds: Seconds = None,
    seed: Seed = 0,
    attention: Attention = "auto",
    as_json: Json = False,
) -> int:
    """Check a written model against the exact answer, or a Python file's against its oracle or what it says."""
    extent = Extent(samples, exhaustive, seed, seconds, attention)
    if is_own(directory) or file is not None:
        return verify_own_file(directory, file, extent, as_json)
    from logdepth.artefacts import read_model

    started = perf_counter()
    model = read_model(Path(str(directory)))
    task = model.task
    if is_program(task):
        model = check_program(model, task, extent)
        result, show = sizes_of_program(model), print_program
    else:
        model = check(model, extent)
        result, show = sizes_as_json(model), print_sizes
    refuse_empty(model)
    result["seconds"] = perf_counter() - started
    if as_json:
        print_json(result)
    else:
        show(result)
        console().print(f"[dim]{result['seconds']:.1f} s[/]")
    return int(not result["verified"]["verified"])
