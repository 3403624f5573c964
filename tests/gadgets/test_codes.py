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
        sides = [(digits(form(x), radix, "x"), norm(form(x), radix, "x", FLOAT32.exact)) for x in (query, key)]
        assert len(sides[0][0]) == len(sides[1][0]) == radix.count
        for q in range(most + 1):
            for k in range(most + beyond + 1):
                row = token({"q": q, "k": k}, {query: q, key: k})
                (q_digits, q_norm), (k_digits, k_norm) = (([*map(row.form, d)], row.form(n)) for d, n in sides)
                score = 2 * sum(a * b for a, b in zip(q_digits, k_digits, strict=True)) - q_norm - k_norm
                assert score == 0 if q == k else score <= -1


def test_radices_go_from_one_digit_to_bits():
    codes = [radix for (radix,) in radices([100], FLOAT32)]
    assert codes[0] == Radix(100, 1) and codes[-1] == Radix(100, 7)
    assert codes[-1].base == 2
    assert all(code.base**code.count > 100 for code in codes)
