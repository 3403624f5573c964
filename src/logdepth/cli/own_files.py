"""A program or a protocol of the user's own on the command line: FILE.py, or FILE.py:name of several in one file."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.checking import Extent, refuse_empty, with_bits
from logdepth.cli.columns import counterexample, is_program, show_columns
from logdepth.cli.printing import console, plain, print_json, progress_bar
from logdepth.cli.protocols import check_protocol, compile_users_protocol, print_protocol, sizes_of_protocol
from logdepth.cli.rasp_files import SUFFIXES, Place, RaspFile, read_rasp_again
from logdepth.cli.sizes import print_sizes, sizes_as_json
from logdepth.cli.writing import write_and_tell, write_with_page
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.artefacts import Model, OwnFile
    from logdepth.programs import ProgramTask
    from logdepth.tasks import Task

SUFFIX = ".py"
OWN_FILE = (
    "a Python file with a program or a protocol of your own, which is EXECUTED, as by `python FILE.py`; or FILE.rasp,"
    " .crasp or .raspl, whose text is read."
)

TABLES = 10
"""So many are drawn, at most, in search of one that a page can hold."""

OwnWord = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE.py",
        help="The Python file that DIR was compiled from, which is EXECUTED: its oracle, if it has one, judges.",
        show_default=False,
    ),
]


def is_own(word: str | Place) -> bool:
    """Whether a word names a Python file, as FILE.py or FILE.py:name, or a file with RASP and its options."""
    return isinstance(word, RaspFile) or part(word)[0].suffix == SUFFIX


def is_programs(place: Place) -> bool:
    """Whether this is a file with a program, or the folder of a program's model."""
    from logdepth.artefacts import DESCRIPTION

    if is_own(place) or not (Path(str(place)) / DESCRIPTION).is_file():
        return is_own(place)
    return is_program(model_of(place).task)


def part(word: str | Path) -> tuple[Path, str | None]:
    """The file, and the name in it; None if there is none."""
    file, colon, name = str(word).rpartition(":")
    return (Path(file), name) if colon and file.endswith(SUFFIX) else (Path(word), None)


def read_own(word: str | Place) -> "OwnFile":
    """What a word names. Errors: as of `read_own_file`, or of `read_rasp_words`."""
    from logdepth.artefacts import read_own_file

    return word.read() if isinstance(word, RaspFile) else read_own_file(*part(word))


def model_of(place: str | Place) -> "Model":
    """The model of a folder, or of a file with a program, which is compiled.

    Errors: as of `read_model`, or of `read_own_file` and of the compiler.
    """
    from logdepth.artefacts import read_model

    return model_made(read_own(place)) if is_own(place) else read_model(Path(str(place)))


def model_and_task(place: str | Place) -> "tuple[Model, Task[Any]]":
    """The same, and the task that reads its inputs and judges it: of a file with an oracle, the oracle judges."""
    from logdepth.artefacts import read_model

    if not is_own(place):
        model = read_model(Path(str(place)))
        return model, model.task
    own = read_own(place)
    return model_made(own), own.task


def task_at(word: str, parameters: Collection[str]) -> "Task[Any] | None":
    """The task of a folder, or the program of a Python file; None if the word names neither, or if it names a task.

    parameters: options that are none of the verb's. Errors: UsageError for any, which the model or the file settles.
    """
    from logdepth.tasks import TASKS

    if word in TASKS or not (is_own(word) or Path(word).is_dir()):
        return None
    for option in parameters:
        raise UsageError(f"{word} takes no parameters, and {option} is no option here. Leave it out.")
    if is_own(word):
        return read_own(word).task
    from logdepth.artefacts import read_model

    return read_model(word).task


def model_made(own: "OwnFile") -> "Model":
    """The model of what a Python file defines."""
    from logdepth.artefacts import compile_program, compile_protocol
    from logdepth.programs import RawProtocol

    return compile_protocol(own.made) if isinstance(own.made, RawProtocol) else compile_program(own.made)


def refuse_program(place: str | Path) -> None:
    """UsageError for a file with a program, where a trained network is expected."""
    if is_own(place) or Path(place).suffix in SUFFIXES:
        raise UsageError(
            f"{place} is a program, and this verb takes a trained network. `logdepth verify` takes programs."
        )


# --- compile and verify ---


def compile_own_file(
    read: Callable[[], "OwnFile"],
    router: str | None,
    local: str | None,
    dtype: str | None,
    out: Path | None,
    untied: bool,
    extent: Extent | None,
    positions: str,
    as_json: bool,
) -> int:
    """Build the transformer of the program or the protocol in a file, verify it, and write it.

    positions: how a program's row numbers enter, as `compile_program` takes it.
    """
    from logdepth.arrows.program_to_transformer import TABLE
    from logdepth.artefacts import check_free, compile_program
    from logdepth.programs import RawProtocol

    started = perf_counter()
    if out is not None:
        check_free(out)
    own = read()
    if isinstance(own.made, RawProtocol):
        if untied and router != "packets":
            raise UsageError(
                "--untied is for rounds that share their weights; of a protocol they do with --router packets. Leave it"
                " out."
            )
        if positions != TABLE:
            raise UsageError("--lengths is for programs; a protocol has as many machines as it has. Leave it out.")
        tied = False if untied else None
        return compile_users_protocol(
            own.made, own.path, router or "exact", local or "weights", dtype, out, extent, as_json, tied
        )
    refuse_routing(router, local)
    model, task = compile_program(own.made, dtype, not untied, positions), own.task
    built = perf_counter()
    if extent is not None:
        model = check_program(model, task, extent)
    sizes = sizes_of_program(model, own.path)

    def write(model: "Model", directory: Path) -> Path:
        from logdepth.pages import make_page

        table = table_to_show(model, task, (extent or Extent()).seed)
        name = "" if table is None else "a table that the file’s sample draws"
        return write_with_page(model, directory, make_page(model, table, input_name=name, oracle=task.oracle))

    return write_and_tell(model, out, write, sizes, print_program, started=started, built=built, as_json=as_json)


def refuse_routing(router: str | None, local: str | None) -> None:
    """UsageError for options of protocols, where there is none."""
    if router is not None or local is not None:
        option = "--local" if router is None else "--router"
        raise UsageError(f"{option} belongs to a FILE.py that defines a RawProtocol; a program brings its own routes.")


def verify_own_file(place: Place, word: Path | None, extent: Extent, as_json: bool) -> int:
    """Check a model against the file that it was compiled from; `place` may be the file itself."""
    from logdepth.artefacts import read_model
    from logdepth.programs import RawProtocol

    started = perf_counter()
    rasp, directory = word is not None and word.suffix in SUFFIXES, Path(str(place))
    if word is not None and (is_own(place) or not (rasp or is_own(word))):
        raise UsageError(f"verify takes DIR, FILE.py, or DIR and FILE.py; got {place} and {word}.")
    own = read_rasp_again(word, read_model(directory)) if rasp and word else read_own(place if word is None else word)
    if not isinstance(own.made, RawProtocol):
        model = model_made(own) if word is None else read_model(directory)
        model = check_program(model, own.task, extent)
        result, show = sizes_of_program(model, own.path), print_program
    else:
        if extent.exhaustive:
            raise UsageError("a protocol has no sizes to enumerate; leave out --exhaustive.")
        model = model_made(own) if word is None else read_model(directory)
        model = check_protocol(own.made, model, None, extent)
        result, show = sizes_of_protocol(own.made, model, None, own.path), print_protocol
    refuse_empty(model)
    result["seconds"] = perf_counter() - started
    if as_json:
        print_json(result)
    else:
        show(result)
        console().print(f"[dim]{result['seconds']:.1f} s[/]")
    return int(not result["verified"]["verified"])


def check_program(model: "Model", task: "ProgramTask", extent: Extent) -> "Model":
    """The model with what was verified of it, by the task's oracle or else by what its program says."""
    from logdepth.verification import telling_instances, verify_program

    with progress_bar("verifying") as progress:
        found = verify_program(
            task.program,
            model,
            extent.samples,
            extent.exhaustive,
            extent.seed,
            progress,
            seconds=extent.seconds,
            oracle=task.oracle,
            sample=task.sampler,
            attention=extent.attention,
        )
    model = replace(model, origin=task.program)  # a folder of version 1 holds no program
    model = with_bits(model, found, lambda: telling_instances(model, extent.seed, task), extent)
    said = {**(model.verified or {}), "judge": "program" if task.oracle is None else "oracle"}
    if found.wrong:
        said["first_wrong"] = counterexample(model, task, found.first_wrong)
    return replace(model, verified=said)


def draw_table(task: "ProgramTask", seed: int, size: int | None = None) -> Mapping[str, Any]:
    """A random table that the program takes."""
    import numpy as np

    return task.sample(np.random.default_rng(seed), size=size)


def table_to_show(model: "Model", task: "ProgramTask", seed: int) -> Mapping[str, Any] | None:
    """The first that the file's sample draws of those that a page can hold; None without a sample, or if it is none."""
    from logdepth.traces import can_look_inside

    if task.sampler is None:
        return None
    drawn = (draw_table(task, seed + number) for number in range(TABLES))
    return next((table for table in drawn if can_look_inside(model, table)), None)


def sizes_of_program(model: "Model", file: Path | None = None) -> dict[str, Any]:
    """The same keys as for a task, and the file."""
    return {**sizes_as_json(model), "file": None if file is None else str(file)}


def print_program(result: dict[str, Any]) -> None:
    """For people."""
    print_sizes(result)
    verified = result["verified"]
    if verified:
        oracle = f"the oracle in {result['file']}"
        console().print(f"[dim]judged by {plain(oracle) if verified['judge'] == 'oracle' else 'the program itself'}[/]")
        if "first_wrong" in verified:
            print_counterexample(verified["first_wrong"], result["file"])


def print_counterexample(wrong: Mapping[str, Any], file: str | None) -> None:
    """The first wrong table, with both answers, and who is to blame."""
    output = console()
    output.print("\nthe first wrong table:")
    output.print(show_columns(wrong["input"], wrong["answer"], wrong["exact"]))
    if any(entry is None for entries in wrong["input"].values() for entry in entries):
        output.print("[dim]· is no letter, 0, which random tables hold too; a function sample(rng) draws others[/]")
    if wrong["as_the_program_says"]:
        output.print(
            f"The model gives what the program says; the program and its oracle differ. Change one of them in {file}.",
            soft_wrap=True,
            markup=False,
        )
    else:
        output.print("The model does not give what the program says: it is damaged, or this is an error of logdepth.")
