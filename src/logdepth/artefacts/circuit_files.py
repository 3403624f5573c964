"""A file with a circuit as a program of the user's own: the evaluator that takes it, judged by the circuit itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from logdepth.arrows.circuit_to_transformer import Evaluator, Instructions, evaluator_for
from logdepth.artefacts.own_files import OwnFile
from logdepth.circuits.formats import open_circuit


def read_circuit_file(path: str | Path, by: str = "wires") -> OwnFile:
    """The program that evaluates circuits as large as the one in a file. Its tables are this circuit's, with random
    inputs, and its oracle the circuit. by: as in the arrow circuit-to-transformer.

    Errors: UsageError for no such file, one that is no circuit, a circuit of too many wires, or another `by`.
    """
    instructions = Instructions(open_circuit(path))
    evaluator = evaluator_for(instructions, by)

    def sample(rng: np.random.Generator) -> dict[str, np.ndarray]:
        return evaluator.columns(instructions, rng.integers(0, 2, len(instructions.circuit.inputs)))

    def oracle(columns: dict[str, np.ndarray]) -> np.ndarray:
        return values_of(instructions, evaluator, columns["given"])

    return OwnFile(Path(path), evaluator.program(), oracle, sample)


def values_of(instructions: Instructions, evaluator: Evaluator, given: np.ndarray) -> np.ndarray:
    """The value of every node in its row, as a circuit is defined; 0 in the rows of wires."""
    circuit = instructions.circuit
    values = np.zeros(evaluator.rows, dtype=np.int64)
    values[: circuit.nodes] = circuit.values(given[None, : len(circuit.inputs)])[:, 0]
    return values
