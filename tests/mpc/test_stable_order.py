"""Orders of machines' numbers: what numpy's own, slower ways say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logdepth.mpc.runs import begins_of_each
from logdepth.mpc.stable_order import STRETCH, gather, in_order, order_and_runs, order_within, sort_stably

WHOLE = [np.int64, np.int32, np.uint8]
RANGES = {
    "machines": (0, 5000),  # number and place fit into 32 bits
    "large": (0, 2**40),
    "too large to be packed": (0, 2**62),
    "negative": (-5, 5),
}


@pytest.mark.parametrize("size", [0, 1, 2, 100, 2 * STRETCH + 3])
@pytest.mark.parametrize("case", RANGES)
def test_the_stable_order_is_that_of_numpy(case, size):
    numbers = np.random.default_rng(size).integers(*RANGES[case], size)
    order, ordered = sort_stably(numbers)
    assert (order == np.argsort(numbers, kind="stable")).all()
    assert (ordered == np.sort(numbers)).all()
    assert order.dtype == ordered.dtype == np.int64


@given(st.lists(st.integers(0, 9)), st.sampled_from(WHOLE))
def test_the_stable_order_of_few_numbers_of_any_sort(numbers, dtype):
    numbers = np.array(numbers, dtype=dtype)
    assert sort_stably(numbers)[0].tolist() == np.argsort(numbers, kind="stable").tolist()


@pytest.mark.parametrize("place", [1, STRETCH - 1, STRETCH, STRETCH + 1, 3 * STRETCH - 1])
def test_numbers_that_descend_once_are_out_of_order_wherever_that_is(place):
    numbers = np.arange(3 * STRETCH) // 2
    assert in_order(numbers)
    numbers[place] = numbers[place - 1] - 1
    assert not in_order(numbers)


@pytest.mark.parametrize("highest", [3, 2**20, 2**61, 2**63 - 1])
@pytest.mark.parametrize("machines", [1, 7, 40_000])
def test_every_machine_puts_its_own_records_in_order(machines, highest):
    """Of one machine with more records than a stretch, of some, and of more machines than a stretch has records."""
    rng = np.random.default_rng(machines)
    owner, key = np.sort(rng.integers(0, machines, 2 * STRETCH + 5)), rng.integers(0, highest, 2 * STRETCH + 5)
    key[7] = highest
    order, begins = order_and_runs(owner, key)
    assert (order == np.lexsort((key, owner))).all()
    assert (order_within(owner, key) == order).all()
    assert (begins == np.unique(np.stack([owner, key])[:, order], axis=1, return_index=True)[1]).all()


@pytest.mark.parametrize("count", [0, 1, 20, 150])
def test_records_of_each_machine_begin_where_those_before_end(count):
    owner = np.sort(np.random.default_rng(count).integers(0, 8, count))
    begins = begins_of_each(owner, 10)
    assert begins.tolist() == [(owner < machine).sum() for machine in range(11)]


def test_gathering_takes_rows():
    rows = np.arange(12).reshape(4, 3)
    assert gather(rows, np.array([3, 1, 1])).tolist() == rows[[3, 1, 1]].tolist()
