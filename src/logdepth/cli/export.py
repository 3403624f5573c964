"""`logdepth export`."""

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from logdepth.cli.options import Json
from logdepth.cli.own_files import ModelPlace, model_of
from logdepth.cli.printing import console, print_json


def export_model(
    directory: ModelPlace,
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="transformer-lens or onnx.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Write the model into this file.")],
    as_json: Json = False,
) -> None:
    """Write a model in another ecosystem's format."""
    from logdepth.exports import export

    started = perf_counter()
    export(model_of(directory), format_, out)
    seconds = perf_counter() - started
    if as_json:
        told = {"folder": str(directory), "format": format_, "path": str(out)}
        print_json({**told, "load": how_to_load(format_, out), "seconds": seconds})
    else:
        console().print(f"{directory} written as {format_} to {out}", soft_wrap=True, markup=False)
        console().print(f"load it in Python: {how_to_load(format_, out)}", soft_wrap=True, markup=False)


def how_to_load(format_: str, path: Path) -> str:
    """A line of Python that opens the file."""
    if format_ == "onnx":
        return f"onnxruntime.InferenceSession({str(path)!r})"
    return f"logdepth.exports.load_transformer_lens({str(path)!r})"
