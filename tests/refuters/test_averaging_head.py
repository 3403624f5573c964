"""One averaging head: its sets are the task's, a head with a key for every row is right, a narrow one is refuted."""

from itertools import product

import numpy as np
import pytest

from logdepth import make_task
from logdepth.refuters import Computing, Counterexample, NotTaken, Search, check
from logdepth.refuters.averaging_head import (
    ONE_AVERAGING_HEAD,
    ProjectedHead,
    QueryOfTheLastRow,
    first_sets,
    instance_of,
)


def task_of(q):
    return make_task("sparse-averaging", n=2 * q + 1, q=q, high=1)


@pytest.mark.parametrize("q", [1, 2, 4])
def test_means_over_two_sets_differ_by_the_bits_in_which_they_differ(q):
    words = np.array(list(product([0, 1], repeat=q)))[:, ::-1]
    sets = first_sets(q, 2**q)
    for one, a in enumerate(words):
        for other, b in enumerate(words):
            instance = task_of(q).instance_of(instance_of(sets[one], ones=sets[other]))
            assert task_of(q).solve(instance)[-1] == 1 - np.sum(a != b) / q


@pytest.mark.parametrize("q", [3, 6])
def test_a_head_with_a_key_for_every_row_is_right_on_all_pairs_of_sets(q):
    head, sets = ProjectedHead(task_of(q), 2 * q), first_sets(q, 2**q)
    for one, other in product(range(0, 2**q, 3), repeat=2):
        instance = instance_of(sets[one], ones=sets[other])
        assert head.answer(instance)[-1] == head.task.solve(instance)[-1]


@pytest.mark.parametrize(("q", "width"), [(10, 4), (12, 4), (16, 6)])
def test_a_head_whose_query_has_fewer_bits_than_the_sets_is_refuted(q, width):
    head = ProjectedHead(task_of(q), width)
    found = ONE_AVERAGING_HEAD(head, Search(bits=2))
    assert isinstance(found, Counterexample) and found.indistinguishable and found.refutes_rounded
    assert found.carried[0].size == 2 * width < q
    check(found, head)


def test_the_rounded_head_answers_from_what_is_carried_alone():
    head = ProjectedHead(task_of(5), 10)
    sets = first_sets(5, 32)
    for one in range(32):
        instance = instance_of(sets[one], ones=sets[7])
        bottleneck = QueryOfTheLastRow(12)
        said = bottleneck.answer(head, bottleneck.carried(head, instance), bottleneck.beyond(head, instance))
        assert said == head.answer(instance)[-1]


def test_other_models_and_too_few_rows_are_not_taken():
    with pytest.raises(NotTaken, match="it is no AveragingHead"):
        ONE_AVERAGING_HEAD(Computing(task_of(3), None))
    with pytest.raises(NotTaken, match="sets of q = 3 rows take n = 7 rows"):
        ONE_AVERAGING_HEAD(ProjectedHead(make_task("sparse-averaging", n=6, q=3), 6))
