"""BLIF: logic as tables, which ABC and other tools for synthesis read."""

from __future__ import annotations

import re

from logdepth.circuits.adders import to_logic
from logdepth.circuits.circuit import Circuit
from logdepth.circuits.logic import XOR


def write_blif(circuit: Circuit, name: str = "circuit") -> str:
    """One table for each AND and XOR, each output, and the constant 0. Names are those of the circuit, made safe."""
    logic = to_logic(circuit)
    inputs = [f"i{place}_{safe(one)}" for place, one in enumerate(logic.inputs)]
    outputs = [f"o{place}_{safe(one)}" for place, one in enumerate(logic.outputs)]
    nodes = ["zero", *inputs, *(f"n{place}" for place in range(logic.operations))]
    lines = [f".model {safe(name)}", f".inputs {' '.join(inputs)}", f".outputs {' '.join(outputs)}", ".names zero"]
    first = 1 + len(inputs)
    for place, (kind, left, right) in enumerate(zip(logic.kinds, logic.left, logic.right, strict=True)):
        lines.append(f".names {nodes[left >> 1]} {nodes[right >> 1]} {nodes[first + place]}")
        one, other = 1 - (left & 1), 1 - (right & 1)
        lines += ["10 1", "01 1"] if kind == XOR else [f"{one}{other} 1"]
    for output, literal in zip(outputs, logic.outputs.values(), strict=True):
        lines += [f".names {nodes[literal >> 1]} {output}", f"{1 - (literal & 1)} 1"]
    return "\n".join([*lines, ".end", ""])


def safe(name: str) -> str:
    return re.sub(r"\W", "_", name, flags=re.ASCII) or "_"
