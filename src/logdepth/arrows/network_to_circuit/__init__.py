"""A small GPT-2 in floats of p bits becomes a threshold circuit that gives the same classes on every input."""

from logdepth.arrows.network_to_circuit.extract import network_to_circuit

__all__ = ["network_to_circuit"]
