"""`logdepth dataset`."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.options import Json, Seed, by_their_names, part, settings_of
from logdepth.cli.printing import console, plain, plain_table, print_json, progress_bar
from logdepth.cli.wording import option_called
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.learn.samplers import Sampler

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TASK",
        help="A task of the laboratory; its parameters are options, as in: k-hop --n 64 --most-hops 8. Without a task:"
        " lists all.",
        show_default=False,
    ),
]


def write_data(
    words: Words = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the dataset into this new folder.", show_default=False)
    ] = None,
    sequences: Annotated[int, typer.Option(min=1, help="How many sequences.")] = 10_000,
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="safetensors, or jsonl: a line of JSON for each sequence.")
    ] = "safetensors",
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Write sequences with their answers as a plain dataset, for a trainer of your own."""
    from logdepth.learn.samplers import SAMPLERS, make_sampler
    from logdepth.learn.samplers.dataset import LINES, write_dataset

    names, options = part(words or [])
    if not names and not options:
        if as_json:
            print_json({"tasks": [describe(kind) for kind in SAMPLERS.values()]})
            return 0
        table = plain_table("task", "what is asked", "parameters")
        for name, kind in SAMPLERS.items():
            table.add_row(name, kind.summary, ", ".join(f"{item.name}={item.default}" for item in kind.describe()))
        console().print(table)
        return 0
    if len(names) != 1:
        raise UsageError(f"dataset takes one task; got {' and '.join(map(repr, names)) or 'none'}.")
    own = [option_called(item.name) for item in SAMPLERS[names[0]].describe()] if names[0] in SAMPLERS else []
    sampler = make_sampler(names[0], settings_of(by_their_names(options, own)))
    if "--n" in options and sampler.length == int(sampler.parameters["n"]) - 1:  # the published k-hop counts one more
        sampler = make_sampler(names[0], {**sampler.parameters, "n": sampler.length + 2})
    if out is None:
        raise UsageError("a dataset needs a folder. Give one: --out DIR.")
    started = perf_counter()
    with progress_bar("drawing") as progress:
        write_dataset(sampler, out, sequences, seed, progress, format_)
    seconds = perf_counter() - started
    if as_json:
        result = {"task": sampler.name, "parameters": sampler.parameters, "sequences": sequences, "seed": seed}
        print_json({**result, "folder": str(out), "format": format_, "tokens": sampler.vocabulary, "seconds": seconds})
    else:
        console().print(
            f"{plain(str(out))}: {sequences:,} sequences of {sampler.length} tokens [dim]({seconds:.1f} s)[/]",
            soft_wrap=True,
        )
        if format_ == "jsonl":
            load = f"datasets.load_dataset('json', data_files={str(out / LINES)!r})"
            console().print(f"load it in Python: {load}", soft_wrap=True, markup=False)
    return 0


def describe(kind: "type[Sampler]") -> dict[str, Any]:
    """A task of the laboratory as JSON."""
    parameters = [{"name": item.name, "default": item.default, "help": item.help} for item in kind.describe()]
    return {"name": kind.name, "summary": kind.summary, "parameters": parameters}
