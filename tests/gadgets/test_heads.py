"""Heads: who wins, wins by a whole unit; who adds, errs by less than it says."""

import numpy as np
import pytest

from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.gadgets import INDEX, START, Embedded, Read, constant, form
from logdepth.gadgets.heads import pull_head, select_head, sum_error
from logdepth.numerics.errors import CapacityExceeded
from logdepth.numerics.formats import FLOAT32, FLOAT64, Format
from logdepth.programs import Table

NARROW = Format("float32", 9, 128)  # carries so little that heads must take several digits


def scores(head, queries, keys):
    """(queries, keys), in units."""
    return np.array(
        [[sum(q.form(x) * k.form(y) for x, y in zip(head.query, head.key, strict=True)) for k in keys] for q in queries]
    )


@pytest.mark.parametrize("number_format", [FLOAT32, NARROW], ids=["one digit", "several digits"])
@pytest.mark.parametrize("causal", [True, False])
def test_pull_finds_its_row_by_a_unit_and_row_0_is_the_start_token(token, number_format, causal):
    rows = 20
    index, address = Embedded("index", 1, rows, 0.0, INDEX, np.arange(rows + 1)), Read("address", 0, rows)
    output = Read("out", 0, 1)
    head = pull_head(
        "read",
        form(address),
        form(index),
        [constant(1)],
        [output],
        causal,
        number_format,
        min(address.high, index.high),
    )
    assert (len(head.query) > (2 if causal else 3)) == (number_format is NARROW)
    keys = [token(on_start=True), *(token({INDEX: row}, {address: 0}) for row in range(1, rows + 1))]
    queries = [token({INDEX: 1}, {address: row}) for row in range(rows + 1)]
    for wanted, line in enumerate(scores(head, queries, keys)):
        assert line.argmax() == wanted
        assert np.delete(line, wanted).max() <= line[wanted] - 1
    if not causal:
        line = scores(head, keys[:1], keys)[0]
        assert line.argmax() == 0 and line[1:].max() <= line[0] - 1


@pytest.mark.parametrize("number_format", [FLOAT32, NARROW], ids=["one digit", "several digits"])
def test_select_prefers_the_higher_score_and_reads_nothing_without_a_match(token, number_format):
    query, key, mark, rank = Read("q", 0, 5), Read("k", 0, 6), Read("mark", 0, 1), Read("rank", 1, 4)
    head = select_head(
        "read", [form(query)], [form(key)], [constant(1)], [Read("out", 0, 1)], form(rank), 4, form(mark), False,
        number_format,
    )  # fmt: skip
    given = [(1, 1, 1), (1, 0, 4), (1, 1, 3), (6, 1, 4), (0, 1, 2), (3, 1, 4)]  # key, mark, rank
    keys = [token(on_start=True), *(token(cells={query: 0, key: k, mark: m, rank: r}) for k, m, r in given)]
    winners = {0: 5, 1: 3, 2: 0, 3: 6, 4: 0, 5: 0}
    for q, winner in winners.items():
        line = scores(head, [token(cells={query: q, key: 0, mark: 0, rank: 1})], keys)[0]
        assert line.argmax() == winner
        assert np.delete(line, winner).max() <= line[winner] - 1


def test_heads_that_no_code_fits_are_refused():
    x, y, score = Read("x", 0, 9), Read("y", 0, 9), Read("score", 1, 10**7)
    parts = [form(x)], [form(y)], [constant(1)], [Read("out", 0, 1)], form(score), 10**7
    with pytest.raises(CapacityExceeded, match=r"the scores of head 'read far' need \d+ bits and float32 has 24"):
        select_head("read far", *parts, None, False, FLOAT32)
    assert select_head("read far", *parts, None, False, FLOAT64).magnitude < FLOAT64.exact


def worst_columns(rows, largest):
    """Values that make sums err: all equal, random, falling, rising, and one large after many small."""
    rng = np.random.default_rng(rows)
    ramp = np.linspace(0, largest, rows).astype(np.int64)
    spike = np.ones(rows, dtype=np.int64)
    spike[0] = largest
    yield from (
        np.full(rows, largest),
        rng.integers(0, largest + 1, rows),
        ramp,
        ramp[::-1].copy(),
        spike,
        spike[::-1].copy(),
    )


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(
    ("rows", "largest", "number_format"),
    [
        (1, 1, FLOAT32),
        (7, 3, FLOAT32),
        (50, 1000, FLOAT32),
        (30, 5000, FLOAT32),
        (1500, 1, FLOAT32),
        (400, 20, FLOAT64),
    ],
)
def test_sums_err_by_less_than_their_bound(causal, rows, largest, number_format):
    table = Table("sum", rows, causal)
    table.output("sum", table.sum(table.input("value", largest), name="total"))
    model = program_to_transformer(table.program(), number_format)
    bound = sum_error(rows * largest, rows, largest, number_format)
    assert bound < 0.25
    for values in worst_columns(rows, largest):
        _, cache = model.run_with_cache({"value": values})
        exact = np.cumsum(values) if causal else np.full(rows, values.sum())
        measured = np.abs(cache.residual(0, "total")[1:].double().numpy() - exact).max()
        assert measured <= bound
        assert cache.residual(0, "total")[0] == 0


def test_a_declared_bound_makes_sums_longer():
    """3,000 rows that add up to 100 at most are fine; up to 3,000 they are not."""
    assert sum_error(100, 3000, 1, FLOAT32) < 0.25
    with pytest.raises(CapacityExceeded, match=r"a sum up to 3000 of 3000 rows can be off by 0\.27 in float32"):
        sum_error(3000, 3000, 1, FLOAT32)
    assert sum_error(10**9, 10, 1, FLOAT32) == sum_error(10, 10, 1, FLOAT32)  # ten ones are never more than ten


def test_the_start_token_weighs_more_than_all_rows(token):
    """The line bends by less than most · rows / W; W is exp(sink) in every format."""
    for number_format in (FLOAT32, FLOAT64):
        assert np.exp(-float(number_format.sink)) * 2**20 < number_format.unit_roundoff
    assert token(on_start=True).cell(START) == 1
