"""Threshold circuits: values, ways to evaluate them, and the files that solvers read."""

from logdepth.circuits.adders import to_logic
from logdepth.circuits.bit_slices import BitSliced
from logdepth.circuits.builder import CircuitBuilder, depth_by_parts, drop_unread, parts_of
from logdepth.circuits.circuit import Circuit, Gate, check_bits
from logdepth.circuits.columns import bits_of, decode_columns, encode_columns, read_bits
from logdepth.circuits.floats import FloatFormat
from logdepth.circuits.form import Form
from logdepth.circuits.functions import boolean_function, symmetric
from logdepth.circuits.logic import AND, TRUE, Logic, LogicBuilder

__all__ = [
    "AND",
    "TRUE",
    "BitSliced",
    "Circuit",
    "CircuitBuilder",
    "FloatFormat",
    "Form",
    "Gate",
    "Logic",
    "LogicBuilder",
    "bits_of",
    "boolean_function",
    "check_bits",
    "decode_columns",
    "depth_by_parts",
    "drop_unread",
    "encode_columns",
    "parts_of",
    "read_bits",
    "symmetric",
    "to_logic",
]
