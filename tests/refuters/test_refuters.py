"""The law of refuters, by one that is made here: of models whose answer does not depend on their input."""

from dataclasses import replace

import numpy as np
import pytest

from logdepth import make_task
from logdepth.numerics.errors import UsageError
from logdepth.refuters import REFUTERS, Counterexample, Example, Refuter, register_refuter
from logdepth.solutions import program_for
from logdepth.tasks import Parameter, PrefixSum
from logdepth.verification import LawBroken
from logdepth.verification.laws import check_refuter

TASK = make_task("prefix-sum", {"n": 4, "high": 3})


class Constant:
    """It gives the same number at every row."""

    def __init__(self, number):
        self.number = number

    def run(self, columns):
        rows = len(next(iter(columns.values())))
        return {name: np.full(rows, self.number) for name in TASK.outputs}


def refute(model, task, number):
    instances = [np.array([number]), np.array([number + 1])]
    return Counterexample(task, instances, "Two numbers, and one answer to both.")


REFUTER = Refuter(
    name="constant",
    model=Constant,
    task=PrefixSum,
    theorem="A model whose answer does not depend on its input adds nothing up.",
    proof="trivial",
    options=(Parameter("number", int, 0, 0, 2, "the smaller of the two"),),
    refute=refute,
    examples=lambda: [Example(Constant(0), TASK), Example(Constant(2), TASK, {"number": 2})],
)


def test_a_refuter_shows_where_every_example_is_wrong():
    assert check_refuter(REFUTER) == 2
    found = REFUTER(Constant(1), TASK)
    assert [instance.tolist() for instance in found.wrong(Constant(1))] == [[0]]


def test_what_every_registered_refuter_finds_is_wrong():
    for refuter in REFUTERS.values():
        assert check_refuter(refuter)


def right_half(model, task, number):
    return Counterexample(task, [np.array([model.number])], "It is not.")


def of_another_task(model, task, number):
    return Counterexample(replace(task, n=5), refute(model, task, 0).instances, "Two numbers, and one answer to both.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"refute": right_half}, r"the refuter constant, example 1: the model is right on \[0\]"),
        ({"refute": of_another_task}, "the counterexample is of "),
        ({"examples": list}, "the refuter constant has no example"),
    ],
)
def test_the_law_notices_a_model_that_is_right_another_task_and_no_example(change, message):
    with pytest.raises(LawBroken, match=message):
        check_refuter(replace(REFUTER, **change))


def test_a_model_that_is_right_has_no_wrong_instance():
    program = program_for(TASK)
    assert refute(program, TASK, 1).wrong(program) == []


def test_a_refuter_refuses_other_models_tasks_options_and_values():
    with pytest.raises(UsageError, match="the refuter constant takes a Constant, not a str"):
        REFUTER("a model", TASK)
    with pytest.raises(UsageError, match="takes a PrefixSum, not a "):
        REFUTER(Constant(0), make_task("sort"))
    with pytest.raises(UsageError, match=r"has no option 'numbr'\. Did you mean 'number'"):
        REFUTER(Constant(0), TASK, numbr=1)
    with pytest.raises(UsageError, match="number must be a whole number from 0 to 2"):
        REFUTER(Constant(0), TASK, number=3)
    with pytest.raises(UsageError, match="at least one instance"):
        Counterexample(TASK, [], "")


def test_two_refuters_of_one_name_are_refused(monkeypatch):
    monkeypatch.setattr("logdepth.refuters.registry.REFUTERS", known := {})
    register_refuter(REFUTER)
    register_refuter(REFUTER)
    assert known == {"constant": REFUTER}
    with pytest.raises(UsageError, match="there is a refuter 'constant' already"):
        register_refuter(replace(REFUTER))
