"""Counting in one layer: what the solutions share that add up over rows."""

from __future__ import annotations

from logdepth.solutions.sizes import Sizes, one_layer

COUNTING_IN_WORDS = (
    "A head that adds up: every matching row has the same weight and the start token an overwhelming one, so that"
    " what is read is proportional to the number of matches, and a fixed factor in the output matrix makes it the"
    " number itself."
)


def counting_sizes() -> Sizes:
    return one_layer(heads=1, width=4, source="a head that adds")
