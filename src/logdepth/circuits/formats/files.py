"""A circuit in a file: which form it has, and the forms that others read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from logdepth.circuits.circuit import Circuit
from logdepth.circuits.formats.aiger import read_aiger, write_aiger
from logdepth.circuits.formats.blif import write_blif
from logdepth.circuits.formats.dimacs import write_dimacs
from logdepth.circuits.formats.document import read_circuit, write_circuit
from logdepth.circuits.formats.opb import write_opb
from logdepth.numerics.documents import MOST_BYTES
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.numerics.files import read_file, write_file

PACKED = ".aig"
AIGER = (".aag", PACKED, ".aiger")

Write = Callable[[Circuit, Path], bytes]

EXPORTS: dict[str, Write] = {
    "aiger": lambda circuit, path: write_aiger(circuit, packed=path.suffix == PACKED),
    "opb": lambda circuit, path: write_opb(circuit).encode(),
    "dimacs": lambda circuit, path: write_dimacs(circuit).encode(),
    "blif": lambda circuit, path: write_blif(circuit, path.stem).encode(),
}
"""Forms that other tools read. AIGER is packed where the file's name ends in .aig."""


def open_circuit(path: str | Path) -> Circuit:
    """The circuit in a file: our own form, or AIGER, by what the file begins with.

    Errors: UsageError for what is neither, with the place in the file.
    """
    data = read_file(path, MOST_BYTES)
    if not data.strip():
        raise UsageError(f"{path} is empty. Give a file of a circuit: our own form, or AIGER.")
    if not data.startswith((b"aag", b"aig")):
        if Path(path).suffix in AIGER:
            raise UsageError(f"{path} is no AIGER: it does not begin with 'aag' or 'aig'. Give a file that does.")
        return read_circuit(path)
    try:
        return read_aiger(data)
    except UsageError as error:
        raise UsageError(f"{path}:", error) from None


def save_circuit(circuit: Circuit, path: str | Path) -> None:
    """Write our own form. Errors: UsageError if it is more than is read again, or the system refuses."""
    data = write_circuit(circuit).encode()
    if len(data) > MOST_BYTES:
        raise UsageError(
            f"the circuit takes {len(data):,} bytes, and files of at most {MOST_BYTES:,} are read. Take a smaller size."
        )
    write_file(path, data)


def export_circuit(circuit: Circuit, form: str, path: str | Path) -> None:
    """Write a circuit in another form of file. Errors: UsageError for an unknown form, or if the system refuses."""
    if form not in EXPORTS:
        raise UsageError(f"a circuit has no format {form!r}. {did_you_mean(form, EXPORTS)}")
    write_file(path, EXPORTS[form](circuit, Path(path)))
