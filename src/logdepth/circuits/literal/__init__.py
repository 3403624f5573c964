"""Theorem 1 of Merrill and Sabharwal (arXiv 2207.00729), literally: every gate that the proof names.

A token is one float of p bits, and every function of floats is a table. So the circuit is for very few bits: it shows
the theorem, its formula, and that a gate follows from its number alone. `transformer_to_circuit` is for use.
"""

from logdepth.circuits.literal.build import build_literal
from logdepth.circuits.literal.codes import FloatCodes
from logdepth.circuits.literal.examples import arbitrary_functions, majority_of_tokens
from logdepth.circuits.literal.stream import LiteralCircuit, StreamedGate
from logdepth.circuits.literal.transformer import LiteralHead, LiteralLayer, LiteralTransformer

__all__ = [
    "FloatCodes",
    "LiteralCircuit",
    "LiteralHead",
    "LiteralLayer",
    "LiteralTransformer",
    "StreamedGate",
    "arbitrary_functions",
    "build_literal",
    "majority_of_tokens",
]
