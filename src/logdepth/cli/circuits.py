"""Threshold circuits on the command line: files that hold one, what was measured of it, and export."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logdepth.cli.options import settings_of
from logdepth.cli.printing import console, plain, plain_table
from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from rich.table import Table

    from logdepth.artefacts import OwnFile
    from logdepth.circuits import Circuit

BY = "--by"
SUFFIXES = (".circuit", ".aag", ".aig", ".aiger")
"""Of files that hold a circuit: our own, and AIGER."""


def is_circuit(word: object) -> bool:
    """Whether a word, or a place, names a file with a circuit."""
    return Path(str(word)).suffix in SUFFIXES


def circuit_at(path: str | Path) -> "Circuit":
    """Errors: UsageError for a file that holds none."""
    from logdepth.circuits.formats import open_circuit

    return open_circuit(path)


def read_circuit_words(word: str, options: Mapping[str, str | None]) -> "OwnFile":
    """The evaluator of the circuit in a file. Errors: UsageError for an option that it does not have."""
    from logdepth.artefacts import read_circuit_file

    for option in options:
        if option != BY:
            raise UsageError(
                f"{word} is a circuit, and its evaluator has no option {option}. {did_you_mean(option, [BY])}"
            )
    return read_circuit_file(word, settings_of(options).get("by", "wires"))


def described(path: str | Path, circuit: "Circuit") -> dict[str, Any]:
    """A circuit of a file, as JSON."""
    parameters = {"inputs": len(circuit.inputs), "outputs": len(circuit.outputs), **asdict(circuit.sizes)}
    return {"task": None, "circuit": Path(path).stem, "parameters": parameters, "file": str(path)}


def measure(artefact: Any) -> dict[str, int]:
    """What a circuit takes; of other artefacts nothing."""
    from logdepth.circuits import Circuit

    return asdict(artefact.sizes) if isinstance(artefact, Circuit) else {}


def sizes_beside(claimed: Mapping[str, int | str], measured: Mapping[str, int]) -> "Table":
    """What is claimed, and if it was measured what was."""
    table = plain_table("size", "claimed", *(["measured", ""] if measured else []))
    for column in table.columns[1:3]:
        column.justify = "right"
    for name in {**claimed, **measured}:
        size, found = claimed.get(name), measured.get(name)
        said = "[dim]–[/]" if size is None else plain(size) if isinstance(size, str) else f"≤ {size:,}"
        table.add_row(name, said, *([] if not measured else [f"{found:,}", verdict(size, found)]))
    return table


def verdict(claimed: int | str | None, measured: int | None) -> str:
    if not isinstance(claimed, int) or measured is None:
        return ""
    return "[green]✓[/]" if measured <= claimed else "[bold red]more than claimed[/]"


def export_circuit_file(path: Path, form: str, out: Path) -> dict[str, Any]:
    """Write the circuit of a file in another form; what to tell."""
    from logdepth.circuits.formats import export_circuit

    circuit = circuit_at(path)
    export_circuit(circuit, form, out)
    return {"file": str(path), "format": form, "path": str(out), **asdict(circuit.sizes)}


def print_exported(told: Mapping[str, Any]) -> None:
    said = f"{told['file']}, {count_of(told['gates'], 'gate')}, written as {told['format']} to {told['path']}"
    console().print(said, soft_wrap=True, markup=False)
    console().print(f"read it with: {READERS[told['format']]}", soft_wrap=True, markup=False)


READERS = {
    "aiger": "abc, aigverse, any tool for AIGER 1.9; `logdepth run`, `prove` and `compile` too",
    "opb": "a pseudo-Boolean solver, as clasp or minisat+; without a condition on an output it is satisfiable",
    "dimacs": "a SAT solver; without a condition on an output it is satisfiable",
    "blif": "abc, yosys",
}
