"""Files of circuits: our own, and those that solvers and tools for logic read."""

from logdepth.circuits.formats.aiger import read_aiger, write_aiger
from logdepth.circuits.formats.blif import write_blif
from logdepth.circuits.formats.dimacs import clauses_of, clauses_of_operation, variable_of, write_dimacs
from logdepth.circuits.formats.document import read_circuit, write_circuit
from logdepth.circuits.formats.files import export_circuit, open_circuit, save_circuit
from logdepth.circuits.formats.opb import write_opb
from logdepth.circuits.formats.rows import Inputs, read_inputs, write_rows

__all__ = [
    "Inputs",
    "clauses_of",
    "clauses_of_operation",
    "export_circuit",
    "open_circuit",
    "read_aiger",
    "read_circuit",
    "read_inputs",
    "save_circuit",
    "variable_of",
    "write_aiger",
    "write_blif",
    "write_circuit",
    "write_dimacs",
    "write_opb",
    "write_rows",
]
