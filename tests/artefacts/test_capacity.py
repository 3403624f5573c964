"""What a format cannot carry is refused, with the largest n that it carries; and that n is right."""

import re

import numpy as np
import pytest

from logdepth.artefacts import compile_task
from logdepth.numerics.errors import CapacityExceeded, UsageError
from logdepth.tasks import make_task
from logdepth.verification import verify

LARGEST = [
    ("prefix-sum", {}, 2888),
    ("prefix-sum", {"high": 1000}, 83),
    ("node-degree", {"edges": 1}, 2888),
]


@pytest.mark.parametrize(("name", "parameters", "largest"), LARGEST, ids=lambda value: str(value))
def test_the_first_n_that_float32_cannot_carry_is_refused(name, parameters, largest):
    beyond = make_task(name, parameters | {"n": largest + 1})
    with pytest.raises(CapacityExceeded, match=f"In float32 the largest n is {largest}; ") as error:
        compile_task(beyond, "float32")
    assert "\n" not in str(error.value)
    assert compile_task(make_task(name, parameters | {"n": largest}), "float32").dtype == "float32"


def test_a_wider_format_is_named_and_taken():
    task = make_task("prefix-sum", {"n": 3000})
    with pytest.raises(CapacityExceeded, match=r"dtype='float64' carries n = 3000\.$"):
        compile_task(task, "float32")
    model = compile_task(task)
    assert model.dtype == "float64"
    assert verify(model, samples=3).wrong == 0


def test_the_narrowest_format_that_will_do_is_taken():
    assert compile_task(make_task("prefix-sum", {"n": 2888})).dtype == "float32"
    assert compile_task(make_task("prefix-sum", {"n": 2889})).dtype == "float64"
    with pytest.raises(UsageError, match="unknown dtype 'float16'; choose one of float32, float64"):
        compile_task(make_task("prefix-sum"), "float16")


def test_float64_has_an_end_too():
    task = make_task("prefix-sum", {"n": 2**20, "high": 2**21})
    with pytest.raises(CapacityExceeded, match=r"In float64 the largest n is \d+\.$") as error:
        compile_task(task)
    found = re.search(r"largest n is (\d+)", str(error.value))
    assert found and 1000 < int(found[1]) < 2**20


@pytest.mark.parametrize("name", ["broadcast", "prefix-sum", "sort"])
def test_columns_that_no_embedding_holds_are_refused_before_memory_runs_out(name):
    with pytest.raises(
        UsageError, match="has 2,147,483,649 values, and an embedding has a row for each, at most 4,194,304"
    ):
        compile_task(make_task(name, {"n": 10, "high": 2**31}))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("prefix-sum", {"n": 2888}),
        ("prefix-sum", {"n": 83, "high": 1000}),
        ("node-degree", {"n": 2888, "edges": 1}),
        ("sort", {"n": 2888, "high": 3}),
        ("components", {"n": 2047, "edges": 2}),
    ],
    ids=str,
)
def test_the_largest_n_of_float32_is_right(name, parameters):
    model = compile_task(make_task(name, parameters), "float32")
    task, rng = model.task, np.random.default_rng(0)
    for family in task.families[:3]:
        instance = task.sample(rng, family, task.largest)
        assert np.array_equal(model.answer(instance), task.solve(instance))


@pytest.mark.slow
def test_the_first_n_that_float32_cannot_carry_is_refused_with_many_rows():
    with pytest.raises(CapacityExceeded, match=r"In float32 the largest n is 2888; dtype='float64' carries"):
        compile_task(make_task("sort", {"n": 2889}), "float32")


def test_of_65792_rows_float32_carries_all_but_the_last():
    """Bisection plans 17 models of up to this size: none of them has a neuron for every row."""
    with pytest.raises(CapacityExceeded, match=r"In float32 the largest n is 65791; dtype='float64' carries n = 65792"):
        compile_task(make_task("list-ranking", {"n": 65792}), "float32")
