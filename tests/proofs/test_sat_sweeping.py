"""Sweeping: what it makes is the same wherever the promise holds, and two ways to add up become one."""

from random import Random

import numpy as np
import pytest
from circuits.random_circuits import every_input, random_circuit

from logdepth import compile_task
from logdepth.arrows.registry import ARROWS
from logdepth.circuits import CircuitBuilder, to_logic
from logdepth.circuits.logic import Logic
from logdepth.proofs import Verdict, prove
from logdepth.proofs.promised_inputs import PromisedInputs
from logdepth.proofs.sweep import sweep
from logdepth.tasks import make_task

pytest.importorskip("pysat")


def values(logic: Logic) -> dict[str, list[int]]:
    """Every output on all inputs."""
    inputs = every_input(len(logic.inputs))
    columns = [sum(int(bit) << at for at, bit in enumerate(column)) for column in inputs.T]
    nodes = logic.simulate(columns, len(inputs))
    return {
        name: [(nodes[one >> 1] >> at & 1) ^ (one & 1) for at in range(len(inputs))]
        for name, one in logic.outputs.items()
    }


@pytest.mark.parametrize("seconds", [0.0, 60.0])
@pytest.mark.parametrize("seed", range(12))
def test_what_is_swept_is_the_same_on_all_inputs_that_are_promised(seed: int, seconds: float) -> None:
    logic = to_logic(random_circuit(seed))
    promised = list(logic.outputs)[seed % len(logic.outputs)]
    swept = sweep(logic, promised, seconds)
    before, after = values(logic), values(swept)
    assert before[promised] == after[promised]
    for name in before:
        pairs = zip(before[name], after[name], before[promised], strict=True)
        assert all(one == other for one, other, here in pairs if here)
    assert swept.operations <= logic.operations


def two_sums(promise_small: bool) -> Logic:
    """Whether the sum of five numbers of two bits reaches 8, by their bits and by what they are: 1, 2, or else 3, where
    the number is promised to be less than 3 or not."""
    builder = CircuitBuilder([f"x{row}.{bit}" for row in range(5) for bit in range(2)])
    by_bits, by_cases, good = {}, {}, []
    for low in range(0, 10, 2):
        high = low + 1
        by_bits |= {low: 1, high: 2}
        by_cases |= {builder.conjunction([low], [high]): 1, builder.conjunction([high]): 2}
        if promise_small:
            good.append(builder.negation(builder.conjunction([low, high])))
        else:
            by_cases[builder.conjunction([low, high])] = 1
        chains = [(builder.gate(by_bits, number), builder.gate(by_cases, number)) for number in range(1, low * 2)]
    outputs = {
        f"{name}{place}": node for place, pair in enumerate(chains) for name, node in zip("ab", pair, strict=True)
    }
    return to_logic(builder.finish({"promised": builder.conjunction(good), **outputs}))


@pytest.mark.parametrize("promise_small", [False, True])
def test_two_ways_to_add_up_become_one(promise_small: bool) -> None:
    logic = two_sums(promise_small)
    swept = sweep(logic, "promised", 60.0)
    pairs = len(logic.outputs) // 2
    assert all(logic.outputs[f"a{place}"] != logic.outputs[f"b{place}"] for place in range(pairs))
    assert all(swept.outputs[f"a{place}"] == swept.outputs[f"b{place}"] for place in range(pairs))


def test_prefix_sums_are_proved_by_sweeping_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver of the whole is not asked: it is not there."""
    task = make_task("prefix-sum", n=8, high=2)
    made = ARROWS["transformer-to-circuit"](compile_task(task).transformer)
    monkeypatch.setattr("logdepth.proofs.solver.PROGRAM", "raise SystemExit(1)")
    proof = prove(made.artefact, task)
    assert (proof.verdict, proof.proved) == (Verdict.PROVED, proof.conditions)


def test_inputs_that_are_drawn_keep_a_promise_that_ties_few_together() -> None:
    builder = CircuitBuilder([f"x{place}" for place in range(30)])
    pairs = [builder.conjunction([one], [one + 1]) for one in range(0, 30, 2)]
    logic = to_logic(builder.finish({"promised": builder.conjunction(pairs)}))
    drawer = PromisedInputs(logic, logic.outputs["promised"], Random(0))
    given = [place % 2 == 0 for place in range(30)]
    for inputs in (drawer.draw(100), drawer.near(given, 100)):
        assert logic.simulate(inputs, 100)[logic.outputs["promised"] >> 1] == 2**100 - 1


def test_simulation_is_the_circuit() -> None:
    circuit = random_circuit(4)
    found = np.array(list(values(to_logic(circuit)).values())).T
    assert found.tolist() == circuit.evaluate(every_input(6)).astype(int).tolist()
