"""`logdepth explore`."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from logdepth.cli.inputs import print_notes, read_for_model
from logdepth.cli.machines import check_files
from logdepth.cli.options import Ask, Delimiter, Format, Json, Simplify, how_to_read
from logdepth.cli.own_files import OWN_FILE, is_own, model_and_task
from logdepth.cli.printing import console, print_json
from logdepth.cli.rasp_files import Place, takes_rasp
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.explore import Explorer
    from logdepth.tasks import HowToRead


@takes_rasp("MODEL", f"The folder of a compiled model; or {OWN_FILE} Or a trained k-hop model")
def explore_model(
    model: Place,
    input_file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[INPUT]",
            help="The input that the page shows first, as `run` takes it; for a trained model a text, '3 abcab': k, a"
            " space, and the letters. By default a real or a random one.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Write the page into this file.")] = Path("explorer.html"),
    ask: Ask = None,
    simplify: Simplify = False,
    format: Format = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
) -> None:
    """Write a page that runs a model in the browser, on inputs of its reader: one file, no network."""
    started = perf_counter()
    check_files({"INPUT": input_file, "--out": out})
    how = how_to_read(simplify, format, delimiter, ask)
    explorer = explorer_of_trained(model, input_file) if is_trained(model) else explorer_of(model, input_file, how)
    explorer.write(out)
    size, seconds = len(explorer.html.encode()), perf_counter() - started
    if as_json:
        print_json({"model": str(model), "name": explorer.title, "path": str(out), "bytes": size, "seconds": seconds})
    else:
        console().print(f"look at {out}: {size:,} bytes, one file", soft_wrap=True, markup=False)
        console().print("[dim]it runs the model itself, and says when it is opened what it checked[/]")


def is_trained(place: Place) -> bool:
    """Whether this is none of the models that `compile` writes, and no file of the user's own."""
    from logdepth.artefacts import DESCRIPTION

    path = Path(str(place))
    if is_own(place) or not path.exists() or (path / DESCRIPTION).exists():
        return False
    refuse_other_file(path)
    return True


def refuse_other_file(path: Path) -> None:
    """UsageError for a file that is no model of any kind, such as an input without its model."""
    from logdepth.networks import WEIGHTS

    if path.is_file() and path.suffix not in (*WEIGHTS, ".json"):
        raise UsageError(
            f"{path} is no model. Give the folder of a model first, and after it the input that the page shows first."
        )


def explorer_of(place: Place, input_file: Path | None, how: "HowToRead") -> "Explorer":
    from logdepth.explore import make_explorer

    model, task = model_and_task(place)
    if input_file is None:
        return make_explorer(model)
    instance, path = read_for_model(model, input_file, how)
    print_notes(task, instance)
    return make_explorer(model, instance, path.name)


def explorer_of_trained(place: Place, input_file: Path | None) -> "Explorer":
    from logdepth.explore import make_trained_explorer
    from logdepth.learn.trained.models import read_answering
    from logdepth.tasks import read_text

    answering = read_answering(Path(str(place)))
    text = None if input_file is None else read_text(input_file).strip()
    if text == "":
        raise UsageError(f"{input_file} is empty. Begin it with k and a space, then the letters.")
    return make_trained_explorer(answering, text)
