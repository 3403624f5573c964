"""INDEX families: the task's own solver finds the bit that is asked for, for all f and i at small sizes."""

from itertools import product

import numpy as np
import pytest

from logdepth import make_task
from logdepth.refuters import Computing, NotTaken
from logdepth.refuters.index_families import FAMILIES, family_of
from logdepth.refuters.sharing import Sharing

SIZES = [
    ("induction-heads", {"n": 9, "alphabet": "3"}, 4),
    ("induction-heads", {"n": 12, "alphabet": "5"}, 5),
    ("k-hop", {"n": 9, "k": 1, "alphabet": "4"}, 4),
    ("acausal-k-hop", {"n": 10, "k": 1, "alphabet": "7"}, 4),
    ("acausal-k-hop", {"n": 20, "k": 1, "alphabet": "6"}, 3),
    ("recall", {"n": 4, "keys": 9}, 4),
    ("recall", {"n": 9, "keys": 4, "values": 3}, 4),
    ("3-sum", {"n": 6, "modulus": 32}, 4),
    ("3-sum", {"n": 100, "modulus": 44}, 6),
    ("2-sum", {"n": 6, "modulus": 11}, 5),
    ("2-sum", {"n": 6, "modulus": 9}, 4),
    ("connectivity", {"n": 7}, 5),
    ("cycle-check", {"n": 7}, 5),
]


def all_f(bits):
    return [np.array(f) for f in product([False, True], repeat=bits)]


@pytest.mark.parametrize(("name", "size", "bits"), SIZES)
def test_the_solver_gives_the_bit_that_is_asked_for(name, size, bits):
    family = family_of(make_task(name, size))
    assert family.bits == bits
    for f in all_f(bits):
        for i in range(bits):
            instance = family.instance(f, i)
            family.task.encode(instance)
            assert family.task.solve(instance)[-1] == family.right(f, i), (f, i)
    assert family.values[0] != family.values[1]


def test_every_family_is_tested():
    assert {make_task(name, size).name for name, size, _ in SIZES} == {task.name for task in FAMILIES}


@pytest.mark.parametrize(("name", "size", "bits"), SIZES)
def test_rows_say_whose_they_are(name, size, bits):
    family = family_of(make_task(name, size))
    rows = [[family.task.columns(family.instance(f, i)) for i in range(bits)] for f in all_f(bits)]
    tables = [[np.stack(list(columns.values()), axis=1) for columns in row] for row in rows]
    last = {tuple(table[-1]) for row in tables for table in row}
    assert family.last_is_fixed == (len(last) == 1)
    if not family.last_is_fixed:
        return
    sharing = Sharing(family, Computing(family.task, None).rows)
    assert sorted(set(sharing.owner)) == list(range(-1, bits))
    for f, row in zip(all_f(bits), tables, strict=True):
        for table in row:
            assert (table[sharing.alices] == row[0][sharing.alices]).all()
        assert all(np.array_equal(sharing.bits_in(table), f) for table in row)


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("sort", {}, "sort has no INDEX family"),
        ("induction-heads", {"n": 4}, "induction-heads with n = 4, alphabet = 4 is too small for an INDEX family"),
        ("induction-heads", {"alphabet": "2"}, "is too small for an INDEX family of two bits"),
        ("k-hop", {"k": 2}, "its hard inputs are of one hop, and k is 2"),
        ("acausal-k-hop", {"k": 3}, "its hard inputs are of one hop, and k is 3"),
        ("2-sum", {"modulus": 3}, "is too small"),
        ("connectivity", {"n": 3}, "is too small"),
    ],
)
def test_a_task_without_a_family_is_refused_in_one_line(name, size, message):
    with pytest.raises(NotTaken, match=message):
        family_of(make_task(name, size))
