"""Means are exact fractions: what is asked of them is what Python's fractions say."""

from fractions import Fraction
from functools import cache
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logdepth import Table, UsageError, compile_program, interpret
from logdepth.programs import read_fractions

QUESTIONS = {
    "floor": (lambda m, x: m.floor(), lambda m, x: floor(m)),
    "ceil": (lambda m, x: m.ceil(), lambda m, x: ceil(m)),
    "round": (lambda m, x: m.round(), lambda m, x: round(m)),
    "less": (lambda m, x: m < x, lambda m, x: m < x),
    "column first": (lambda m, x: x > m, lambda m, x: x > m),
    "at least a fraction": (lambda m, x: m >= Fraction(5, 3), lambda m, x: m >= Fraction(5, 3)),
    "equal": (lambda m, x: m == x, lambda m, x: m == x),
    "other": (lambda m, x: m != 1, lambda m, x: m != 1),
    "moved": (lambda m, x: (2 * m - 3 + Fraction(1, 2)).floor(), lambda m, x: floor(2 * m - Fraction(5, 2))),
    "turned": (lambda m, x: (4 - m).ceil(), lambda m, x: ceil(4 - m)),
    "of a column": (lambda m, x: ((m + x) / 3).round(), lambda m, x: round((m + x) / 3)),
    "squared": (lambda m, x: m * m <= 4, lambda m, x: m * m <= 4),
}


@cache
def means(causal):
    """A mean over rows with my key, where there may be none, and over all rows, of numbers that may be negative."""
    table = Table("means", 6, causal)
    key, query, x = table.input("key", 2), table.input("query", 2), table.input("x", low=-3, high=4)
    some, every = table.mean(x, query=query, key=key), table.mean(x)
    for name, (ask, _) in QUESTIONS.items():
        table.output(f"{name} of some", ask(some, x))
        table.output(f"{name} of all", ask(every, x))
    table.output("mean", some)
    table.output("both", some + table.mean(x * 2, query=query, key=key))
    return table.program()


def meant(columns, causal):
    rows = len(columns["x"])
    found = {name: [] for name in ("mean", *(f"{name} of {of}" for name in QUESTIONS for of in ("some", "all")))}
    for i in range(rows):
        seen = range(i + 1) if causal else range(rows)
        some = [columns["x"][j] for j in seen if columns["key"][j] == columns["query"][i]]
        every = [columns["x"][j] for j in seen]
        for of, values in (("some", some), ("all", every)):
            mean = Fraction(sum(values), max(len(values), 1))
            for name, (_, answer) in QUESTIONS.items():
                found[f"{name} of {of}"].append(int(answer(mean, columns["x"][i])))
        found["mean"].append(Fraction(sum(some), max(len(some), 1)))
    return found


@pytest.mark.parametrize("causal", [False, True], ids=["all rows", "causal"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_means_are_fractions(causal, data):
    rows = data.draw(st.integers(1, 6))
    draw = lambda low, high: data.draw(st.lists(st.integers(low, high), min_size=rows, max_size=rows))  # noqa: E731
    columns = {"key": draw(0, 2), "query": draw(0, 2), "x": draw(-3, 4)}
    outputs, expected = interpret(means(causal), columns), meant(columns, causal)
    assert read_fractions(outputs, "mean").tolist() == expected.pop("mean")
    assert {name: outputs[name].tolist() for name in expected} == expected
    assert read_fractions(outputs, "both").tolist() == [3 * m for m in read_fractions(outputs, "mean")]


@pytest.mark.parametrize("causal", [False, True], ids=["all rows", "causal"])
def test_compiled_means_are_fractions(causal):
    program, rng = means(causal), np.random.default_rng(0)
    model = compile_program(program)
    assert model.measured.layers == 1
    for rows in (1, 3, 6):
        columns = {name: rng.integers(low, 3, rows) for name, low in (("key", 0), ("query", 0), ("x", -3))}
        expected, outputs = interpret(program, columns), model.run(columns)
        assert all(np.array_equal(outputs[name], expected[name]) for name in expected)


@pytest.mark.parametrize("question", ["floor", "ceil", "round"])
def test_means_of_many_values_are_rounded_where_there_may_be_no_row(question):
    """By one division: of more than 64 values the comparisons with each of them would be too many."""
    table = Table("dear", 6)
    shop, price = table.input("shop", 2), table.input("price", 99)
    ask, answer = QUESTIONS[question]
    mean = table.mean(price, query=table.map(lambda s: 2 - s, shop, high=2), key=shop)
    table.output("rounded", ask(mean, price))
    columns = {"shop": [0, 0, 1, 0, 0, 1], "price": [3, 99, 5, 0, 0, 8]}
    means = {1: Fraction(13, 2), 2: Fraction(0)}  # of shop 2 there is no row
    expected = [answer(means[2 - s], 0) for s in columns["shop"]]
    assert interpret(table.program(), columns)["rounded"].tolist() == expected
    assert compile_program(table.program()).run(columns)["rounded"].tolist() == expected


def test_means_over_the_same_rows_share_their_count():
    table = Table("two", 9)
    shop, x, y = table.input("shop", 3), table.input("x", 5), table.input("y", 5)
    more = table.mean(x, query=shop, key=shop) > table.mean(y, query=shop, key=shop)
    table.output("more", more)
    assert compile_program(table.program()).measured.heads == 2  # of equal denominators only the numerators are asked


def test_means_by_different_tables_do_not_share_their_count():
    table = Table("two", 9)
    x = table.input("x", 3)
    for number, matching in enumerate([lambda k, q: k < q, lambda k, q: k > q, [[1] * 4] * 4, [[0] * 4] * 4, "<", ">"]):
        table.output(f"o{number}", table.mean(x, query=x, key=x, matching=matching))
    outputs = interpret(table.program(), {"x": [0, 2, 3]})
    whole = [read_fractions(outputs, f"o{number}").tolist() for number in range(6)]
    assert whole == [
        [0, 0, 1],
        [Fraction(5, 2), 3, 0],
        [Fraction(5, 3)] * 3,
        [0] * 3,
        [0, 0, 1],
        [Fraction(5, 2), 3, 0],
    ]


def test_what_a_mean_is_not():
    table = Table("none", 4)
    mean = table.mean(table.input("x", 3))
    for attempt, message in [
        (lambda: bool(mean > 1 and mean), "has a value in every row, so no truth value"),
        (lambda: bool(mean), "a quotient has a value in every row"),
        (lambda: mean / 0, "divided by a whole number of 1 or more, not by 0"),
        (lambda: mean + 0.5, "with whole numbers, fractions and columns, not 0.5"),
        (lambda: table.map(lambda x: x, mean, high=3), "expects a column or a non-negative int"),
    ]:
        with pytest.raises(UsageError, match=message):
            attempt()
