"""Random circuits, every input of a small one, and what a circuit means in plain Python."""

from __future__ import annotations

from collections import Counter

import numpy as np

from logdepth.circuits import Circuit, CircuitBuilder


def random_circuit(seed: int, inputs: int = 6, gates: int = 25, share: bool = True, large: bool = False) -> Circuit:
    """Weights of both signs, some beyond int64 if `large`; the last four gates are the outputs."""
    rng = np.random.default_rng(seed)
    builder = CircuitBuilder([f"x{place}" for place in range(inputs)], share)
    nodes = list(range(inputs))
    for _ in range(gates):
        read = rng.choice(nodes, size=min(len(nodes), rng.integers(1, 6)), replace=False)
        scale = [2**70 if large and rng.random() < 0.3 else 1 for _ in read]
        weights: Counter[int] = Counter()  # one node may be read twice: what is shared has one number
        for node, factor in zip(read, scale, strict=True):
            weights[int(node)] += int(rng.integers(-9, 10)) * factor
        nodes.append(builder.gate(weights, int(rng.integers(-6, 7))))
    return builder.finish({f"y{place}": node for place, node in enumerate(nodes[-4:])})


def every_input(inputs: int) -> np.ndarray:
    return (np.arange(2**inputs)[:, None] >> np.arange(inputs) & 1).astype(bool)


def meant(circuit: Circuit, row: np.ndarray) -> list[bool]:
    """The outputs by the definition of a gate, in Python's numbers."""
    values = [int(bit) for bit in row]
    for gate in circuit.gates:
        form = circuit.forms[gate.form]
        total = sum(weight * values[node] for node, weight in zip(form.nodes, form.weights, strict=True))
        values.append(int(total >= gate.threshold))
    return [bool(values[node]) for node in circuit.outputs.values()]
