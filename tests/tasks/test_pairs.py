"""Blank rows of pairs: the same in every table, and one for every two vertices."""

from itertools import combinations

import pytest

from logdepth.tasks import make_task, pairs, pairs_count


@pytest.mark.parametrize("vertices", range(1, 8))
def test_every_pair_has_a_row_and_a_row_means_the_same_in_every_graph(vertices):
    rows = list(map(tuple, pairs(vertices).tolist()))
    assert len(rows) == pairs_count(vertices) == len(set(rows))
    everyone = range(1, vertices + 1)
    assert set(rows) == {*((v, v) for v in everyone), *combinations(everyone, 2)}
    assert list(map(tuple, pairs(vertices + 1).tolist()))[: len(rows)] == rows


@pytest.mark.parametrize("name", ["diameter", "shortest-path"])
def test_the_way_of_pairs_has_quadratically_many_rows(name):
    rows = {way: make_task(name, n=40, edges=60, way=way).rows for way in ("squaring", "pairs")}
    question = int(name == "shortest-path")
    assert rows == {"squaring": 40 + 40 * 39 * 38 // 2 + 60 + question, "pairs": 40 * 41 // 2 + 60 + question}
