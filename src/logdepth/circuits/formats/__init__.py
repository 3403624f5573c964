"""Files of circuits: our own, and those that solvers and tools for logic read."""

from logdepth.circuits.formats.aiger import read_aiger, write_aiger
from logdepth.circuits.formats.blif import write_blif
from logdepth.circuits.formats.dimacs import clauses_of, variable_of, write_dimacs
from logdepth.circuits.formats.document import read_circuit, write_circuit
from logdepth.circuits.formats.opb import write_opb

__all__ = [
    "clauses_of",
    "read_aiger",
    "read_circuit",
    "variable_of",
    "write_aiger",
    "write_blif",
    "write_circuit",
    "write_dimacs",
    "write_opb",
]
