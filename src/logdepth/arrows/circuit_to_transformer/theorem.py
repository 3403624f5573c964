"""The theorem as a value: a circuit of depth d is evaluated by a transformer of d or of 2 d layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from logdepth.arrows.arrow import Arrow, Columns, Example, Made, Ran
from logdepth.arrows.circuit_to_transformer.evaluators import EVALUATORS, Evaluator, evaluate, evaluator_for
from logdepth.arrows.circuit_to_transformer.instructions import Instructions
from logdepth.arrows.program_to_transformer import translate_narrowest
from logdepth.circuits import Circuit, CircuitBuilder, symmetric
from logdepth.tasks import Parameter
from logdepth.theory import Claim
from logdepth.transformer import Transformer, resources


@dataclass(frozen=True, eq=False)
class MadeEvaluator(Made[Transformer]):
    """A transformer that evaluates every circuit of its size, and the circuit that it was made for.

    The circuit is in the columns that the transformer takes: its instructions.
    """

    artefact: Transformer
    claim: Claim
    evaluator: Evaluator
    circuit: Circuit

    def run(self, columns: Columns) -> Ran:
        return Ran(self.evaluate(self.circuit, columns), resources(self.artefact).as_json())

    def evaluate(self, circuit: Circuit, columns: Columns) -> dict[str, np.ndarray]:
        """What another circuit gives, one that needs no more rows, levels and wires into a gate.

        Errors: UsageError for a larger one.
        """
        bits = np.asarray(columns["input"])
        return {"output": evaluate(self.artefact, self.evaluator, circuit, bits[None])[0].astype(np.int64)}


def make(circuit: Circuit, by: str, dtype: str) -> MadeEvaluator:
    evaluator = evaluator_for(Instructions(circuit), by)
    made = translate_narrowest(evaluator.program(), None if dtype == "narrowest" else dtype, tied=True)
    claim = replace(
        made.claim,
        sizes={**made.claim.sizes, "layers": evaluator.layers},
        source="Merrill and Sabharwal 2023, arXiv:2207.00729, section 5 (Lemma 3: depth 2d); proof at the program",
    )
    return MadeEvaluator(made.artefact, claim, evaluator, circuit)


def circuits() -> Iterator[Example[Circuit]]:
    """Majority, parity, and a circuit with weights of both signs, each by every evaluator."""
    rng = np.random.default_rng(0)
    for circuit in (symmetric(5, lambda ones: ones > 2), symmetric(4, lambda ones: ones % 2 == 1), weighted()):
        rows = rng.integers(0, 2, (6, len(circuit.inputs)))
        for by in EVALUATORS:
            yield Example(circuit, [{"input": row} for row in rows], {"by": by})


def weighted() -> Circuit:
    """Three levels, a constant, and a gate that no wire reaches."""
    builder = CircuitBuilder(["a", "b", "c"])
    one = builder.gate({0: 2, 1: -3, 2: 1}, 0)
    two = builder.gate({0: -1, one: 2}, 1)
    three = builder.gate({one: 1, two: -1, 2: 2}, 2)
    return builder.finish({"one": one, "two": two, "three": three, "true": builder.constant(True), "a": 0})


CIRCUIT_TO_TRANSFORMER: Arrow[Circuit, Transformer] = Arrow(
    name="circuit-to-transformer",
    source=Circuit,
    target=Transformer,
    theorem="A threshold circuit of depth d is evaluated by a transformer of at most d attention layers with two"
    " heads, or of 2 d layers with one head and a constant width, which takes any circuit of that size as its input.",
    proof="logdepth.arrows.circuit_to_transformer.evaluators, after Merrill and Sabharwal, arXiv:2207.00729, section 5",
    options=(
        Parameter(
            "by",
            str,
            "wires",
            None,
            None,
            "wires: two layers a level, one head; pulls: one layer, a head for every argument; spreads: one layer, two"
            " heads, as wide as there are rows",
        ),
        Parameter("dtype", str, "narrowest", None, None, "float32, float64, or narrowest: the first that does"),
    ),
    make=make,
    examples=circuits,
)
