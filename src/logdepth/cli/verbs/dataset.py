"""`logdepth dataset`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.options import Json, Seed, by_their_names, part, settings_of
from logdepth.cli.printing import console, plain, plain_table, print_json, progress_bar
from logdepth.cli.wording import option_called
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.learn.samplers import Prompts, Sampler
    from logdepth.learn.samplers.dataset import Progress

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
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="safetensors, or jsonl: a line of JSON for each sequence, a folder that `datasets` loads. Texts are"
            " jsonl; all others are safetensors by default.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Write sequences with their answers as a plain dataset, for a trainer of your own."""
    from logdepth.learn.samplers import SAMPLERS, Prompts

    names, options = part(words or [])
    if not names and not options:
        show_what_there_is((*SAMPLERS.values(), Prompts), as_json)
        return 0
    if len(names) != 1:
        raise UsageError(f"dataset takes one task; got {' and '.join(map(repr, names)) or 'none'}.")
    source = prompts_of(options) if names[0] == Prompts.name else sampler_of(names[0], options)
    if out is None:
        raise UsageError("a dataset needs a folder. Give one: --out DIR.")
    started = perf_counter()
    with progress_bar("drawing") as progress:
        format_ = write(source, out, sequences, seed, progress, format_)
    seconds = perf_counter() - started
    if as_json:
        result = {"task": source.name, "parameters": source.parameters, "sequences": sequences, "seed": seed}
        tokens = {} if isinstance(source, Prompts) else {"tokens": source.vocabulary}
        print_json({**result, "folder": str(out), "format": format_, **tokens, "seconds": seconds})
    else:
        what = "questions in words" if isinstance(source, Prompts) else f"sequences of {source.length} tokens"
        console().print(f"{plain(str(out))}: {sequences:,} {what} [dim]({seconds:.1f} s)[/]", soft_wrap=True)
        if format_ == "jsonl":
            console().print(f"load it in Python: datasets.load_dataset({str(out)!r})", soft_wrap=True, markup=False)
    return 0


def write(
    source: "Sampler | Prompts", out: Path, sequences: int, seed: int, progress: "Progress", format_: str | None
) -> str:
    """Write the dataset; the format that it has."""
    from logdepth.learn.samplers import Prompts
    from logdepth.learn.samplers.dataset import write_dataset, write_prompts

    if not isinstance(source, Prompts):
        write_dataset(source, out, sequences, seed, progress, format_ or "safetensors")
        return format_ or "safetensors"
    if format_ not in (None, "jsonl"):
        raise UsageError(f"{source.name} is text, which is written as jsonl, and not as {format_}. Leave --format out.")
    write_prompts(source, out, sequences, seed, progress)
    return "jsonl"


def sampler_of(name: str, options: "Mapping[str, str | None]") -> "Sampler":
    """The sampler of a name, with its parameters. Errors: UsageError for a name or an option that is none."""
    from logdepth.learn.samplers import SAMPLERS, Prompts, make_sampler

    if name not in SAMPLERS:
        raise UsageError(f"there is no sampler {name!r}. {did_you_mean(name, [*SAMPLERS, Prompts.name])}")
    own = [option_called(item.name) for item in SAMPLERS[name].describe()]
    sampler = make_sampler(name, settings_of(by_their_names(options, own)))
    if "--n" in options and sampler.length == int(sampler.parameters["n"]) - 1:  # the published k-hop counts one more
        return make_sampler(name, {**sampler.parameters, "n": sampler.length + 2})
    return sampler


def prompts_of(options: "Mapping[str, str | None]") -> "Prompts":
    from logdepth.learn.samplers import Prompts

    return Prompts.from_parameters(settings_of(options))


def show_what_there_is(kinds: "Sequence[type[Sampler | Prompts]]", as_json: bool) -> None:
    """Every task of the laboratory."""
    if as_json:
        print_json({"tasks": [describe(kind) for kind in kinds]})
        return
    table = plain_table("task", "what is asked", "parameters")
    for kind in kinds:
        table.add_row(kind.name, kind.summary, ", ".join(f"{item.name}={item.default}" for item in kind.describe()))
    console().print(table)


def describe(kind: "type[Sampler | Prompts]") -> dict[str, Any]:
    """A task of the laboratory as JSON."""
    parameters = [{"name": item.name, "default": item.default, "help": item.help} for item in kind.describe()]
    return {"name": kind.name, "summary": kind.summary, "parameters": parameters}
