"""Columns of letters: texts go in, letters travel with the values that are read, texts come out."""

import numpy as np
import pytest

from logdepth.numerics.errors import UsageError
from logdepth.programs import Table, decode_texts, encode_texts, interpret

ABC = "abc"


def example():
    table = Table("example", rows=6)
    return table, table.input("token", letters=ABC)


@pytest.mark.parametrize("given", ["abba", list("abba"), np.array(list("abba")), [1, 2, 2, 1], np.array([1, 2, 2, 1])])
def test_a_column_of_letters_takes_texts_and_numbers(given):
    table, token = example()
    table.output("same", token)
    program = table.program()
    assert interpret(program, {"token": given})["same"].tolist() == [1, 2, 2, 1]
    assert decode_texts(interpret(program, {"token": given}), program.output_letters) == {"same": "abba"}


@pytest.mark.parametrize(
    "read",
    [
        lambda t, x: t.pull(t.index, x),
        lambda t, x: t.previous(x),
        lambda t, x: t.last(key=x, query=x, values=x),
        lambda t, x: t.select(query=x, key=x, values=[t.index, x])[1],
        lambda t, x: t.push(t.index, x),
        lambda t, x: t.push_min(1, x),
        lambda t, x: t.push_max(1, x),
        lambda t, x: t.broadcast(x),
        lambda t, x: t.sort(x),
        lambda t, x: t.hold(x, "held"),
        lambda t, x: t.map(lambda v: 4 - v, x, letters=ABC),
        lambda t, x: t.map(lambda v: (v, v), x, high=[3, 3], letters=ABC)[1],
    ],
)
def test_letters_travel_with_what_is_read(read):
    table, token = example()
    column = read(table, token)
    assert (column.letters, column.high) == (ABC, 3)
    table.output("read", column)
    program = table.program()
    assert (program.input_letters, program.output_letters) == ({"token": ABC}, {"read": ABC})


@pytest.mark.parametrize(
    "compute",
    [
        lambda t, x: t.map(lambda v: v, x, high=3),
        lambda t, x: t.count(query=x, key=x),
        lambda t, x: t.pull(t.index, t.index),
    ],
)
def test_numbers_have_no_letters(compute):
    table, token = example()
    table.output("number", compute(table, token))
    assert table.program().output_letters == {}


def test_no_letter_is_shown_as_a_mark_that_is_no_letter():
    for letters, shown in [("ab", "·ab"), ("·a", "-·a"), ("·-_", "␀·-")]:
        assert decode_texts({"x": np.array([0, 1, 2])}, {"x": letters}) == {"x": shown}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"token": "abxa"}, "letter 'x' is not in the alphabet 'abc' .column 'token' of program 'p', position 3"),
        ({"token": ""}, "at least one letter in column 'token'"),
        ({"number": "12"}, "takes numbers in column 'number', not the text '12'"),
    ],
)
def test_a_text_that_has_no_numbers_is_refused(columns, message):
    with pytest.raises(UsageError, match=message):
        encode_texts(columns, {"token": ABC}, "program 'p'")


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda t: t.input("x"), "column 'x' needs a highest value of 0 or more, not None: give high=…, or letters"),
        (lambda t: t.input("x", letters=""), "at least one letter"),
        (lambda t: t.input("x", letters=26), "a text of at least one letter, not 26"),
        (lambda t: t.input("x", letters="aba"), "'a' comes again at position 3"),
        (lambda t: t.input("x", 4, letters="abc"), "holds 0..4, but its alphabet 'abc' has 3 letters"),
        (lambda t: t.map(lambda i: i, t.index, high=6, letters="abc", name="x"), "holds 0..6, but its alphabet"),
    ],
)
def test_letters_are_checked_where_they_are_declared(declare, message):
    with pytest.raises(UsageError, match=message):
        declare(Table("example", rows=6))


def test_fewer_values_than_letters_are_the_first_letters():
    table = Table("example", rows=6)
    table.output("same", table.input("token", 2, letters=ABC))
    with pytest.raises(UsageError, match=r"'token' holds 0\.\.2, but row 2 has 3"):
        interpret(table.program(), {"token": "bc"})
