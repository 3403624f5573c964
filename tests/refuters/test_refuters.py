"""The law of refuters, by one that is made here: of models whose answer does not depend on their input."""

from dataclasses import replace

import numpy as np
import pytest

from logdepth import make_task
from logdepth.numerics.errors import UsageError
from logdepth.refuters import (
    REFUTERS,
    Attempt,
    Computing,
    Counterexample,
    Example,
    NotRefuted,
    NotTaken,
    Refuter,
    Rejected,
    Search,
    check,
    convict,
    refute,
    register_refuter,
)
from logdepth.solutions import program_for
from logdepth.tasks import PrefixSum
from logdepth.verification import LawBroken
from logdepth.verification.laws import check_refuter

TASK = make_task("prefix-sum", {"n": 4, "high": 3})
WHY = "Two numbers, and one answer to both."


class Constant:
    """It gives the same number at every row."""

    def __init__(self, number):
        self.number = number

    def run(self, columns):
        rows = len(next(iter(columns.values())))
        return {name: np.full(rows, self.number) for name in TASK.outputs}


def constant(number):
    return Computing(TASK, Constant(number))


def take(suspect):
    if not (isinstance(suspect, Computing) and isinstance(suspect.model, Constant)):
        raise NotTaken("it is no constant.")
    return suspect


def search_two(suspect, search):
    return convict(suspect, [np.array([0]), np.array([1])], WHY, refuter="constant")


REFUTER = Refuter(
    name="constant",
    models="a constant",
    tasks=(PrefixSum,),
    theorem="A model whose answer does not depend on its input adds nothing up.",
    proof="trivial",
    take=take,
    refute=search_two,
    examples=lambda: [Example(constant(0)), Example(constant(2))],
)
PROGRAM = Computing(TASK, program_for(TASK))


def in_vain(suspect, search):
    return NotRefuted(
        refuter="constant",
        model=suspect.name,
        task=suspect.task,
        attempts=[Attempt("drawn", 3)],
        carried_bits=1,
        needed_bits=2,
        why="It may be right.",
    )


def test_a_refuter_shows_where_every_example_is_wrong():
    assert check_refuter(REFUTER) == 2
    found = REFUTER(constant(1))
    assert [instance.tolist() for instance in found.wrong(constant(1))] == [[0]]
    assert found.refutes_model and not found.refutes_rounded
    assert (found.exact, found.given, found.inputs) == ([[0], [1]], [[1], [1]], [("0",), ("1",)])


@pytest.mark.parametrize("name", list(REFUTERS))
def test_what_every_registered_refuter_finds_is_wrong(name):
    assert check_refuter(REFUTERS[name])


def one_right_answer(suspect, search):
    found = search_two(suspect, search)
    return replace(found, instances=found.instances[:1], exact=[[0]], given=[[0]], inputs=[("0",)])


def of_another_task(suspect, search):
    return replace(search_two(suspect, search), task=replace(TASK, n=5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"refute": one_right_answer}, "the refuter constant, example 1: the model is right on all of its instances"),
        ({"refute": of_another_task}, "example 1: the task: it says PrefixSum.n=5"),
        ({"refute": in_vain}, "the refuter constant, example 1: the model is not refuted"),
        ({"examples": list}, "the refuter constant has no example"),
        ({"examples": lambda: [Example(constant(0), refuted=False)]}, "example 1: the model is refuted"),
        ({"refute": in_vain, "examples": lambda: [Example(constant(0), refuted=False)]}, "no example that it refutes"),
    ],
)
def test_the_law_notices_a_model_that_is_right_another_task_and_no_example(change, message):
    with pytest.raises(LawBroken, match=message):
        check_refuter(replace(REFUTER, **change))


def test_no_counterexample_is_made_of_instances_on_which_a_model_is_right():
    with pytest.raises(Rejected, match="the model is right on all of its instances"):
        convict(PROGRAM, [np.array([1])], WHY, refuter="constant")
    found = search_two(constant(0), Search())
    assert found.wrong(PROGRAM) == []
    with pytest.raises(Rejected, match="the model: it says 'Constant'"):
        check(found, PROGRAM)


def test_a_refuter_says_which_models_and_which_search_it_does_not_take():
    with pytest.raises(NotTaken, match="it is no constant"):
        REFUTER(PROGRAM)
    with pytest.raises(UsageError, match="bits of a number are from 1 to 32; got 0"):
        Search(bits=0)
    with pytest.raises(UsageError, match="a seed is a whole number from 0; got -1"):
        Search(seed=-1)
    with pytest.raises(UsageError, match="the seconds of a search are above 0"):
        Search(seconds=0)
    with pytest.raises(UsageError, match="at least one instance"):
        replace(search_two(constant(0), Search()), instances=[])


def test_refute_tries_every_refuter_that_takes_the_model(monkeypatch):
    monkeypatch.setattr("logdepth.refuters.registry.REFUTERS", known := {})
    with pytest.raises(UsageError, match=r"no refuter takes this model \(there is none\)"):
        refute(constant(0))
    known["in vain"] = replace(REFUTER, name="in vain", refute=in_vain)
    assert refute(constant(0)).attempts == [Attempt("drawn", 3)]
    known["again"] = replace(REFUTER, name="again", refute=in_vain)
    assert refute(constant(0)).refuter == "constant, constant"
    known["constant"] = REFUTER
    assert isinstance(refute(constant(0)), Counterexample)
    with pytest.raises(UsageError, match=r"takes this model \(in vain: it is no constant; again: it is no"):
        refute(PROGRAM)


def test_two_refuters_of_one_name_are_refused(monkeypatch):
    monkeypatch.setattr("logdepth.refuters.registry.REFUTERS", known := {})
    register_refuter(REFUTER)
    register_refuter(REFUTER)
    assert known == {"constant": REFUTER}
    with pytest.raises(UsageError, match="there is a refuter 'constant' already"):
        register_refuter(replace(REFUTER))
