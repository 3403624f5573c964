"""Rows that are looked up are those that softmax reads, on every task, head and input; or else all are scored."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import gcd

import numpy as np
import pytest
import torch
from hypothesis import given, note, settings
from hypothesis import strategies as st

from logdepth.artefacts import compile_program, compile_task
from logdepth.numerics.errors import UsageError
from logdepth.programs import Table
from logdepth.tasks import TASKS, make_task
from logdepth.transformer import Transformer, check, embed, evaluate, evaluate_counting, looks_up
from logdepth.transformer.blocks import EXACT, attend, compute
from logdepth.transformer.lookup.attend import attend_by_lookup, gap_of
from logdepth.transformer.lookup.index import Index, number_rows
from logdepth.transformer.lookup.measures import common_measure
from logdepth.transformer.transformer import LARGE, WAYS_TO_ATTEND
from logdepth.verification.batches import pad
from logdepth.verification.strategies import drafts, tables

SIZES = {
    "sort": {"n": 5},
    "prefix-sum": {"n": 60},
    "2-sum": {"n": 60},
    "3-sum": {"n": 16, "modulus": 35},
    **{name: {"n": 4} for name in ("connectivity", "components", "spanning-forest", "cycle-check")},
    **{name: {"n": 4} for name in ("diameter", "reachability", "triangle-count", "shortest-path", "max-flow")},
}


@cache
def compiled(name):
    return compile_task(make_task(name, SIZES.get(name, TASKS[name].small)))


def adds_up(attention):
    """Whether some head of a layer reads more than one row: what it reads is scaled."""
    return not set(attention.output.unique().tolist()) <= {0.0, 1.0}


def compare_heads(model: Transformer, columns):
    """At every step, on what stands there: what heads add by lookup and by softmax, and the pairs that were scored."""
    x = embed(model, check(model, columns))
    for step, block in enumerate(model.steps):
        if (attention := block.attention) is not None:
            found, pairs = attend_by_lookup(x, attention, model.causal, step)
            yield attention, found, attend(x, attention, model.causal, None, EXACT), pairs
            x = x + found
        if block.mlp is not None:
            x = x + compute(x, block.mlp, EXACT)


def check_heads(model: Transformer, columns) -> None:
    """Heads that read one row read the same numbers. Sums differ by rounding: a compiled head's is within 1/4 of the
    whole number, and so within 1/2 of another one's. No query has to be scored with all keys."""
    for attention, found, expected, pairs in compare_heads(model, columns):
        if adds_up(attention):
            assert float((found - expected).abs().max()) < 1 / 2
        else:
            assert torch.equal(found, expected)
        assert not pairs.scored


def check_outputs(model: Transformer, columns):
    """The same integers by lookup and by softmax; the pairs."""
    by_softmax = evaluate(model, columns, attention="softmax")
    found = evaluate_counting(model, columns, attention="lookup")
    for name, values in by_softmax.items():
        assert np.array_equal(found.outputs[name], values)
    return found.pairs


@pytest.mark.parametrize("name", TASKS)
def test_every_head_of_every_task_looks_its_rows_up(name):
    model, rng = compiled(name), np.random.default_rng(0)
    for family in model.task.families[:3]:  # benchmarks/large_inputs.py has all
        instance = model.task.sample(rng, family, model.task.largest)
        columns = model.task.encode(instance)
        check_heads(model.transformer, columns)
        answer = model.task.decode(evaluate(model.transformer, columns, attention="lookup"), instance)
        assert np.array_equal(answer, model.task.solve(instance))


@settings(max_examples=30)
@given(data=st.data())
def test_random_programs_give_the_same_by_lookup_and_by_softmax(data):
    draft = data.draw(drafts())
    note(draft)
    model = compile_program(draft.program())
    check_outputs(model.transformer, data.draw(tables(draft.program())))


# --- heads of every kind, on inputs that are meant to break them ---

HIGH, ROWS = 40, 12

KINDS = {
    "last": lambda t, key, query, flag: t.last(t.index, key=key, query=query),
    "last of two keys": lambda t, key, query, flag: t.last(t.index, key=[key, flag], query=[query, flag]),
    "last where": lambda t, key, query, flag: t.last(t.index, key=key, query=query, where=flag),
    "last until": lambda t, key, query, flag: t.last(t.index, key=flag, query=flag, until=t.minimum(key, t.index)),
    "of least priority": lambda t, key, query, flag: t.select(key=flag, query=flag, values=t.index, priority=query),
    "of two to one": lambda t, key, query, flag: t.last(t.index, key=key * 2, query=query),
    "of one to two": lambda t, key, query, flag: t.last(t.index, key=key, query=query * 2),
    "of one that is shifted": lambda t, key, query, flag: t.last(t.index, key=key + 3, query=query),
    "pull": lambda t, key, query, flag: t.pull(t.minimum(key, t.index), query),
    "count": lambda t, key, query, flag: t.count(key=key, query=query, where=flag),
    "sum": lambda t, key, query, flag: t.sum(query, key=[key, flag], query=[query, flag], high=ROWS * HIGH),
    "less": lambda t, key, query, flag: t.count(key=key, query=query, matching="<"),
    "more of my flag": lambda t, key, query, flag: t.count(key=[key, flag], query=[query, flag], matching=[">", "=="]),
    "by a table": lambda t, key, query, flag: t.count(key=key, query=query, matching=lambda k, q: (k + q) % 7 < 3),
    "mean": lambda t, key, query, flag: t.mean(query) * 1 > 17,
    "prefix sum": lambda t, key, query, flag: t.prefix_sum(query),
}
ACAUSAL = {
    "rank": lambda t, key, query, flag: t.rank(key),
    "earlier": lambda t, key, query, flag: t.earlier(key, where=flag),
    "push": lambda t, key, query, flag: t.push_min(key, query, where=flag),
    "push of the greatest": lambda t, key, query, flag: t.push_max(t.minimum(key, t.index), query),
    "spread": lambda t, key, query, flag: t.spread([t.index], [key], senders=ROWS, names=["spread"])[0],
}
CASES = [(name, causal) for name in KINDS for causal in (True, False)] + [(name, False) for name in ACAUSAL]


@cache
def program_of(kind, causal, rows=ROWS, high=HIGH):
    table = Table(kind, rows=rows, causal=causal)
    key, query, flag = table.input("key", high=high), table.input("query", high=high), table.input("flag", high=1)
    table.output("read", (KINDS | ACAUSAL)[kind](table, key, query, flag))
    return table.program()


@cache
def model_of(kind, causal, rows=ROWS, high=HIGH):
    return compile_program(program_of(kind, causal, rows, high)).transformer


def hostile_tables():
    """All keys equal, no match, all keys different, one row, ties, and tables at random."""
    rng, rows, ones = np.random.default_rng(0), np.arange(ROWS), np.ones(ROWS, dtype=np.int64)
    drawn = [[rng.integers(0, most + 1, ROWS) for most in (high, high, 1)] for high in (2, HIGH)]
    for key, query, flag in [
        (3 * ones, 3 * ones, ones),
        (3 * ones, 5 * ones, ones),
        (0 * ones, 0 * ones, 0 * ones),
        (HIGH * ones, HIGH * ones, ones),
        (rows, rows[::-1], ones),
        (rows, rows, 0 * ones),
        (ones[:1], ones[:1], ones[:1]),
        (ones[:1], 2 * ones[:1], 0 * ones[:1]),
        (rows // 2, rows // 2 + rows % 2, rows % 3 // 2),
        *drawn,
        [column[:5] for column in drawn[1]],
    ]:
        yield {"key": key, "query": query.copy(), "flag": flag}


@pytest.mark.parametrize(("kind", "causal"), CASES, ids=str)
def test_a_head_of_every_kind_looks_its_rows_up_whatever_the_input(kind, causal):
    program, model = program_of(kind, causal), model_of(kind, causal)
    for columns in hostile_tables():
        check_heads(model, columns)
        assert np.array_equal(evaluate(model, columns, attention="lookup")["read"], program.run(columns)["read"])


# --- gaps that are broken ---


def with_scores(model: Transformer, change) -> Transformer:
    """change: of the weights of all queries."""

    def changed(block):
        attention = block.attention
        return block and replace(block, attention=attention and replace(attention, query=change(attention.query)))

    return replace(model, blocks=tuple(map(changed, model.blocks)))


@pytest.mark.parametrize("factor", [2.0**-1, 2.0**-6, 0.001])
@pytest.mark.parametrize("kind", ["last", "last where", "pull", "count"])
def test_a_gap_that_is_too_narrow_is_noticed_and_all_is_scored(kind, factor):
    """Of more keys than are tried one by one, of which two match."""
    model = with_scores(model_of(kind, causal=False, rows=160, high=160), lambda query: query * factor)
    places = np.arange(160)
    columns = {"key": places // 2, "query": places[::-1] // 2, "flag": np.ones(160, dtype=np.int64)}
    for _, found, expected, pairs in compare_heads(model, columns):
        assert torch.allclose(found, expected, rtol=1e-5, atol=1e-6)
        assert pairs.scored


@pytest.mark.parametrize("factor", [2.0**-1, 2.0**-6, 0.001])
@pytest.mark.parametrize("kind", ["last until", "sum", "less", "by a table", "prefix sum", "rank"])
def test_weights_are_those_of_softmax_also_without_a_gap(kind, factor):
    model = with_scores(model_of(kind, causal=False), lambda query: query * factor)
    for columns in hostile_tables():
        for _, found, expected, _ in compare_heads(model, columns):
            assert torch.allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_weights_of_no_program_are_scored_in_full():
    torch.manual_seed(0)
    model, rng = with_scores(compiled("k-hop").transformer, torch.randn_like), np.random.default_rng(0)
    columns = compiled("k-hop").task.encode(compiled("k-hop").task.sample(rng, size=12))
    for _, found, expected, pairs in compare_heads(model, columns):
        assert torch.allclose(found, expected, rtol=1e-5, atol=1e-6)
        assert [head.queries for head in pairs.scored] == [12]


def test_weights_that_are_no_numbers_are_refused_as_by_softmax():
    model = with_scores(compiled("k-hop").transformer, lambda query: query * np.nan)
    for attention in ("softmax", "lookup"):
        with pytest.raises(UsageError, match="no number"):
            evaluate(model, {"token": [1, 2, 1]}, attention=attention)


def test_numpy_may_be_set_to_raise():
    model = model_of("count", causal=True)
    with np.errstate(all="raise"):
        for columns in hostile_tables():
            check_outputs(model, columns)


def test_a_query_whose_row_does_not_exist_is_scored_alone():
    """In a short table a row that is not there is a broken promise: softmax reads the nearest row."""
    table = Table("pull", rows=100, causal=False)
    table.output("read", table.pull(table.input("address", high=100), table.index))
    columns = {"address": np.append(np.arange(79), 99)}
    model = compile_program(table).transformer
    assert [head.queries for head in check_outputs(model, columns).scored] == [1]
    assert evaluate(model, columns, attention="lookup")["read"].tolist() == [*range(79), 80]


def test_two_rows_that_tie_are_read_together():
    """`order="any"` promises that no two match; where two do, softmax reads their mean."""
    table = Table("any", rows=ROWS, causal=False)
    key = table.input("key", high=HIGH)
    table.output("read", table.select(key=key, query=key, values=table.index, order="any"))
    model = compile_program(table).transformer
    assert not check_outputs(model, {"key": np.array([1, 2, 1, 3, 2])}).scored
    assert evaluate(model, {"key": np.array([1, 2, 1, 3])}, attention="lookup")["read"].tolist() == [2, 2, 2, 4]


# --- how it is asked for, and what it counts ---


def test_tables_of_a_batch_are_looked_up_one_by_one():
    model, rng = compiled("components"), np.random.default_rng(0)
    encoded = [model.task.encode(model.task.sample(rng, size=size)) for size in (2, model.task.largest)]
    lengths = np.array([len(next(iter(table.values()))) for table in encoded])
    batch = pad(encoded)
    found = evaluate_counting(model.transformer, batch, lengths, attention="lookup")
    alone = [evaluate_counting(model.transformer, table, attention="lookup") for table in encoded]
    for name, values in evaluate(model.transformer, batch, lengths, attention="softmax").items():
        assert np.array_equal(found.outputs[name], values)
    assert found.pairs.touched == sum(each.pairs.touched for each in alone)
    assert found.pairs.all == sum(each.pairs.all for each in alone)
    assert evaluate_counting(model.transformer, batch, lengths).pairs.all == found.pairs.all


def test_a_table_of_a_batch_may_have_no_rows_in_use():
    transformer = counts_of_equal_numbers()
    columns = {"number": np.ones((2, 4), dtype=np.int64)}
    for attention in WAYS_TO_ATTEND:
        counted = evaluate(transformer, columns, [0, 3], attention=attention)["count"]
        assert counted.tolist() == [[0, 0, 0, 0], [3, 3, 3, 0]]


@pytest.mark.parametrize("lengths", [[3], [3, 3, 3], [-1, 3], [5, 3], [1.0, 3.0], [[3, 3]], 3], ids=str)
def test_lengths_that_are_none_of_these_tables_are_refused(lengths):
    transformer, columns = counts_of_equal_numbers(), {"number": np.ones((2, 4), dtype=np.int64)}
    for attention in WAYS_TO_ATTEND:
        with pytest.raises(UsageError, match=r"lengths are 2 whole numbers in 0\.\.4, one for each table, not"):
            evaluate(transformer, columns, lengths, attention=attention)


def counts_of_equal_numbers() -> Transformer:
    table = Table("equal", rows=4, causal=False)
    number = table.input("number", high=2)
    table.output("count", table.count(key=number, query=number))
    return compile_program(table).transformer


def test_pairs_grow_as_the_rows_do():
    """Of a head that reads one row: the start token's score at every query, and one row that it finds."""
    model = compile_task(make_task("k-hop", {"n": 1000, "k": 4}))
    instance = model.task.sample(np.random.default_rng(0), size=1000)
    found = evaluate_counting(model.transformer, model.task.encode(instance), attention="lookup")
    assert np.array_equal(model.task.decode(found.outputs, instance), model.task.solve(instance))
    assert found.pairs.all == 4 * 1001 * 1002 // 2
    assert 4 * 1000 < found.pairs.touched <= 4 * 2001


def test_large_tables_are_looked_up_unless_told_otherwise():
    assert looks_up("auto", LARGE) and not looks_up("auto", LARGE - 1)
    assert looks_up("lookup", 1) and not looks_up("softmax", LARGE)
    assert not looks_up("auto", LARGE, mantissa_bits=11)
    assert looks_up("auto", LARGE // 4, heads=64) and not looks_up("auto", LARGE // 4, heads=63)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"attention": "hash"}, r"auto, softmax, lookup, not 'hash'. Take attention='auto'"),
        ({"attention": "lookup", "mantissa_bits": 11}, "fewer mantissa bits is simulated for softmax alone"),
    ],
)
def test_what_is_no_way_to_attend_is_refused(given, message):
    with pytest.raises(UsageError, match=message):
        evaluate(compiled("k-hop").transformer, {"token": [1, 2]}, **given)


# --- its parts, by plain Python ---

WHOLE = st.integers(-6, 6).map(float)


@given(rows=st.lists(st.tuples(WHOLE, WHOLE, st.floats(-2, 2)), min_size=1, max_size=20))
def test_rows_have_the_same_number_where_they_are_equal(rows):
    (number,) = number_rows(np.array(rows))
    assert [[a == b for b in number] for a in number] == [[a == b for b in rows] for a in rows]


@given(
    keys=st.lists(st.tuples(st.integers(0, 3), WHOLE, WHOLE), min_size=1, max_size=16),
    asked=st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 15)), min_size=1, max_size=8),
    causal=st.booleans(),
)
def test_the_index_finds_the_best_keys_of_a_group_that_a_query_sees(keys, asked, causal):
    group, bonus, values = (np.array(part) for part in zip(*keys, strict=True))
    index = Index(group, bonus, values[:, None], causal)
    wanted, row = (np.array(part) for part in zip(*[(g, r % len(keys)) for g, r in asked], strict=True))
    level = index.best(wanted, row)
    found = level >= 0
    count, total = index.read(level[found], row[found])
    for g, r, is_found in zip(wanted, row, found, strict=True):
        seen = [(b, v) for place, (k, b, v) in enumerate(keys) if k == g and (place <= r or not causal)]
        assert is_found == bool(seen)
        if seen:
            (read, *count), (summed, *total) = count, total
            best = max(b for b, _ in seen)
            assert (read, summed[0]) == (sum(b == best for b, _ in seen), sum(v for b, v in seen if b == best))


@given(unit=st.sampled_from([1.0, 3.0, 0.375, 1000.0]), factors=st.lists(st.integers(-50, 50), max_size=8))
def test_the_common_measure_divides_all_values_and_none_is_larger(unit, factors):
    values = np.array([unit * factor for factor in factors])
    exact = Fraction(unit) * gcd(*factors)
    assert Fraction(common_measure(values)) == exact


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_score_that_loses_by_the_gap_has_no_weight_and_one_of_less_has_some(dtype):
    gap = gap_of(dtype)
    assert torch.softmax(torch.tensor([0.0, -gap], dtype=dtype), 0).tolist() == [1.0, 0.0]
    assert np.exp(np.array(-gap + 1, dtype=str(dtype).removeprefix("torch."))) > 0
