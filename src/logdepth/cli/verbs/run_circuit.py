"""`logdepth run CIRCUIT INPUT`: a circuit on many inputs, or on one table."""

import json
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from logdepth.cli.answers import check_suffix
from logdepth.cli.circuits import circuit_at, described
from logdepth.cli.columns import as_rows
from logdepth.cli.inputs import input_path, without_spool
from logdepth.cli.machines import check_files
from logdepth.cli.printing import compare, console, note, plain, plain_table, print_heading, print_json
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from rich.table import Table

    from logdepth.circuits import Circuit
    from logdepth.circuits.formats import Inputs

SHOWN = 20
"""Rows that are printed."""
WIDE = 8
"""Outputs that have a column each."""
FEW = 64
"""Inputs up to which a circuit is evaluated as it is defined; more are worth the time to slice it."""


def run_circuit(
    file: Path,
    given: Path,
    out: Path | None,
    report: Path | None,
    idle: Mapping[str, object],
    model: Path | None = None,
    *,
    as_json: bool,
) -> int:
    """Evaluate a circuit on every input in a file. idle: options that are of models, with their values.

    report: where the page of the first input is to be. model: the folder of an evaluator, which does it; then it is
    compared with the circuit itself.
    """
    for option in [name for name, value in idle.items() if value]:
        raise UsageError(f"{option} is for models, and {file} is a circuit. Leave it out.")
    from logdepth.circuits.formats import read_inputs

    started = perf_counter()
    check_suffix(out)
    check_files({"INPUT": given, "--out": out, "--report": report})
    circuit, path = circuit_at(file), input_path(given)
    inputs = read_inputs(circuit, path)
    began = perf_counter()
    answer = evaluate(circuit, inputs.bits) if model is None else evaluate_by_model(model, circuit, inputs.bits)
    taken = perf_counter() - began
    correct = model is None or bool((answer == evaluate(circuit, inputs.bits)).all())
    result = {
        **described(file, circuit),
        "input": without_spool(str(path)),
        "inputs": len(inputs.bits),
        "answer": as_answer(circuit, inputs, answer),
        **({} if model is None else {"folder": str(model), "correct": correct}),
        "evaluation_seconds": taken,
        "seconds": perf_counter() - started,
    }
    if report is not None:
        write_page(report, file.stem, circuit, inputs.bits[0])
    if out is not None:
        write_outputs(out, circuit, inputs, answer, result)
    if as_json:
        print_json(result)
        return int(not correct)
    print_outputs(result, circuit, inputs, answer)
    if model is not None:
        console().print(compare(correct, taken, to="the circuit itself"))
    if out is not None:
        console().print(f"written to {out}", soft_wrap=True, markup=False)
    if report is not None:
        console().print(f"look at {report}, of the first input", soft_wrap=True, markup=False)
    return int(not correct)


def write_page(report: Path, name: str, circuit: "Circuit", bits: "np.ndarray") -> None:
    from logdepth.numerics.files import write_file
    from logdepth.pages.circuit import circuit_page

    write_file(report, circuit_page(name, circuit, bits).encode())


def evaluate(circuit: "Circuit", bits: "np.ndarray") -> "np.ndarray":
    """(instances, outputs) bool."""
    from logdepth.circuits import BitSliced

    return circuit.evaluate(bits) if len(bits) <= FEW else BitSliced(circuit)(bits)


def evaluate_by_model(folder: Path, circuit: "Circuit", bits: "np.ndarray") -> "np.ndarray":
    """The same, by the transformer in a folder. Errors: UsageError if it evaluates none, or none so large."""
    from logdepth.arrows.circuit_to_transformer import evaluate, evaluator_of
    from logdepth.artefacts import read_model

    model = read_model(folder)
    evaluator = evaluator_of(model.program)
    if evaluator is None:
        raise UsageError(
            f"{folder} does not evaluate circuits. Make one that does: logdepth compile CIRCUIT --out DIR."
        )
    return evaluate(model.transformer, evaluator, circuit, bits).astype(bool)


def as_answer(circuit: "Circuit", inputs: "Inputs", answer: "np.ndarray") -> Any:
    """Of a table its output columns; of rows the names of the outputs, and a row of bits for every input."""
    if inputs.table:
        return columns_of(circuit, answer)
    return {"outputs": list(circuit.outputs), "rows": answer.astype(int).tolist()}


def columns_of(circuit: "Circuit", answer: "np.ndarray") -> dict[str, list[int]]:
    from logdepth.circuits import decode_columns

    return {name: column.tolist() for name, column in decode_columns(circuit.outputs, answer[0]).items()}


def write_outputs(
    out: Path, circuit: "Circuit", inputs: "Inputs", answer: "np.ndarray", result: Mapping[str, Any]
) -> None:
    """As rows below their names; in .txt as rows alone, in .json all that is told."""
    from logdepth.circuits.formats import write_rows
    from logdepth.numerics.files import is_special, write_file

    if out.exists() and not is_special(out):
        note(f"{out} was there; it is replaced.")
    suffix = out.suffix.lower()
    mark = {".csv": ",", ".tsv": "\t"}.get(suffix, " ")
    if suffix == ".json":
        return write_file(out, (json.dumps(result) + "\n").encode())
    if inputs.table:
        columns = columns_of(circuit, answer)
        lines = [mark.join(columns), *(mark.join(map(str, row)) for row in zip(*columns.values(), strict=True))]
        return write_file(out, "".join(f"{line}\n" for line in lines).encode())
    heading = b"" if mark == " " else (mark.join(circuit.outputs) + "\n").encode()
    return write_file(out, heading + write_rows(answer, mark))


def print_outputs(result: Mapping[str, Any], circuit: "Circuit", inputs: "Inputs", answer: "np.ndarray") -> None:
    output, count = console(), len(answer)
    sizes = {name: f"{result['parameters'][name]:,}" for name in ("gates", "depth")}
    print_heading(result["circuit"], sizes)
    output.print(f"{result['input']}\n", markup=False, soft_wrap=True)
    if inputs.table:
        output.print(as_rows({f"out {name}": column for name, column in result["answer"].items()}))
    else:
        output.print(table_of(circuit, answer[:SHOWN]))
        if count > SHOWN:
            output.print(f"[dim]{count - SHOWN:,} more inputs; --out FILE.csv writes all[/]")
    output.print(f"[dim]{count:,} input{'s' * (count > 1)} in {result['evaluation_seconds']:.2f} s[/]")


def table_of(circuit: "Circuit", answer: "np.ndarray") -> "Table":
    """A line for every input; more outputs than `WIDE` stand side by side as bits, in order."""
    wide = len(circuit.outputs) > WIDE
    names = [f"outputs {next(iter(circuit.outputs))} … {list(circuit.outputs)[-1]}"] if wide else circuit.outputs
    table = plain_table("input", *map(plain, names))
    for number, row in enumerate(answer.astype(int).tolist(), start=1):
        bits = [str(bit) for bit in row]
        table.add_row(f"[dim]{number}[/]", *(["".join(bits)] if wide else bits))
    return table
