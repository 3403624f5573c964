"""Write a model with its page, as `compile` and `demo` do, and tell what became of it."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from logdepth.cli.printing import console, note, print_json

if TYPE_CHECKING:
    from logdepth.artefacts import Model


def write_and_tell(
    model: "Model",
    out: Path | None,
    write: "Callable[[Model, Path], Path]",
    sizes: Mapping[str, Any],
    show: Callable[[dict[str, Any]], None],
    *,
    started: float,
    built: float,
    as_json: bool,
) -> int:
    """Write a model that was compiled, unless it is wrong, print its sizes, and return the exit status.

    write: as `write_with_report`; show: the result for people. started, built: by `perf_counter`.
    """
    wrong = bool(model.verified and model.verified["wrong"])
    status = int(wrong or bool(model.verified and model.verified["skipped"] > model.verified["instances"]))
    page = write(model, out) if out is not None and not wrong else None
    seconds = {"compile_seconds": built - started, "seconds": perf_counter() - started}
    result = {**sizes, "folder": str(out) if page else None, **seconds}
    if as_json:
        print_json(result)
        return status
    show(result)
    output = console()
    output.print("[dim]built in {compile_seconds:.2f} s, all in {seconds:.1f} s[/]".format_map(seconds))
    if page is not None:
        output.print(f"written to {out}; look at {page}", soft_wrap=True, markup=False)
    elif out is not None:
        output.print("a wrong model is not written")
    return status


def write_with_report(model: "Model", directory: Path, instance: Any = None, input_name: str = "") -> Path:
    """Write the folder of a model and its page, which shows a run on `instance`; return the path of the page."""
    from logdepth.pages import make_page

    return write_with_page(model, directory, make_page(model, instance, input_name=input_name))


def write_with_page(model: "Model", directory: Path, html: str) -> Path:
    """Write the folder of a model and this page, which was drawn first: if it cannot be, nothing is written."""
    from logdepth.artefacts import REPORT, write_model
    from logdepth.numerics.files import write_file

    tell_replaced(directory)
    write_model(model, directory)
    write_file(directory / REPORT, html.encode())
    return directory / REPORT


def tell_replaced(directory: Path) -> None:
    """A note if another model is there."""
    from logdepth.artefacts import DESCRIPTION

    with suppress(OSError, ValueError, AttributeError):
        held = json.loads((directory / DESCRIPTION).read_text("utf-8"))
        sizes = ", ".join(f"{name}={value}" for name, value in held.get("parameters", {}).items())
        note(f"{directory} held a model of {held.get('name')} {sizes}".rstrip() + "; it is replaced.")
