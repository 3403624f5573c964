"""`logdepth export`."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from logdepth.cli.circuits import export_circuit_file, is_circuit, print_exported
from logdepth.cli.options import Json
from logdepth.cli.own_files import OWN_FILE, model_of
from logdepth.cli.printing import console, print_json
from logdepth.numerics.letters import escape

if TYPE_CHECKING:
    from logdepth.artefacts import Model


def export_model(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE.py|CIRCUIT", help=f"The folder of a compiled model, a circuit (.circuit), or {OWN_FILE}"
        ),
    ],
    format_: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="transformer-lens or onnx; of a circuit aiger, opb, dimacs or blif."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Write the model into this file.")],
    as_json: Json = False,
) -> None:
    """Write a model in another ecosystem's format."""
    started = perf_counter()
    if is_circuit(directory):
        told = export_circuit_file(directory, format_, out)
        if as_json:
            print_json({**told, "seconds": perf_counter() - started})
        else:
            print_exported(told)
        return
    from logdepth.exports import export

    model = model_of(directory)
    export(model, format_, out)
    seconds = perf_counter() - started
    if as_json:
        told = {"folder": str(directory), "format": format_, "path": str(out)}
        print_json({**told, "load": how_to_load(format_, out), "seconds": seconds})
    else:
        console().print(f"{directory} written as {format_} to {out}", soft_wrap=True, markup=False)
        console().print(f"load it in Python: {how_to_load(format_, out)}", soft_wrap=True, markup=False)
        console().print(f"run it: {how_to_run(format_, model)}", soft_wrap=True, markup=False)


def how_to_load(format_: str, path: Path) -> str:
    """A line of Python that opens the file."""
    if format_ == "onnx":
        return f"onnxruntime.InferenceSession({str(path)!r})"
    return f"logdepth.exports.load_transformer_lens({str(path)!r})"


def how_to_run(format_: str, model: "Model") -> str:
    """What to do with what was loaded."""
    if format_ != "onnx":
        return ".run_with_cache(logdepth.exports.lens_input(model.transformer, columns))"
    from logdepth.exports import column_names

    inputs, _ = column_names(model.transformer)
    columns = ", ".join(f"{escape(name)!r}: …" for name in inputs.values())
    return f".run(None, {{{columns}}}), every column int64 of shape (tables, rows)"
