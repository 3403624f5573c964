"""Matches other than equality: one head scores 0 for a key that matches, and what does not loses by LOSS or more."""

import numpy as np
import pytest

from logdepth.gadgets import Read, constant, form
from logdepth.gadgets.heads import LOSS
from logdepth.gadgets.relations import related_head, ways_to_match_all
from logdepth.numerics.formats import FLOAT32
from logdepth.programs.relations import COMPARISONS


def heads(relation, query, key, causal=False):
    ways = ways_to_match_all([relation], [query], [key])
    output = Read("out", 0, 9)
    return [related_head("count", way, [], [], constant(1), output, None, causal, FLOAT32) for way in ways]


def sides(found, row):
    """The query and the key of a row, for each of the heads."""
    return [([*map(row.form, head.query)], [*map(row.form, head.key)]) for head in found]


def scores_of(asking, offering):
    """For each head."""
    return [np.dot(query, key) for (query, _), (_, key) in zip(asking, offering, strict=True)]


@pytest.mark.parametrize("highs", [(12, 8), (8, 12), (40, 300), (0, 5), (5, 0)], ids=str)
@pytest.mark.parametrize("relation", [*list(COMPARISONS)[1:], "table"])
def test_a_match_scores_0_in_one_head_and_a_row_that_does_not_loses(token, relation, highs):
    key, query = Read("key", 0, highs[0]), Read("query", 0, highs[1])
    table = np.random.default_rng(0).integers(0, 2, (highs[0] + 1, highs[1] + 1))
    found = heads(table if relation == "table" else relation, form(query), form(key))
    rng = np.random.default_rng(1)
    start = sides(found, token(on_start=True))
    for _ in range(60):
        k, q = int(rng.integers(highs[0] + 1)), int(rng.integers(highs[1] + 1))
        asking, offering = (sides(found, token(cells={query: x, key: y})) for x, y in ((q, 0), (0, k)))
        scores = scores_of(asking, offering)
        matches = table[k, q] == 1 if relation == "table" else COMPARISONS[relation](k, q)
        assert scores.count(0) == int(matches)
        assert all(each == 0 or each <= -LOSS for each in scores)
        assert all(each == 1 for each in scores_of(asking, start))
        assert (np.subtract(scores_of(start, start), scores_of(start, offering)) >= LOSS).all()


@pytest.mark.parametrize(("most", "count"), [(1, 1), (14, 1), (15, 1), (16, 2), (254, 2), (256, 3), (4096, 4)])
def test_a_comparison_has_a_head_for_every_digit_of_base_16(most, count):
    key, query = Read("key", 0, most), Read("query", 0, most)
    assert len(heads("<", form(query), form(key))) == count


def test_a_table_is_one_head_with_a_dimension_for_each_different_line_but_one(token):
    key, query = Read("key", 0, 99), Read("query", 0, 5)
    table = np.array([[(k + q) % 3 == 0 for q in range(6)] for k in range(100)]).astype(int)
    (head,) = heads(table, form(query), form(key), causal=True)
    assert len(head.query) == 2 + 2  # and one for what the key adds, one for what the query subtracts
    (other,) = heads(table.T, form(key), form(query), causal=True)
    assert len(other.query) == 2 + 2


def test_nothing_is_less_than_the_least():
    assert heads("<", constant(0), form(Read("key", 0, 9))) == []
    assert heads(">", form(Read("query", 0, 9)), constant(0)) == []
