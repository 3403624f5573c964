"""k hops in two ways: one head and ⌈log k⌉, or a head for every digit and ⌊log k⌋."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logdepth import compile_task, make_task
from logdepth.gadgets import last
from logdepth.numerics.errors import UsageError
from logdepth.runs import prepare, run_prepared
from logdepth.solutions import SOLUTIONS, program_for, solution_of, ways_of
from logdepth.solutions.registry import WAYS
from logdepth.tasks.sequences import k_hop
from logdepth.verification.batches import wrong_answers
from logdepth.verification.laws import check_solution
from logdepth.verification.sizes import sizes_of

SHALLOW = [size for size in sizes_of("k-hop") if size.get("way") == "shallow"]


def shallow(n, k, alphabet="4"):
    return make_task("k-hop", n=n, k=k, alphabet=alphabet, way="shallow")


def test_every_way_has_a_solution_and_the_first_is_the_default():
    for name, ways in WAYS.items():
        task = make_task(name)
        assert list(ways) == list(ways_of(task)) and solution_of(task) is SOLUTIONS[name] is ways[task.way]
        assert all(solution_of(each) is ways[way] for way, each in ways_of(task).items())
    assert WAYS["k-hop"].keys() == k_hop.WAYS.keys()
    assert ways_of(make_task("sort")) == {}


def test_the_shallow_way_is_right_and_within_its_claim():
    assert check_solution(WAYS["k-hop"]["shallow"], SHALLOW) >= 10 * len(SHALLOW)


@given(st.integers(1, 5), st.integers(0, 40), st.lists(st.integers(1, 3), min_size=1, max_size=60), st.data())
def test_the_program_makes_k_hops(letters, k, tokens, data):
    tokens = np.minimum(tokens, letters)
    task = shallow(data.draw(st.integers(len(tokens), 70)), k, str(letters))
    assert np.array_equal(program_for(task).run({"token": tokens})["answer"], task.solve(tokens))


@pytest.mark.parametrize("k", [*range(1, 18), 31, 32, 33, 100])
def test_the_floor_of_log_k_and_two_layers(k):
    task = shallow(20, k)
    measured = compile_task(task).measured
    heads = 1 if k & (k - 1) == 0 else 3
    assert (measured.layers, measured.heads) == (2 + k.bit_length() - 1, heads)
    assert solution_of(task).claim(task, "float32").sizes["layers"] == measured.layers


@pytest.mark.parametrize(
    ("n", "k", "layers", "heads", "width"), [(12, 3, 3, 2, 20), (24, 13, 5, 3, 23), (64, 7, 4, 4, 27)]
)
def test_a_head_for_every_digit_and_few_columns(n, k, layers, heads, width):
    model = compile_task(shallow(n, k))
    assert (model.measured.layers, model.measured.heads) == (layers, heads)
    assert model.measured.width <= width
    rng = np.random.default_rng(n)
    instances = [model.task.sample(rng, family, n) for family in model.task.families for _ in range(20)]
    assert [wrong for batch in wrong_answers(model, instances) for wrong in batch.wrong] == []


@pytest.mark.parametrize(("base", "heads"), [(2, 5), (3, 3), (5, 2), (6, 2), (21, 1)])
def test_larger_digits_take_fewer_heads(monkeypatch, base, heads):
    """Down to one, of width O(n)."""
    monkeypatch.setattr(last, "BASE", base)
    model = compile_task(shallow(20, 7))
    assert (model.measured.layers, model.measured.heads) == (4, heads)
    instances = [model.task.sample(np.random.default_rng(base), None, 20) for _ in range(20)]
    assert [wrong for batch in wrong_answers(model, instances) for wrong in batch.wrong] == []


def test_machines_run_the_shallow_program():
    task = shallow(40, 13)
    tokens = task.sample(np.random.default_rng(0), "chain", 40)
    assert np.array_equal(run_prepared(prepare(task, tokens, memory=128)).answer, task.solve(tokens))


def test_an_unknown_way_is_refused():
    with pytest.raises(UsageError, match=r"k-hop has no way 'shalow'\. Did you mean 'shallow'"):
        make_task("k-hop", way="shalow")


def test_the_way_is_named_where_it_is_not_the_default():
    assert "way" not in make_task("k-hop").parameters
    assert make_task("k-hop", shallow(9, 3).parameters) == shallow(9, 3)
