"""Options that several verbs share, and the task that a command line names."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from logdepth.cli.inputs import input_path
from logdepth.cli.own_files import is_own, task_at
from logdepth.cli.printing import note
from logdepth.cli.rasp_files import Place, language_of, read_rasp_words, split_rasp, told_by
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.tasks import HowToRead, Task

SAME = {
    "--alphabet": "--letters",
    "--letters": "--alphabet",
    "--k": "--most-hops",
    "--most-hops": "--k",
    "--pairs": "--n",
    "--tasks": "--question",
    "--networks": "--network",
}
"""Options that tasks, samplers and sweeps have different names for: one takes the other's."""

TASK_WORDS = {"ignore_unknown_options": True}
"""Context settings of a verb that takes a task and its parameters: what the parser does not know reaches the task."""
TASK_OR_MODEL = {**TASK_WORDS, "allow_extra_args": True}
"""The same, of a verb whose first argument may also be a model: the parameters stand in `context.args`."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")]
Dtype = Annotated[
    str | None,
    typer.Option(help="float32 or float64; by default the first of them that carries the numbers.", show_default=False),
]
Lengths = Annotated[
    str | None,
    typer.Option(
        metavar="any|counted",
        help="any: one set of weights for inputs of every length, up to the longest that the number format carries, or"
        " up to --n. Row numbers come from formulas and not from a table. counted: they come from nowhere; a causal"
        " model counts its rows in a layer more.",
        show_default=False,
    ),
]
Samples = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Random instances to check, however long they take unless --seconds is given; by default as many as take"
        " seconds.",
        show_default=False,
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(
        min=0.001,
        metavar="S",
        help="How long to verify; by default 10, but with --samples or --exhaustive as long as it takes.",
        show_default=False,
    ),
]
Seed = Annotated[
    int, typer.Option(min=0, max=2**63 - 1, help="Seed of the random instances, and of whatever else is drawn.")
]
Device = Annotated[
    str,
    typer.Option(
        help="cpu, cuda, …: where a network computes; auto takes a GPU if there is one. Compiled models do not."
    ),
]
Memory = Annotated[
    int | None,
    typer.Option(min=1, help="Words of a machine; by default as many as make few rounds.", show_default=False),
]
Report = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the page of this run into this HTML file.", show_default=False),
]
Attention = Annotated[
    str,
    typer.Option(
        metavar="auto|lookup|softmax",
        help="How heads find the rows that they read: softmax scores all pairs of rows; lookup looks rows up by their"
        " keys, which gives the same, and scores all where that is not sure; auto looks up where there are many rows.",
    ),
]
Engine = Annotated[str, typer.Option(help="Where it runs: local, or ray.")]
Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a compiled model.")]
Simplify = Annotated[
    bool,
    typer.Option(
        "--simplify",
        help="Drop self-loops and repeated edges of the graph, even for a task whose answer they could change.",
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="Of a graph file: edge-list, adjlist, gml, graphml, …; by default what its content shows, or else its"
        " suffix.",
        show_default=False,
    ),
]
Delimiter = Annotated[
    str | None,
    typer.Option(
        help="Between the words of an edge list: blank, tab, comma, semicolon, or another mark; by default what its"
        " lines show.",
        show_default=False,
    ),
]
Ask = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--ask",
        metavar="U V",
        help="The two vertices that the question is about, or twice the one (connected-nodes), whatever the file asks.",
        show_default=False,
    ),
]


def how_to_read(
    simplify: bool, format: str | None, delimiter: str | None, ask: tuple[str, str] | None = None
) -> "HowToRead":
    """What these options say of a graph file; what was not given is left out."""
    said: HowToRead = {"simplify": simplify, "format": format, "delimiter": delimiter, "ask": ask}
    return cast("HowToRead", {name: value for name, value in said.items() if value})


def task_of(words: Sequence[str], context: typer.Context) -> "Task[Any]":
    """The task that these words name, with options `--parameter value` or `--parameter=value` before or after its name.

    Errors: UsageError for no task or several, an unknown option (maybe a misspelt one of the verb), a bad value.
    """
    names, parameters = part(words)
    if len(names) != 1:
        given = f"got {' and '.join(map(repr, names))}; give parameters as --n 100." if names else "got none."
        raise UsageError(f"{context.info_name} takes one task; {given} `logdepth tasks` lists all.")
    return task_named(names[0], parameters, context)


def task_and_input_of(words: Sequence[str], context: typer.Context) -> "tuple[Task[Any], Path | None]":
    """The same, for a verb that takes maybe an input too, and for the task a model's folder or a Python file."""
    names, parameters = part(words)
    if language_of(names):
        _, rest = split_rasp(names)
        if len(rest) > 1:
            raise UsageError(f"{context.info_name} takes one input; got {', '.join(map(repr, rest))}. Give one.")
        source = input_path(Path(rest[0])) if rest else None
        parameters = {**told_by(source, str(language_of(names)), parameters)}
        own = read_rasp_words(names[: len(names) - len(rest)], parameters)
        return own.task, source
    if not 1 <= len(names) <= 2:
        given = f"got {', '.join(map(repr, names))}; give parameters as --n 100." if names else "got none."
        raise UsageError(f"{context.info_name} takes a task, and maybe one input; {given} `logdepth tasks` lists all.")
    task = task_at(names[0], parameters) or task_named(names[0], parameters, context)
    return task, Path(names[1]) if len(names) == 2 else None


def task_named(
    name: str, parameters: Mapping[str, str | None], context: typer.Context, further: Collection[str] = ()
) -> "Task[Any]":
    """The task with these parameters. further: options that the caller took before. Errors: as of `task_of`."""
    from logdepth.tasks import TASKS, make_task

    if name not in TASKS and Path(name).is_file():
        raise UsageError(
            f"{name} is a file and names no task. A Python file with a program of your own has a name that ends in .py;"
            " `logdepth tasks` lists the tasks."
        )
    return make_task(name, parameters_of(name, parameters, context, further))


def parameters_of(
    name: str, parameters: Mapping[str, str | None], context: typer.Context, further: Collection[str] = ()
) -> dict[str, str]:
    """The parameters of this task as it names them. Errors: UsageError for an option that it does not have."""
    from logdepth.tasks import TASKS

    if name in TASKS:
        own = [f"--{item.name}" for item in TASKS[name].describe()]
        known = [
            *own,
            *further,
            *(option for item in context.command.params for option in item.opts if option.startswith("--")),
        ]
        parameters = by_their_names(parameters, own)
        for option in parameters:
            if option not in own:
                raise UsageError(f"{context.info_name} {name} has no option {option}. {did_you_mean(option, known)}")
    return settings_of(parameters)


def positions_of(lengths: str | None) -> str:
    """How row numbers enter. Errors: UsageError for a word that --lengths does not take."""
    from logdepth.arrows.program_to_transformer import COUNTED, FORMULAS, TABLE

    words = {None: TABLE, "any": FORMULAS, "counted": COUNTED}
    if lengths not in words:
        raise UsageError(f"--lengths takes any or counted, not {lengths!r}. The longest input is --n.")
    return words[lengths]


def by_their_names(options: Mapping[str, str | None], own: Collection[str]) -> dict[str, str | None]:
    """The options under the names that this task or sampler has for them. Errors: UsageError for one by two names."""
    named: dict[str, str | None] = {}
    for option, value in options.items():
        name = option if option in own or SAME.get(option) not in own else SAME[option]
        if name in named:
            raise UsageError(f"{option} and {name} are the same. Give it once.")
        named[name] = value
    return named


def settings_of(options: Mapping[str, str | None]) -> dict[str, str]:
    """Name and value of every option; `--most-hops` is most_hops. Errors: UsageError for one without a value."""
    values = {}
    for option, value in options.items():
        if value is None:
            raise UsageError(f"{option} needs a value. Give it as {option} VALUE.")
        values[option.removeprefix("--").replace("-", "_")] = value
    return values


def part(words: Sequence[str]) -> tuple[list[str], dict[str, str | None]]:
    """The plain words, and the value of every option; None if it has none."""
    names: list[str] = []
    values: dict[str, str | None] = {}
    rest = list(reversed(words))
    while rest:
        word = rest.pop()
        if not word.startswith("-") or word == "-":  # - is standard input
            names.append(word)
            continue
        option, equals, value = word.partition("=")
        if option in values:
            raise UsageError(f"{option} is given twice. Give it once.")
        if equals:
            values[option] = value
        else:
            values[option] = rest.pop() if rest and not rest[-1].startswith("--") else None
    return names, values


def tell_idle(context: typer.Context, why: str, *options: str) -> None:
    """A note if one of these options was typed, as it does nothing here. why: the reason."""
    for option in options:
        if is_typed(context, option.removeprefix("--").replace("-", "_")):
            note(f"{option} changes nothing: {why}.")


def is_typed(context: typer.Context, parameter: str) -> bool:
    """Whether the option of this parameter stands on the command line."""
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def check_order(model: Place, given: Path | None) -> None:
    """UsageError if the model and its input are the wrong way round."""
    if given is not None and not is_own(model) and Path(str(model)).is_file() and (given.is_dir() or is_own(given)):
        raise UsageError(f"the model comes first, then its input. Say: {given} {model}.")


def check_words(words: Sequence[str]) -> None:
    """UsageError for an empty word. As a path it would be the current folder."""
    for before, word in zip(["", *words], words, strict=False):
        option, equals, value = word.partition("=") if word.startswith("--") else (before, "=", word)
        if equals and not value:
            where = f"after {option}" if option.startswith("-") else "among the words"
            raise UsageError(f"an empty word stands {where}. Give it a value, or leave it out.")
