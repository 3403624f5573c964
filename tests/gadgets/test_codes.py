"""Codes: equal numbers meet highest, by one whole unit."""

import numpy as np
import pytest

from logdepth.gadgets import Embedded, Read, form
from logdepth.gadgets.codes import Radix, digits, norm
from logdepth.gadgets.heads import radices
from logdepth.numerics.formats import FLOAT32


@pytest.mark.parametrize("most", [0, 1, 2, 3, 8, 15, 16, 30])
@pytest.mark.parametrize("beyond", [0, 5])
@pytest.mark.parametrize("tabulated", [True, False], ids=["embedded", "read"])
def test_equal_numbers_score_0_and_others_lose_a_unit(token, most, beyond, tabulated):
    """In every code; `beyond`: the keys go beyond what any query can be, and match nothing."""
    for (radix,) in radices([most], FLOAT32):
        query, key = Read("q", 0, most), Read("k", 0, most + beyond)
        if tabulated:
            query = Embedded("q", 0, most, 0.0, "q", np.arange(most + 1))
            key = Embedded("k", 0, most + beyond, 0.0, "k", np.arange(most + beyond + 1))
        queries, keys = (codes_of(token, x, radix) for x in (query, key))
        scores = 2 * queries[:, :-1] @ keys[:, :-1].T - queries[:, -1:] - keys[:, -1]
        same = np.eye(len(queries), len(keys), dtype=bool)
        assert (scores[same] == 0).all() and (scores[~same] <= -1).all()


def codes_of(token, x, radix):
    """Digits and norm of all numbers that a cell may hold, (numbers, digits and norm)."""
    parts = [*digits(form(x), radix, "x"), norm(form(x), radix, "x", FLOAT32.exact)]
    assert len(parts) == radix.count + 1
    rows = (token({x.label: number}, {x: number}) for number in range(x.high + 1))
    return np.array([[row.form(part) for part in parts] for row in rows])


def test_radices_go_from_one_digit_to_bits():
    codes = [radix for (radix,) in radices([100], FLOAT32)]
    assert codes[0] == Radix(100, 1) and codes[-1] == Radix(100, 7)
    assert codes[-1].base == 2
    assert all(code.base**code.count > 100 for code in codes)
