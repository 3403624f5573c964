"""`logdepth compile SOURCE --to TARGET`: the way over the arrows, its options, and what it claims."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import typer

from logdepth.cli.circuits import is_circuit, measure, sizes_beside
from logdepth.cli.columns import named
from logdepth.cli.options import part, settings_of, task_named
from logdepth.cli.own_files import is_own, read_own
from logdepth.cli.printing import console, note, patience, plain, print_heading, print_json
from logdepth.cli.rasp_files import OPTIONS, language_of, read_rasp_words
from logdepth.cli.wording import option_called, task_as_typed
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.arrows import Way
    from logdepth.circuits import Circuit
    from logdepth.tasks import Parameter

TRANSFORMER = "transformer"
"""The model that `compile` makes unless another one is asked for."""

CIRCUIT, SUFFIX = "circuit", ".circuit"
"""The model that `--out` can be a file of, and how its name ends."""

SPELT = {"--untied": "--tied"}
"""Flags of the verb -> the option of arrows that they are another spelling of."""


@dataclass(frozen=True)
class Source:
    """What a command line names, as a value of its model of computation."""

    word: str
    value: Any
    described: Mapping[str, Any]  # the task, program or protocol, and its parameters, as JSON

    @property
    def name(self) -> str:
        return str(next(filter(None, (self.described.get(key) for key in ("task", "program", "protocol", "network")))))


def compile_along(
    words: Sequence[str],
    to: str,
    given: Mapping[str, object],
    context: typer.Context,
    out: Path | None = None,
    *,
    as_json: bool,
) -> int:
    """Make what the way to this model makes, and tell what is claimed of its size. It is built, and not run.

    given: options of the verb that are options of arrows, too: those that were typed, with their values.
    """
    started = perf_counter()
    check_out(out, to)
    names, typed = part(words)
    if len(names) != 1:
        told = " and ".join(map(repr, names)) or "none"
        raise UsageError(f"compile takes one task, FILE.py or folder; got {told}. `logdepth tasks` lists all tasks.")
    source, options = source_called(names[0], typed, to, context)
    from logdepth.arrows.registry import find_way, target_called
    from logdepth.tasks import settle

    way = find_way(type(source.value), target_called(to))
    refuse_other_ways(source.word, given, way)
    options |= {SPELT.get(option, option).removeprefix("--"): value for option, value in given.items()}
    settled = settle(way.options, promise_of(source, way) | options, way.name)
    with patience(f"making {'a circuit' if to == CIRCUIT else 'it'}"):
        made = way(source.value, **settled)
    tell_own_protocol(source, to)
    result = {
        **source.described,
        "to": to,
        "way": [arrow.name for arrow in way],
        "options": settled,
        "claimed": dict(made.claim.sizes),
        "claim": made.claim.as_json(),
        **write_circuit_made(made.last, out),
        "seconds": perf_counter() - started,
    }
    if as_json:
        print_json(result)
    else:
        print_way(source, way, result)
    return 0


@dataclass(frozen=True)
class MadeOfFolder:
    """The circuit of a folder's model. floats: its bits. promise: the task whose tables alone it takes, or "" ."""

    circuit: "Circuit"
    floats: Mapping[str, int]
    promise: str


def circuit_of_folder(
    word: str, typed: Mapping[str, str | None], weights: str | None = None
) -> tuple[MadeOfFolder, dict[str, str | None]]:
    """The circuit of the model in a folder, with the weights of another file if one is given, and the options that are
    none of its way's."""
    from logdepth.arrows.registry import find_way, target_called
    from logdepth.tasks import settle

    source = source_of_folder(word, weights)
    way = find_way(type(source.value), target_called(CIRCUIT))
    rest, options = split(typed, way)
    settled = settle(way.options, promise_of(source, way) | options, way.name)
    made = way(source.value, **settled)
    return MadeOfFolder(made.artefact, floats_of(made.last), str(settled.get("promise", ""))), rest


def promise_of(source: Source, way: "Way") -> dict[str, object]:
    """That a circuit of a task takes the task's instances alone, where these fill their rows in few ways."""
    from logdepth.tasks import TASKS, make_task

    name, parameters = source.described.get("task"), source.described["parameters"]
    if name not in TASKS or "promise" not in (option.name for option in way.options):
        return {}
    if make_task(name, parameters).row_values(1) is None:
        return {}
    return {"promise": " ".join([name, *(f"{key}={value}" for key, value in parameters.items())])}


def check_out(out: Path | None, to: str) -> None:
    """UsageError for a file where nothing is written, or where none can be."""
    if out is None:
        return
    if to != CIRCUIT:
        raise UsageError(f"--out is for transformers and circuits. Leave it out, or --to {to}.")
    if out.suffix != SUFFIX:
        raise UsageError(f"a circuit is written into a file *{SUFFIX}, not {out}. Other forms: `logdepth export`.")
    from logdepth.numerics.files import check_writable

    check_writable(out)


def write_circuit_made(made: Any, out: Path | None) -> dict[str, Any]:
    """Write a circuit that was made, if that is wanted; what there is to tell of it: nothing of other artefacts."""
    measured = measure(made.artefact)
    if not measured:
        return {}
    if out is not None:
        from logdepth.circuits.formats import save_circuit

        save_circuit(made.artefact, out)
    written = None if out is None else str(out)
    return {"floats": floats_of(made), "alike": made.alike, "measured": measured, "circuit": written}


def floats_of(made: Any) -> dict[str, int]:
    return {"mantissa": made.number_format.mantissa, "exponent": made.number_format.exponent}


def source_called(
    word: str, typed: Mapping[str, str | None], to: str, context: typer.Context
) -> tuple[Source, dict[str, object]]:
    """What a word names, and the options of the way from there to a model among those that were typed.

    Errors: UsageError for a word that names nothing, and for an option of neither.
    """
    from logdepth.tasks import TASKS

    if is_circuit(word):
        raise UsageError(f"{word} is a circuit, and what is made of it is a transformer. Leave out --to.")
    if not (word in TASKS or is_own(word) or language_of([word]) or Path(word).is_dir()):
        task_named(word, {}, context)  # it refuses the word before all arrows are loaded
    from logdepth.arrows.registry import find_way, target_called
    from logdepth.programs import Program
    from logdepth.solutions import program_for

    target = target_called(to)
    if word in TASKS:
        way = find_way(Program, target)
        parameters, options = split(typed, way)
        refuse_other_ways(word, parameters, way)
        task = task_named(word, parameters, context, [option_called(option.name) for option in way.options])
        return Source(word, program_for(task), named(task)), options
    if language_of([word]):
        own = read_rasp_words([word], {option: value for option, value in typed.items() if option in OPTIONS})
        typed = {option: value for option, value in typed.items() if option not in OPTIONS}
        source = Source(word, own.made, {**named(own.task), "file": str(own.path)})
    else:
        source = source_of_file(word) if is_own(word) else source_of_folder(word)
    way = find_way(type(source.value), target)
    rest, options = split(typed, way)
    refuse_other_ways(word, rest, way)
    for option in rest:
        known = [option_called(item.name) for item in way.options]
        raise UsageError(f"{word} takes no parameters, and {way.name} no {option}. {did_you_mean(option, known)}")
    return source, options


def check_for_transformer(names: Sequence[str], parameters: Iterable[str]) -> None:
    """UsageError for a transformer of a transformer, and for an option of another way than that of a task to one."""
    from logdepth.tasks import TASKS

    if len(names) != 1:
        return
    [word] = names
    if word not in TASKS and Path(word).is_dir() and is_compiled(Path(word)):
        raise UsageError(f"{word} holds a transformer. Say what to make of it: logdepth compile {word} --to mpc.")
    if word in TASKS and (strange := set(parameters) - {option_called(item.name) for item in TASKS[word].describe()}):
        from logdepth.arrows.registry import find_way, target_called
        from logdepth.programs import Program

        refuse_other_ways(word, sorted(strange), find_way(Program, target_called(TRANSFORMER)))


def source_of_file(word: str) -> Source:
    """The program or the protocol of a Python file."""
    from logdepth.programs import Program

    own = read_own(word)
    if isinstance(own.made, Program):
        return Source(word, own.made, {**named(own.task), "file": str(own.path)})
    raw = own.made
    parameters = {"machines": raw.machines, "slots": raw.slots, "rounds": raw.rounds}
    return Source(word, raw, {"task": None, "protocol": raw.name, "parameters": parameters, "file": str(own.path)})


def source_of_folder(word: str, weights: str | None = None) -> Source:
    """The transformer of a model's folder, or the network of a run or a checkpoint.

    weights: a file of weights that stand in place of the folder's own, of a transformer.
    """
    from logdepth.artefacts import read_model

    folder = Path(word)
    if weights is None and not is_compiled(folder) and is_trained(folder):
        return source_of_network(word)
    model = read_model(folder, weights)
    return Source(word, model.transformer, {**named(model.task), "folder": word})


def is_compiled(folder: Path) -> bool:
    from logdepth.artefacts import DESCRIPTION

    return (folder / DESCRIPTION).is_file()


def is_trained(folder: Path) -> bool:
    from logdepth.learn.trained.models import CONFIGS
    from logdepth.learn.training.run_folder import is_run

    return is_run(folder) or any((folder / name).exists() for name in CONFIGS)


def source_of_network(word: str) -> Source:
    """Errors: UsageError as `read_answering`."""
    from logdepth.learn.trained.models import Trained, read_answering
    from logdepth.networks import Classifier

    model = read_answering(word)
    assert isinstance(model, Trained), "a folder without a compiled model's description"
    shape = model.network.shape
    parameters = {"tokens": shape.positions, "depth": shape.depth, "heads": shape.heads, "width": shape.width}
    described = {"task": None, "network": Path(word).name, "parameters": parameters, "file": word}
    return Source(word, Classifier(model.network), described)


def split(typed: Mapping[str, str | None], way: "Way") -> tuple[dict[str, str | None], dict[str, object]]:
    """Of the options that were typed those that are none of the way's, as they are, and those of the way, by name."""
    of_way = {option_called(option.name) for option in way.options}
    own = {option: value for option, value in typed.items() if option in of_way}
    rest = {option: value for option, value in typed.items() if option not in of_way}
    return rest, dict(settings_of(own))


def refuse_other_ways(word: str, options: Iterable[str], way: "Way") -> None:
    """UsageError for an option that this way does not have, but another one; parameters of a task are none."""
    from logdepth.arrows import name_of
    from logdepth.arrows.registry import ARROWS
    from logdepth.tasks import TASKS

    own = [option_called(item.name) for item in way.options]
    free = [*own, *(option_called(item.name) for item in (TASKS[word].describe() if word in TASKS else ()))]
    for option in options:
        name = SPELT.get(option, option)
        others = [arrow for arrow in ARROWS.values() if name in (option_called(item.name) for item in arrow.options)]
        if others and name not in free:
            alike = [each for each in others if each.source is way.arrows[0].source]
            where = alike[0] if alike else others[0]
            source = "" if alike else f" from a {name_of(where.source)}"
            raise UsageError(
                f"{option} belongs to --to {name_of(where.target)}{source}, and {way.name}, the way that is taken here,"
                f" has {', '.join(own)}. Leave it out."
            )


def tell_own_protocol(source: Source, to: str) -> None:
    """A note if `logdepth mpc` would run another protocol than the one of the task's program."""
    from logdepth.protocols import PROTOCOLS

    if to == "mpc" and source.word in PROTOCOLS:
        note(
            f"{source.word} has a protocol of its own, too, which `logdepth mpc {source.word}` runs; this is the one of"
            " its program, as with --program."
        )


def print_way(source: Source, way: "Way", result: Mapping[str, Any]) -> None:
    """For people: the way, what it says, and the sizes that are claimed."""
    output = console()
    print_heading(source.name, result["parameters"])
    for arrow in way:
        output.print(f"[bold]{plain(arrow.name)}[/]: {plain(arrow.theorem)} [dim]{plain(arrow.proof)}[/]")
    output.print(sizes_beside(result["claimed"], result.get("measured", {})))
    if "floats" in result:
        floats = result["floats"]
        output.print(f"in floats of {floats['mantissa']} bits of mantissa and {floats['exponent']} of exponent")
        if result["alike"] is False:
            bits = floats["mantissa"] + floats["exponent"]
            output.print(f"[bold red]no format of {bits} bits gives the model's own answers to eight drawn tables[/]")
    if result["to"] == "mpc" and "network" not in result:
        verb = "simulate" if "folder" in result else "mpc"
        output.print(f"[dim]built, and not run: logdepth {verb} {plain(source.word)} runs it on an input[/]")
    if result["to"] == CIRCUIT:
        print_next(result)
    output.print(f"[dim]{result['seconds']:.1f} s[/]")


def print_next(result: Mapping[str, Any]) -> None:
    """Where a circuit is, and how to prove it."""
    if result["circuit"] is None:
        console().print("[dim]built, and not written: --out FILE.circuit writes it[/]")
        return
    console().print(f"written to {result['circuit']}", soft_wrap=True, markup=False)
    from logdepth.proofs import DEFINITIONS
    from logdepth.tasks import make_task

    if result.get("task") in {each.name for each in DEFINITIONS}:
        task = task_as_typed(make_task(result["task"], result["parameters"]))
        prove = f"logdepth prove {shlex.quote(result['circuit'])} {task}"
        console().print(f"is it right on all inputs? {prove}", soft_wrap=True, markup=False)


def arrows_for_help(words: Sequence[str]) -> "Sequence[tuple[str, Sequence[Parameter]]]":
    """For the help of `compile … --to TARGET`: the arrows that can lead there, and their options."""
    from logdepth.arrows.registry import ARROWS, target_called
    from logdepth.programs import Program
    from logdepth.tasks import TASKS

    names, options = part([word for word in words if word not in ("-h", "--help")])
    if "--to" not in options:
        return []
    target = target_called(str(options["--to"]))
    leading = (arrow for arrow in ARROWS.values() if arrow.target is target)
    from_task = any(name in TASKS for name in names)
    return [(arrow.name, arrow.options) for arrow in leading if not from_task or issubclass(Program, arrow.source)]
