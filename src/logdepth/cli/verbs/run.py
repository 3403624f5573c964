"""`logdepth run`."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.answers import check_suffix, in_words, show, write_answer
from logdepth.cli.circuits import is_circuit
from logdepth.cli.columns import is_program, named
from logdepth.cli.inputs import input_path, notes_of, print_notes, read_for_model, without_spool
from logdepth.cli.machines import check_files
from logdepth.cli.options import (
    Ask,
    Attention,
    Delimiter,
    Format,
    Json,
    Report,
    Simplify,
    check_order,
    how_to_read,
    parameters_of,
    part,
)
from logdepth.cli.own_files import OWN_FILE, is_own, model_and_task
from logdepth.cli.printing import compare, console, note, print_heading, print_json
from logdepth.cli.rasp_files import Place, takes_rasp
from logdepth.cli.verbs.run_circuit import run_circuit
from logdepth.cli.wording import task_as_typed
from logdepth.numerics.errors import BeyondTask, UsageError, did_you_mean

if TYPE_CHECKING:
    import numpy as np

    from logdepth.artefacts import Model
    from logdepth.tasks import HowToRead, Task
    from logdepth.transformer import Evaluated, StoppedEarly


@takes_rasp(
    "DIR|TASK|FILE|CIRCUIT",
    "The folder of a compiled model; or a task, which is compiled for INPUT, and not written, with its parameters as"
    f" options after INPUT, as in: components INPUT --way shallow; a circuit (.circuit), or {OWN_FILE}",
)
def run_model(
    context: typer.Context,
    directory: Place,
    input_file: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A text, an edge list or other graph file, or numbers; for a program of your own its columns, as CSV"
            " whose first line names them, as JSON, or as a text; for a circuit lines of bits, or CSV; - is standard"
            " input.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the answer into this file: .csv, .tsv, .json, or text.", show_default=False
        ),
    ] = None,
    report: Report = None,
    ask: Ask = None,
    simplify: Simplify = False,
    format: Format = None,
    delimiter: Delimiter = None,
    circuit: Annotated[
        Path | None,
        typer.Option(
            metavar="CIRCUIT",
            help="For a model that evaluates circuits, one made by `compile CIRCUIT`: the circuit, .circuit or AIGER,"
            " whose inputs INPUT holds.",
            show_default=False,
        ),
    ] = None,
    early_stop: Annotated[
        bool,
        typer.Option(
            "--early-stop",
            help="Run rounds that share weights only until one changes nothing, and say how many were used. The answer"
            " is the same.",
        ),
    ] = False,
    attention: Attention = "auto",
    as_json: Json = False,
) -> int:
    """Run a written model, or the model of a task, on a file, and compare with the exact answer."""
    parameters = parameters_after(directory, context)
    if is_circuit(directory) or circuit is not None:
        idle = {
            "--ask": ask,
            "--simplify": simplify,
            "--format": format,
            "--delimiter": delimiter,
            "--early-stop": early_stop,
            "--attention": attention != "auto",
        }
        first = Path(str(directory))
        evaluator = None if circuit is None else first
        return run_circuit(circuit or first, input_file, out, report, idle, evaluator, as_json=as_json)
    import numpy as np

    from logdepth.transformer import StoppedEarly, check_attention

    started = perf_counter()
    check_attention(attention)
    check_suffix(out)
    check_order(directory, input_file)
    check_files({"INPUT": input_file, "--out": out, "--report": report})
    how = how_to_read(simplify, format, delimiter, ask)
    model, task, instance, path = model_and_instance(directory, parameters, input_file, how)
    print_notes(task, instance)
    answer, counted = answer_counting(model, instance, attention, early_stop)
    pairs, rounds = counted.pairs, counted.rounds if isinstance(counted, StoppedEarly) else None
    exact = task.solve(instance)
    correct = bool(np.array_equal(answer, exact))
    given = without_spool(str(path))
    result = {
        **named(task),
        "input": given,
        "answer": task.present(answer, instance),
        **in_words(task, instance, answer),
        **task.details(answer, instance),
        "correct": correct,
        **({} if rounds is None else {"rounds": {"used": rounds.most, "of": rounds.of}}),
        "seconds": perf_counter() - started,
        "pairs": pairs.as_json(),
        "notes": notes_of(task, instance),
    }
    if report is not None:
        from logdepth.pages import write_report

        oracle = task.oracle if is_program(task) else None
        write_report(model, report, instance, input_name=path.name, oracle=oracle)
    if out is not None:
        write_answer(out, task, instance, answer, result)
    if as_json:
        print_json(result)
    else:
        output = console()
        print_heading(task.name, task.parameters)
        output.print(f"{given}\n", markup=False, soft_wrap=True)
        output.print(show(task, instance, answer, None if correct else exact))
        output.print(f"\n{compare(correct, result['seconds'])}")
        if rounds is not None:
            output.print(f"rounds used: {rounds}")
        if pairs.looked_up:
            output.print(f"[dim]{pairs}; heads looked up the rows that they read[/]", soft_wrap=True)
        if out is not None:
            output.print(f"written to {out}", soft_wrap=True, markup=False)
        if report is not None:
            output.print(f"look at {report}", soft_wrap=True, markup=False)
    return int(not correct)


def answer_counting(
    model: "Model", instance: Any, attention: str, early_stop: bool
) -> "tuple[np.ndarray, Evaluated | StoppedEarly]":
    """The model's answer, and what its evaluation counted; a note names heads that could not look all their rows up."""
    from logdepth.transformer import evaluate_counting, evaluate_until_still

    evaluate = evaluate_until_still if early_stop else evaluate_counting
    found = evaluate(model.transformer, model.task.encode(instance), attention=attention)
    for head in found.pairs.scored:
        note(
            f"step {head.step}, head {head.label!r}: {head.queries:,} queries were scored with all keys, because no gap"
            " shows that the other keys have no weight"
        )
    return model.task.decode(found.outputs, instance), found


def names_task(place: Place) -> bool:
    """Whether this is the name of a task. A folder of the same name goes before it."""
    from logdepth.tasks import TASKS

    return str(place) in TASKS and not Path(str(place)).exists()


def parameters_after(place: Place, context: typer.Context) -> dict[str, str]:
    """The parameters of a task that the verb was given. Errors: UsageError for any, if no task is named."""
    words, options = part(context.args)
    for word in words:
        said = f"{context.info_name} takes one input, and {word!r} is one more."
        raise UsageError(f"{said} Leave it out; parameters of a task stand after INPUT.")
    if names_task(place):
        return parameters_of(str(place), options, context)
    own = [option for item in context.command.params for option in item.opts if option.startswith("--")]
    for name in options:
        if name in own:
            raise UsageError(f"{name} is for a file with RASP, or for a task, and {place} is none. Leave it out.")
        raise UsageError(f"{context.info_name} has no option {name}. {did_you_mean(name, own)}")
    return {}


def model_and_instance(
    place: Place, parameters: Mapping[str, str], file: Path, how: "HowToRead"
) -> "tuple[Model, Task[Any], Any, Path]":
    """The model of a folder, a file or a task, the task that judges it, the instance, and where that is."""
    from logdepth.tasks import TASKS

    if names_task(place):
        return compile_for(str(place), parameters, input_path(file), how)
    if not is_own(place) and not Path(str(place)).exists():
        for name in get_close_matches(str(place), TASKS, n=1):
            raise UsageError(f"there is no model folder {place}, and no task of this name. Did you mean {name!r}?")
    model, task = model_and_task(place)
    return model, task, *read_for_model(model, file, how)


def compile_for(
    name: str, parameters: Mapping[str, str], path: Path, how: "HowToRead"
) -> "tuple[Model, Task[Any], Any, Path]":
    """The model of a task, with these parameters and as large as the instance in a file needs."""
    from logdepth.artefacts import compile_task
    from logdepth.tasks import read_fitting

    try:
        task, instance = read_fitting(name, path, parameters, **how)
    except BeyondTask as error:
        raise error.of_model() from None
    note(
        f"{name} is compiled for this input; to verify and keep the model: logdepth compile {task_as_typed(task)}"
        " --out DIR"
    )
    return compile_task(task), task, instance, path
