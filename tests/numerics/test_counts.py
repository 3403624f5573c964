"""Counts in words."""

import pytest

from logdepth.numerics.counts import count_of


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (0, "edge", "0 edges"),
        (1, "edge", "1 edge"),
        (2_000, "edge", "2,000 edges"),
        (1, "vertex", "1 vertex"),
        (2, "vertex", "2 vertices"),
    ],
)
def test_one_is_one_and_all_others_are_many(number, noun, words):
    assert count_of(number, noun) == words
