"""Circuits as transformers: every circuit of the size, on all inputs, by every evaluator."""

import numpy as np
import pytest
from circuits.random_circuits import every_input, random_circuit

from logdepth.arrows.registry import ARROWS
from logdepth.circuits import Circuit, symmetric
from logdepth.numerics.errors import UsageError

ARROW = ARROWS["circuit-to-transformer"]


def outputs(made: object, circuit: Circuit, rows: np.ndarray) -> list[list[int]]:
    return [made.evaluate(circuit, {"input": row})["output"].tolist() for row in rows]  # type: ignore[attr-defined]


@pytest.mark.parametrize("by", ["wires", "pulls", "spreads"])
@pytest.mark.parametrize("seed", range(4))
def test_the_transformer_gives_what_the_circuit_gives(seed: int, by: str) -> None:
    circuit = random_circuit(seed, inputs=4, gates=8)
    made = ARROW(circuit, by=by)
    rows = every_input(4)
    assert outputs(made, circuit, rows) == circuit.evaluate(rows).astype(int).tolist()
    assert made.claim.sizes["layers"] == (2 if by == "wires" else 1) * circuit.depth


@pytest.mark.parametrize("by", ["wires", "pulls", "spreads"])
def test_one_transformer_evaluates_other_circuits_and_refuses_larger_ones(by: str) -> None:
    large = random_circuit(2, inputs=5, gates=12)
    made = ARROW(large, by=by)
    for circuit in (symmetric(3, lambda ones: ones % 2 == 1), symmetric(5, lambda ones: ones > 2)):
        rows = every_input(len(circuit.inputs))[::3]
        assert outputs(made, circuit, rows) == circuit.evaluate(rows).astype(int).tolist()
    with pytest.raises(UsageError, match="the evaluator has"):
        ARROW(symmetric(3, lambda ones: ones > 1), by=by).evaluate(large, {"input": np.zeros(5, dtype=int)})


def test_too_many_wires_and_unknown_ways_are_refused() -> None:
    with pytest.raises(UsageError, match="wires of weight 1"):
        ARROW(random_circuit(1, large=True))
    with pytest.raises(UsageError, match="Did you mean 'wires'"):
        ARROW(symmetric(2, bool), by="wire")
