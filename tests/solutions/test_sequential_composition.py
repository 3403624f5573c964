"""Sequential composition, arXiv 2412.02975: i_l = z_l(w_l, i_{l-1}), by the task kin and its two ways."""

import numpy as np
import pytest

from logdepth.artefacts import compile_task
from logdepth.programs import interpret
from logdepth.runs import prepare, run_prepared
from logdepth.solutions import program_for, ways_of
from logdepth.solutions.registry import WAYS
from logdepth.tasks import make_task
from logdepth.tasks.sequences.kin import WAYS as NAMED


def draw(k, choices, values, seed=0):
    """Functions z_1, …, z_k on `values` values and `choices` choices; and w, and i_0."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, values, (k, choices, values)), rng.integers(0, choices, k), int(rng.integers(values))


def as_facts(functions, chosen, start):
    """As the paper's input: the functions, the last one first, then the choices. A name is a value at a step."""
    facts = [
        (f"{step}:{value}", f"w{choice}", f"{step + 1}:{image}")
        for step in reversed(range(len(functions)))
        for choice, row in enumerate(functions[step])
        for value, image in enumerate(row)
    ]
    return facts, (f"0:{start}", *(f"w{choice}" for choice in chosen))


def compose(functions, chosen, at):
    for function, choice in zip(functions, chosen, strict=True):
        at = function[choice][at]
    return f"{len(functions)}:{at}"


def test_every_way_is_named():
    assert list(WAYS["kin"]) == list(NAMED) == list(ways_of(make_task("kin")))


@pytest.mark.parametrize("way", NAMED)
@pytest.mark.parametrize(("k", "choices", "values"), [(1, 2, 3), (3, 2, 3), (4, 3, 2)])
def test_the_model_composes_functions_that_differ_from_step_to_step(way, k, choices, values):
    task = make_task("kin", n=(k + 1) * values, k=k, relations=choices, way=way)
    model = compile_task(task)
    for seed in range(6):
        functions, chosen, start = draw(k, choices, values, seed)
        instance = task.instance_of(as_facts(functions, chosen, start))
        assert task.present(model.answer(instance), instance) == compose(functions, chosen, start)


def test_it_runs_on_machines_of_little_memory():
    functions, chosen, start = draw(3, 2, 3)
    task = make_task("kin", n=12, k=3, relations=2, way="stepwise")
    instance = task.instance_of(as_facts(functions, chosen, start))
    ran = run_prepared(prepare(task, instance, memory=128))
    assert task.present(ran.answer, instance) == compose(functions, chosen, start)


@pytest.mark.parametrize(("k", "layers", "doubled"), [(1, 1, 3), (2, 3, 4), (3, 4, 5), (8, 9, 6)])
def test_a_decoder_takes_a_layer_more_than_functions_and_an_encoder_their_logarithm(k, layers, doubled):
    size = {"n": 4, "k": k, "relations": 1}
    stepwise, doubling = (compile_task(make_task("kin", **size, way=way)) for way in ("stepwise", "doubling"))
    assert stepwise.transformer.causal and not doubling.transformer.causal
    assert stepwise.measured.layers == layers == stepwise.claimed["layers"]
    assert doubling.measured.layers == doubled
    assert program_for(stepwise.task).rows == 4 + k < program_for(doubling.task).rows


def test_the_family_leads_from_step_to_step_and_names_the_last_step_first():
    task = make_task("kin", n=12, k=3, relations=2)
    for seed in range(5):
        drawn = task.sample(np.random.default_rng(seed), "sequential", 12)
        step = (drawn.facts[:, [0, 2]] - 1) % 4
        assert (step[:, 1] == (step[:, 0] + 1) % 4).all()
        assert (np.diff(step[:, 0]) <= 0).all() and len(drawn.facts) == 24
        assert (drawn.start - 1) % 4 == 0 and (task.solve(drawn) - 1) % 4 == 3
    assert len(task.sample(np.random.default_rng(0), "sequential", 1).facts) == 2


def test_a_missing_fact_ends_both_ways_alike():
    facts, question = [("a", "f", "b"), ("b", "g", "c")], ("a", "f", "f", "g")
    for way in NAMED:
        task = make_task("kin", n=3, k=3, relations=2, way=way)
        instance = task.instance_of((facts, question))
        told = interpret(program_for(task), task.encode(instance))
        assert task.present(task.decode(told, instance), instance) is None
