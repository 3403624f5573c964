"""`logdepth export`."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from logdepth.cli.circuits import export_circuit_file, is_circuit, print_exported
from logdepth.cli.options import Json
from logdepth.cli.own_files import OWN_FILE, model_of
from logdepth.cli.printing import console, print_json
from logdepth.cli.rasp_files import Place, takes_rasp
from logdepth.numerics.errors import UsageError
from logdepth.numerics.letters import escape

if TYPE_CHECKING:
    from logdepth.artefacts import Model


@takes_rasp("DIR|FILE|CIRCUIT", f"The folder of a compiled model, a circuit (.circuit), or {OWN_FILE}")
def export_model(
    directory: Place,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="transformer-lens, onnx or ground-truth; of a circuit aiger, opb, dimacs or blif.",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Write the model into this file.")],
    rotate: Annotated[
        int | None,
        typer.Option(min=0, metavar="SEED", help="In a randomly rotated basis, checked on inputs.", show_default=False),
    ] = None,
    permute: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="SEED", help="With residual columns in random order, of random signs.", show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a model in another ecosystem's format, or what each of its parts does."""
    started = perf_counter()
    if is_circuit(directory):
        if rotate is not None or permute is not None:
            raise UsageError(
                f"{directory} is a circuit, which has no residual stream. Leave out --rotate and --permute."
            )
        told = export_circuit_file(Path(str(directory)), format_, out)
        if as_json:
            print_json({**told, "seconds": perf_counter() - started})
        else:
            print_exported(told)
        return
    from logdepth.exports import export

    model = model_of(directory)
    turned = export(model, format_, out, rotate_by=rotate, permute_by=permute)
    seconds = perf_counter() - started
    if as_json:
        told = {"folder": str(directory), "format": format_, "path": str(out)}
        basis = {} if turned is None else {"readouts_off": turned.off, "instances": turned.instances}
        print_json({**told, **basis, "load": how_to_load(format_, out), "seconds": seconds})
    else:
        console().print(f"{directory} written as {format_} to {out}", soft_wrap=True, markup=False)
        if turned is not None:
            console().print(
                f"another basis: readouts are off by at most {turned.off:.1g} on {turned.instances} inputs, and an"
                " answer changes from 0.5 on",
                soft_wrap=True,
            )
        console().print(f"load it in Python: {how_to_load(format_, out)}", soft_wrap=True, markup=False)
        if format_ != "ground-truth":
            console().print(f"run it: {how_to_run(format_, model)}", soft_wrap=True, markup=False)
        if model.blank:
            console().print(
                f"give it all {model.transformer.rows} rows; the last {model.blank} are blank tokens: 0 in all"
            )


def how_to_load(format_: str, path: Path) -> str:
    """A line of Python that opens the file."""
    if format_ == "onnx":
        return f"onnxruntime.InferenceSession({str(path)!r})"
    if format_ == "ground-truth":
        return f"json.load(open({str(path)!r}))"
    return f"logdepth.exports.load_transformer_lens({str(path)!r})"


def how_to_run(format_: str, model: "Model") -> str:
    """What to do with what was loaded."""
    if format_ != "onnx":
        return ".run_with_cache(logdepth.exports.lens_input(model.transformer, columns))"
    from logdepth.exports import column_names

    inputs, _ = column_names(model.transformer)
    columns = ", ".join(f"{escape(name)!r}: …" for name in inputs.values())
    return f".run(None, {{{columns}}}), every column int64 of shape (tables, rows)"
