"""Threshold circuits: values, ways to evaluate them, and the files that solvers read."""

from logdepth.circuits.adders import to_logic
from logdepth.circuits.bit_slices import BitSliced
from logdepth.circuits.builder import CircuitBuilder
from logdepth.circuits.circuit import Circuit, Gate
from logdepth.circuits.form import Form
from logdepth.circuits.functions import boolean_function, symmetric

__all__ = [
    "BitSliced",
    "Circuit",
    "CircuitBuilder",
    "Form",
    "Gate",
    "boolean_function",
    "symmetric",
    "to_logic",
]
