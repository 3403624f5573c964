"""Counting in one layer: what the solutions share that add up over rows."""

from __future__ import annotations

from logdepth.solutions.sizes import Sizes

COUNTING_IN_WORDS = (
    "A head that adds up: every matching row has the same weight and the start token an overwhelming one, so that"
    " what is read is proportional to the number of matches, and a fixed factor in the output matrix makes it the"
    " number itself."
)


def counting_sizes() -> Sizes:
    return Sizes(layers=1, heads=1, source="a head that adds")
