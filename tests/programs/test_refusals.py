"""What cannot be written or run is one clear usage error, of one line."""

import numpy as np
import pytest
import torch

from logdepth.numerics.errors import UsageError
from logdepth.programs import Table, interpret


def refused(match):
    return pytest.raises(UsageError, match=match)


@pytest.fixture
def table():
    return Table("example", rows=4)


@pytest.mark.parametrize("rows", [0, -3, 2.5, "4"])
def test_a_table_needs_rows(rows):
    with refused("program 'example' needs at least one row"):
        Table("example", rows)


def test_a_program_needs_input_and_output(table):
    with refused("has no input; make one with table.input"):
        table.program()
    table.input("a", 3)
    with refused("has no output; name one with table.output"):
        table.program()


@pytest.mark.parametrize("high", [-1, 1.5, None])
def test_a_column_needs_a_highest_value(table, high):
    with refused("column 'a' needs a highest value of 0 or more"):
        table.input("a", high)


def test_names_are_taken_once(table):
    a = table.input("a", 3)
    for name in ("a", "index"):
        with refused("already has a column"):
            table.input(name, 3)
    table.output("out", a)
    with refused("already has an output 'out'"):
        table.output("out", a)


def test_columns_belong_to_one_program(table):
    other = Table("other", 4).input("a", 3)
    uses = [
        lambda: table.output("out", other),
        lambda: table.map(lambda x: x, other, high=3),
        lambda: table.pull(other, table.index),
        lambda: table.pull(table.index, other),
        lambda: table.select(query=1, key=1, values=1, priority=other),
        lambda: table.sum(other),
        lambda: table.rank(other),
        lambda: table.repeat(2, lambda s: other, table.index, high=4, name="s"),
        lambda: table.repeat(2, lambda s: s, other, high=4, name="s"),
    ]
    for use in uses:
        with refused("column 'a' belongs to another program, or to the inside of a repeat that has ended"):
            use()


def test_what_a_repeat_computes_ends_with_it(table):
    inside = []

    def body(state):
        inside.extend([state, table.map(lambda x: x // 2, state, high=4)])
        return inside[1]

    table.repeat(2, body, table.index, high=4, name="state")
    for column in inside:
        with refused("inside of a repeat that has ended"):
            table.map(lambda x: x, column, high=4)


def test_outputs_are_declared_outside_of_repeats(table):
    def body(state):
        table.output("out", state)
        return state

    with refused("output 'out' is declared inside a repeat; return its column"):
        table.repeat(2, body, table.index, high=4, name="state")


def test_a_repeat_returns_its_state(table):
    with refused("repeat has 1 state columns, but its body returns 2"):
        table.repeat(2, lambda s: (s, s), table.index, high=4, name="s")
    with refused("repeat has 1 start values for 2 state columns"):
        table.repeat(2, lambda s, t: (s, t), table.index, high=[4, 4], name=["s", "t"])
    with refused("repeat needs a number of times of 0 or more, not -1"):
        table.repeat(-1, lambda s: s, table.index, high=4, name="s")


def test_operands_are_columns_or_numbers(table):
    for wrong in (-1, 2.0, True, "a", None):
        with refused("expects a column or a non-negative int"):
            table.pull(wrong, table.index)


def test_where_a_column_must_be_a_number_will_not_do(table):
    for use in (table.rank, table.earlier, table.previous, table.sort, lambda x: table.push_min(1, x)):
        with refused("is a column, not 3"):
            use(3)
    for use in (lambda: table.push_max(1, 3), lambda: table.output("out", 3), lambda: table.count(where=3)):
        with refused("is a column, not 3"):
            use()


def test_every_result_has_a_name_and_a_range(table):
    a = table.input("a", 3)
    for use in (
        lambda: table.map(lambda x: (x, x), a, high=[3, 3], name=["one"]),
        lambda: table.map(lambda x: x, a, high=[]),
        lambda: table.select(query=a, key=a, values=[a, a], name=["one"]),
        lambda: table.repeat(2, lambda s: s, a, high=3, name=["one", "two"]),
    ):
        with refused(r"program 'example' declares \d columns with \d names"):
            use()
    with refused("column 'm' needs a highest value of 0 or more, not None"):
        table.map(lambda x: x, a, high=None, name="m")
    with refused(r"column 'm' holds numbers up to 4611686018427387905, and 64-bit integers carry 2\^62"):
        table.map(lambda x: x, a, high=2**62 + 1, name="m")
    with refused("the name of a column is text, not 3"):
        table.input(3, 3)
    with refused("the name of a column is text that UTF-8 can write"):
        table.input("\ud800", 3)
    with refused("the name of an output is text, not 4"):
        table.output(4, a)
    for name, rule in ((3, "is text, not 3"), ("", "of at least one letter"), ("\udfff", "UTF-8 can write")):
        with refused(f"the name of a program .*{rule}"):
            Table(name, rows=3)
    with refused("a map takes a function of columns, not 3"):
        table.map(3, a, high=3)


def test_selects_say_how_they_choose(table):
    with refused("order is 'first', 'last' or 'any', not 'newest'"):
        table.select(query=1, key=1, values=1, order="newest")
    with refused("a priority is a column, not 3"):
        table.select(query=1, key=1, values=1, priority=3)
    with refused("a query of 2 columns cannot match a key of 1"):
        table.select(query=[1, 2], key=1, values=1)
    with refused("a condition is a column of 0 and 1"):
        table.select(query=1, key=1, values=1, where=table.index)


def test_a_match_is_a_comparison_or_a_table(table):
    a, b = table.input("a", 2), table.input("b", 1)
    with refused("a key matches a query by ==, <, <=, >, >=, or by a table; not '!='"):
        table.count(query=a, key=b, matching="!=")
    with refused("keys 0..1 match queries 0..2 by a table of 2 x 3 numbers 0 and 1, .* not one of shape \\(3, 2\\)"):
        table.count(query=a, key=b, matching=np.zeros((3, 2), dtype=int))
    with refused("not one of shape \\(2, 3\\) with other numbers"):
        table.count(query=a, key=b, matching=[[0, 1, 2], [0, 0, 0]])
    with refused("by a table of 2 x 3 numbers 0 and 1"):
        table.count(query=a, key=b, matching=[[0, 1], [0, 0, 0]])
    with refused("a key of 2 columns matches by a list of 2 relations, not '<'"):
        table.count(query=[a, b], key=[a, b], matching="<")
    with refused("`matching` says how a key matches a query; give both"):
        table.count(matching="<")
    wide = table.input("wide", 10_000)
    with refused("a table of 10001 keys and 10001 queries has more than 4194304 entries"):
        table.count(query=wide, key=wide, matching=lambda key, query: key < query)


def test_some_statements_need_to_see_all_rows():
    causal = Table("causal", 4, causal=True)
    with refused("rank needs to see every row"):
        causal.rank(causal.index)


def test_a_column_has_no_truth_value(table):
    with refused("column 'a' has a value in every row, so no truth value; decide by table.where"):
        bool(table.input("a", 1))


# running


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({}, r"takes the columns \['a', 'b'\], not \[\]"),
        ({"a": [1], "b": [1], "c": [1]}, r"takes the columns \['a', 'b'\], not \['a', 'b', 'c'\]"),
        ({"a": [1, 2], "b": [1]}, r"takes columns of one shape, not 'a' \(2,\), 'b' \(1,\)"),
        ({"a": [], "b": []}, r"takes columns of 1\.\.4 rows, not of shape \(0,\)"),
        ({"a": [1] * 5, "b": [1] * 5}, r"takes columns of 1\.\.4 rows, not of shape \(5,\)"),
        ({"a": [[1]], "b": [[1]]}, r"takes columns of 1\.\.4 rows, not of shape \(1, 1\)"),
        ({"a": 1, "b": 1}, r"takes columns of 1\.\.4 rows, not of shape \(\)"),
        ({"a": [1.5], "b": [1]}, "takes whole numbers, but in column 'a' row 1 has '1.5'"),
        ({"a": ["x"], "b": [1]}, "takes numbers in column 'a', not the text 'x'"),
        ({"a": [1, [2]], "b": [1]}, "takes integers, but column 'a' is no array of them"),
        ({"a": [1, 4], "b": [1, 1]}, r"column 'a' holds 0\.\.3, but row 2 has 4"),
        ({"a": [-1], "b": [1]}, r"column 'a' holds 0\.\.3, but row 1 has -1"),
    ],
)
def test_input_must_fit(table, columns, match):
    table.output("out", table.map(torch.add, table.input("a", 3), table.input("b", 3), high=6))
    with refused(match):
        interpret(table.program(), columns)


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda t, a: t.map(lambda x: x + 1, a, high=3), r"column '<?lambda>?' holds 0\.\.3, but row 4 has 4"),
        (
            lambda t, a: t.map(lambda x: x - 1, a, high=3),
            r"row 1 has -1; .* clamp them at 0, .* \(the map in test_refusals.py line \d+\)",
        ),
        (lambda t, a: t.sum(a, high=5), r"column 'sum' holds 0\.\.5, but row 1 has 6"),
        (
            lambda t, a: t.pull(t.map(lambda x: x + 2, a, high=5), a),
            r"row 4 pulls row 5, which does not exist or is later; pull row 0 for nothing \(column 'a'\)",
        ),
        (
            lambda t, a: t.select(query=1, key=1, values=a, distinct=True),
            "and the program promises distinct keys; give another input",
        ),
        (
            lambda t, a: t.select(query=1, key=1, values=a, order="any"),
            "several rows of equal priority, and the program promises by order 'any'",
        ),
        (lambda t, a: t.map(lambda x: 6 // x, a, high=6, name="m"), r"the map of 'm' .* divides by 0 in row 1; use"),
        (lambda t, a: t.map(lambda x: 6 % x, a, high=6, name="m"), "takes a remainder by 0 in row 1"),
        (lambda t, a: t.map(lambda x: torch.tensor([1, 2])[x], a, high=6), "looks up entry 2 of a table of 2 in row 3"),
        (
            lambda t, a: t.repeat(2, lambda s: t.map(lambda x: x + 2, s, high=9), a, high=6, name="s"),
            r"'s' holds 0\.\.6",
        ),
    ],
)
def test_values_stay_in_their_range_and_promises_are_kept(table, build, match):
    table.output("out", build(table, table.input("a", 3)))
    with refused(match):
        interpret(table.program(), {"a": np.arange(4)})


def wordless(x):
    raise ValueError


@pytest.mark.parametrize(
    ("function", "match"),
    [
        (lambda x: x / 2, "returns fractions"),
        (lambda x: x if x > 1 else 0, "asks a column for one truth value"),
        (lambda x: x.nonsense(), "raises AttributeError: a column has no 'nonsense'"),
        (lambda x: (x, x), "gives 2 columns where 1 are declared"),
        (lambda x: None, "returns a NoneType"),
        (lambda x: torch.arange(4), r"returns a Tensor of shape \(4,\)"),
        (wordless, r"raises ValueError: no message; see test_refusals.py line \d+"),
    ],
)
def test_a_map_is_transcribed_where_it_is_written(table, function, match):
    a = table.input("a", 3)
    with refused(rf"the map of 'm' \(test_refusals.py line \d+\) {match}"):
        table.map(function, a, high=3, name="m")


def test_what_a_closure_becomes_later_does_not_matter(table):
    a, sums = table.input("a", 3), []
    for number in range(3):
        sums.append(table.map(lambda x: x + number, a, high=5))  # noqa: B023
    for place, column in enumerate(sums):
        table.output(f"plus {place}", column)
    outputs = interpret(table.program(), {"a": np.arange(4)})
    assert [outputs[f"plus {place}"].tolist() for place in range(3)] == [[k, k + 1, k + 2, k + 3] for k in range(3)]


def test_a_causal_program_pulls_no_later_row():
    table = Table("causal", 4, causal=True)
    table.output("out", table.pull(4, table.input("a", 3)))
    with refused("row 1 pulls row 4, which does not exist or is later; pull row 0 for nothing"):
        interpret(table.program(), {"a": np.arange(4)})
