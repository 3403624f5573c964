"""Batches hold every table once, fit into memory, and compute little of padding alone."""

from itertools import pairwise

import numpy as np
import pytest

from logdepth.verification.batches import SCORES_IN_A_BATCH, SCORES_OF_PADDING, batches, pad

LENGTHS = {
    "small ones and a largest": [*range(1, 40)] * 50 + [500],
    "all alike": [37] * 9000,
    "any": np.random.default_rng(0).integers(1, 300, 500),
    "one too large": [5000],
}


@pytest.mark.parametrize("case", LENGTHS)
def test_every_table_is_in_one_batch_that_fits_and_has_little_padding(case):
    lengths = np.array(LENGTHS[case])
    found = list(batches(lengths))
    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    for batch in found:
        scores = (lengths[batch] + 1) ** 2
        padded = len(batch) * scores.max()
        assert padded <= SCORES_IN_A_BATCH or len(batch) == 1
        assert padded - scores.sum() <= SCORES_OF_PADDING
    for batch, after in pairwise(found):  # none ends before it has to
        scores = (lengths[[*batch, after[0]]] + 1) ** 2
        padded = len(scores) * scores.max()
        assert padded > SCORES_IN_A_BATCH or padded - scores.sum() > SCORES_OF_PADDING


def test_a_padded_table_stands_before_its_zeros():
    tables = [{"x": np.arange(1, 1 + rows), "y": np.full(rows, 7)} for rows in (2, 3, 1)]
    assert {name: values.tolist() for name, values in pad(tables).items()} == {
        "x": [[1, 2, 0], [1, 2, 3], [1, 0, 0]],
        "y": [[7, 7, 0], [7, 7, 7], [7, 0, 0]],
    }
