"""Ternary kernels: what is found is one, and what is compared in all is not missed. The judge is enumeration."""

from itertools import product

import numpy as np
import pytest

from logdepth.refuters.collisions import birthday, short_vectors, ternary_kernel


def deltas(seed, bits, numbers, high):
    return np.random.default_rng(seed).integers(-high, high + 1, (bits, numbers))


@pytest.mark.parametrize(("bits", "numbers", "high"), [(64, 5, 127), (80, 9, 7), (24, 3, 31), (12, 2, 15)])
def test_lattice_reduction_finds_pairs_with_equal_sums(bits, numbers, high):
    matrix = deltas(1, bits, numbers, high)
    found = list(ternary_kernel(matrix, np.random.default_rng(0)))
    assert found
    for z in found:
        assert set(z) <= {-1, 0, 1} and z.any() and not (z @ matrix).any()


@pytest.mark.parametrize("high", [3, 40, 400])
def test_birthday_over_all_f_finds_a_pair_if_there_is_one(high):
    matrix = deltas(2, 8, 2, high)
    exists = any(any(z) and not (np.array(z) @ matrix).any() for z in product((-1, 0, 1), repeat=8))
    found = list(birthday(matrix, np.random.default_rng(0)))
    assert bool(found) == exists
    assert all(set(z) <= {-1, 0, 1} and z.any() and not (z @ matrix).any() for z in found)


def test_short_vectors_come_with_what_they_leave():
    matrix = deltas(3, 10, 4, 100)
    for z, left in short_vectors(matrix, np.random.default_rng(0), 1):
        assert np.array_equal(z @ matrix, left)


def test_independent_sums_have_no_pair():
    assert not list(ternary_kernel(np.eye(6, dtype=np.int64), np.random.default_rng(0)))
    assert not list(birthday(np.eye(6, dtype=np.int64), np.random.default_rng(0)))
