"""Statements made of others, and operators on columns: the same as plain Python says, on random tables, in every model
of computation."""

import pydoc
import random
import re
from functools import reduce
from operator import add

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from logdepth.arrows.program_to_mpc import least_memory_for, output_columns, program_to_mpc, row_records
from logdepth.artefacts import compile_program
from logdepth.mpc import run_locally
from logdepth.numerics.errors import UsageError
from logdepth.programs import Column, Table, interpret
from logdepth.programs.expressions import Expression, Operators
from logdepth.verification import verify_program

ROWS, A, B = 7, 4, 5
GRID = np.arange(30).reshape(5, 6) * 7 % 11


def seen(causal, n, i):
    return range(i + 1) if causal else range(n)


def best(pick, of, values, match, order):
    """What `argmax` and `argmin` say of a list `of`, with the rows that `match`, in plain Python."""
    if not match:
        return 0
    extreme = pick(of[j] for j in match)
    return values[next(j for j in (match if order == "first" else match[::-1]) if of[j] == extreme)]


def compose(f, g):
    return tuple((g[0], *g)[q] if q else g[i] for i, q in enumerate(f))


def composed(table, a, b):
    """Three columns as a function of 1..3, which `scan` composes; 0: where the value itself goes."""
    start = [table.column((a + k) % 3 + 1, name=f"f{k}") for k in range(3)]
    return table.scan(lambda f, g: [table.choose(q, [own, *g]) for q, own in zip(f, g, strict=True)], start)[1]


def composed_lists(a, b, n, causal):
    functions = [tuple((x + k) % 3 + 1 for k in range(3)) for x in a]
    return [reduce(lambda f, g: tuple(g[q - 1] for q in f), functions[: i + 1])[1] for i in range(n)]


STATEMENTS = {
    "shift": (lambda t, a, b: t.shift(a, 2), lambda a, b, n, causal: [0, 0, *a][:n]),
    "shift by none": (lambda t, a, b: t.shift(a, 0), lambda a, b, n, causal: a),
    "shift of several": (
        lambda t, a, b: t.shift([a, b], 1, name=["x", "y"])[1],
        lambda a, b, n, causal: [0, *b][:n],
    ),
    "shift beyond": (lambda t, a, b: t.shift(a, 50), lambda a, b, n, causal: [0] * n),
    "last where": (
        lambda t, a, b: t.last(t.index, where=a > 2),
        lambda a, b, n, causal: [max([j + 1 for j in seen(causal, n, i) if a[j] > 2], default=0) for i in range(n)],
    ),
    "last of a key where": (
        lambda t, a, b: t.last(b, query=a, key=b, where=a != 1),
        lambda a, b, n, causal: [
            next((b[j] for j in reversed(seen(causal, n, i)) if b[j] == a[i] and a[j] != 1), 0) for i in range(n)
        ],
    ),
    "length": (lambda t, a, b: t.length, lambda a, b, n, causal: [i + 1 if causal else n for i in range(n)]),
    "argmax": (
        lambda t, a, b: t.argmax(b),
        lambda a, b, n, causal: [best(max, b, range(1, n + 1), [*seen(causal, n, i)], "first") for i in range(n)],
    ),
    "argmax, the last": (
        lambda t, a, b: t.argmax(b, order="last"),
        lambda a, b, n, causal: [best(max, b, range(1, n + 1), [*seen(causal, n, i)], "last") for i in range(n)],
    ),
    "argmin of matching rows": (
        lambda t, a, b: t.argmin(a, b, query=b, key=a, where=b > 0),
        lambda a, b, n, causal: [
            best(min, a, b, [j for j in seen(causal, n, i) if a[j] == b[i] and b[j] > 0], "first") for i in range(n)
        ],
    ),
    "argmax of matching rows": (
        lambda t, a, b: t.argmax(a * b, query=a % 2, key=b % 2),
        lambda a, b, n, causal: [
            best(
                max,
                [x * y for x, y in zip(a, b, strict=True)],
                range(1, n + 1),
                [j for j in seen(causal, n, i) if b[j] % 2 == a[i] % 2],
                "first",
            )
            for i in range(n)
        ],
    ),
    "scan of maximum": (
        lambda t, a, b: t.scan(t.maximum, b),
        lambda a, b, n, causal: [max(b[: i + 1]) for i in range(n)],
    ),
    "scan of a minimum": (
        lambda t, a, b: t.scan(t.minimum, b),
        lambda a, b, n, causal: [min(b[: i + 1]) for i in range(n)],
    ),
    "scan of a sum": (
        lambda t, a, b: t.scan(lambda x, y: x + y, a, high=ROWS * A, name="total"),
        lambda a, b, n, causal: [sum(a[: i + 1]) for i in range(n)],
    ),
    "scan of a sum modulo 5": (
        lambda t, a, b: t.scan(lambda x, y: (x + y) % 5, b),
        lambda a, b, n, causal: [sum(b[: i + 1]) % 5 if i else b[0] for i in range(n)],
    ),
    "scan by a map": (
        lambda t, a, b: t.scan(lambda x, y: t.map(lambda u, v: torch.minimum(u + v, torch.tensor(9)), x, y, high=9), a),
        lambda a, b, n, causal: [min(9, sum(a[: i + 1])) for i in range(n)],
    ),
    "scan of the last that is not 0": (
        lambda t, a, b: t.scan(lambda x, y: t.where(y > 0, y, x), a),
        lambda a, b, n, causal: [next((x for x in reversed(a[: i + 1]) if x), 0) for i in range(n)],
    ),
    "scan of the first": (lambda t, a, b: t.scan(lambda x, y: x, a), lambda a, b, n, causal: [a[0]] * n),
    "scan of functions": (composed, composed_lists),
    "lookup": (lambda t, a, b: t.lookup([3, 1, 4, 1, 5], a), lambda a, b, n, causal: [(3, 1, 4, 1, 5)[x] for x in a]),
    "lookup in an array of two dimensions": (
        lambda t, a, b: t.lookup(GRID, a, b),
        lambda a, b, n, causal: [int(GRID[x, y]) for x, y in zip(a, b, strict=True)],
    ),
    "lookup in a tensor, by expressions": (
        lambda t, a, b: t.lookup(torch.tensor(GRID), (a + 1) % 5, abs(b - 5)),
        lambda a, b, n, causal: [int(GRID[(x + 1) % 5, abs(y - 5)]) for x, y in zip(a, b, strict=True)],
    ),
    "choose": (
        lambda t, a, b: t.choose(a, [b, 3, t.index, a, 0]),
        lambda a, b, n, causal: [(b[i], 3, i + 1, a[i], 0)[a[i]] for i in range(n)],
    ),
    "floor division": (
        lambda t, a, b: (a * b) // (b + 1),
        lambda a, b, n, causal: [x * y // (y + 1) for x, y in zip(a, b, strict=True)],
    ),
    "remainder": (
        lambda t, a, b: (a + 3 * b) % (b + 1),
        lambda a, b, n, causal: [(x + 3 * y) % (y + 1) for x, y in zip(a, b, strict=True)],
    ),
    "floor division of negative numbers": (
        lambda t, a, b: (a - 2 * b) // (b + 1) + 10,
        lambda a, b, n, causal: [(x - 2 * y) // (y + 1) + 10 for x, y in zip(a, b, strict=True)],
    ),
    "the mean so far": (
        lambda t, a, b: t.sum(a) // t.length,
        lambda a, b, n, causal: [sum(a[j] for j in seen(causal, n, i)) // len(seen(causal, n, i)) for i in range(n)],
    ),
    "shift to what comes after": (
        lambda t, a, b: t.shift(a, -2),
        lambda a, b, n, causal: [*a[2:], 0, 0][:n],
    ),
}
DEEP = [name for name in STATEMENTS if "scan" in name]
CASES = [(name, causal) for name in STATEMENTS for causal in (False, True) if not (causal and "after" in name)]


def program_of(build, causal):
    table = Table("statement", ROWS, causal)
    table.output("out", build(table, table.input("a", A), table.input("b", B)))
    return table.program()


def random_columns(rng, n):
    return {"a": rng.integers(0, A + 1, n), "b": rng.integers(0, B + 1, n)}


@pytest.mark.parametrize(("name", "causal"), CASES)
def test_a_statement_says_what_plain_python_says(name, causal):
    build, oracle = STATEMENTS[name]
    program = program_of(build, causal)
    rng = np.random.default_rng(0)
    for trial in range(60):
        n = trial % ROWS + 1
        columns = random_columns(rng, n)
        expected = oracle(columns["a"].tolist(), columns["b"].tolist(), n, causal)
        assert interpret(program, columns)["out"].tolist() == list(expected), columns


@pytest.mark.parametrize(("name", "causal"), CASES)
def test_a_statement_is_a_transformer_and_a_protocol(name, causal):
    program = program_of(STATEMENTS[name][0], causal)
    rng = np.random.default_rng(1)
    tables = [random_columns(rng, trial % ROWS + 1) for trial in range(60)]
    verification = verify_program(program, compile_program(program), tables=tables)
    assert (verification.instances, verification.wrong, verification.skipped) == (60, 0, 0)
    for n in (1, ROWS):
        columns = random_columns(rng, n)
        protocol = program_to_mpc(program, n, least_memory_for(program, n))
        run = run_locally(protocol, row_records(program, columns, protocol.machines))
        assert output_columns(run.memory)["out"].tolist() == interpret(program, columns)["out"].tolist()


@pytest.mark.parametrize(
    ("build", "layers"),
    [
        (lambda t, a, b: t.shift(a, 3), 1),
        (lambda t, a, b: t.last(a, where=b > 2), 1),
        (lambda t, a, b: t.argmax(b), 1),
        (lambda t, a, b: t.argmin(a, b, query=a, key=b), 1),
        (lambda t, a, b: t.length, 1),
        (lambda t, a, b: t.scan(t.maximum, b), 3),
        (lambda t, a, b: t.scan(t.minimum, b), 3),
        (composed, 3),
        (lambda t, a, b: (a * b) // (b + 1) + t.lookup(GRID, a, b) + t.choose(a, [b, a, b, a, b]), 0),
    ],
)
def test_a_statement_costs_the_layers_that_it_says(build, layers):
    measured = compile_program(program_of(build, causal=False)).measured
    assert (measured.layers, measured.heads) == (layers, min(layers, 1))


# --- operators ---


@st.composite
def expressions(draw, depth=3):
    """An expression of columns a, b and c as Python source, that means the same on columns and on plain ints."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(["a", "b", "c", str(draw(st.integers(0, 4)))]))
    x, y, z = (draw(expressions(depth - 1)) for _ in range(3))
    k = draw(st.integers(1, 4))
    return draw(
        st.sampled_from(
            [
                f"({x} + {y})", f"({x} - {y})", f"({x} % 3 * {y})", f"(2 * {x})", f"(-{x})", f"({k} - {x})",
                f"({x} // {k})", f"({x} % {k})", f"({x} == {y})", f"({x} != {y})", f"({x} < {y})", f"({x} >= {k})",
                f"(({x} > {y}) & ({y} <= {z}))", f"(({x} > {y}) | ({z} > {k}))", f"(({x} > {y}) ^ ({z} > {k}))",
                f"NOT({x} > {y})", f"WHERE({x} > {y}, {y}, {z})", f"MIN({x}, {y})", f"MAX({x}, {k})",
                f"CLIP({x}, 0, {k})", f"ABS({x})", f"({x} // CLIP({y}, 1, 9))", f"({x} % CLIP({y}, 1, 5))",
                f"TABLE(CLIP({x}, 0, 4))",
                f"CHOOSE({x} % 3, {x}, {y}, {z})",
            ]
        )
    )  # fmt: skip


TABLE = [4, 0, 7, 1, 2]
PLAIN = {
    "NOT": lambda x: 1 - x, "WHERE": lambda c, x, y: x if c else y, "MIN": min, "MAX": max, "ABS": abs,
    "CLIP": lambda x, low, high: min(max(x, low), high), "TABLE": lambda x: TABLE[x],
    "CHOOSE": lambda which, *choices: choices[which],
}  # fmt: skip


def on_columns(table):
    return {
        "NOT": lambda x: ~x if isinstance(x, Operators) else not x, "WHERE": table.where, "MIN": table.minimum,
        "MAX": table.maximum, "ABS": abs, "TABLE": lambda x: table.lookup(TABLE, x),
        "CLIP": lambda x, low, high: table.minimum(table.maximum(x, low), high),
        "CHOOSE": lambda which, *choices: table.choose(which, choices),
    }  # fmt: skip


HIGHS = {"a": 3, "b": 5, "c": 1}


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_an_expression_says_what_plain_python_says_within_its_range(data):
    source = data.draw(expressions())
    note(source)
    table = Table("expression", 40)
    columns = {name: table.input(name, high) for name, high in HIGHS.items()}
    expression = eval(source, {**columns, **on_columns(table)})
    rng = random.Random(0)
    rows = [{name: rng.randint(0, high) for name, high in HIGHS.items()} for _ in range(40)]
    expected = [int(eval(source, {**row, **PLAIN})) for row in rows]
    if isinstance(expression, int):
        assert {expression} == set(expected)
        return
    assert expression.low <= min(expected) and max(expected) <= expression.high
    table.output("out", expression - min(expression.low, 0))
    given_columns = {name: [row[name] for row in rows] for name in HIGHS}
    found = interpret(table.program(), given_columns)["out"] + min(expression.low, 0)
    assert found.tolist() == expected


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_an_expression_is_a_transformer_without_attention(data):
    source = data.draw(expressions(depth=2))
    note(source)
    table = Table("expression", 5)
    columns = {name: table.input(name, high) for name, high in HIGHS.items()}
    expression = eval(source, {**columns, **on_columns(table)})
    table.output("out", expression - min(expression.low, 0) if isinstance(expression, Expression) else columns["a"])
    program = table.program()
    model = compile_program(program)
    assert (verify_program(program, model, samples=30).wrong, model.measured.layers) == (0, 0)


@pytest.mark.parametrize("causal", [False, True])
def test_operators_are_one_map_and_as_deep_as_the_map_by_hand(causal):
    def by_operators(table, a, b):
        return (a > b) & ~(a == 3) | (b % 2 == 1)

    def by_hand(table, a, b):
        return table.map(lambda x, y: ((x > y) & ~(x == 3)) | (y % 2 == 1), a, b, high=1)

    programs = [program_of(build, causal) for build in (by_operators, by_hand)]
    assert [len(program.statements) for program in programs] == [1, 1]
    operators, hand = (compile_program(program).measured for program in programs)
    assert (operators.blocks, operators.width, operators.layers) <= (hand.blocks, hand.width, hand.layers)


def test_an_expression_that_several_statements_read_is_computed_once():
    table = Table("shared", 5)
    a, b = table.input("a", A), table.input("b", B)
    both = a + b
    table.output("sum", table.sum(both, query=both, key=both))
    table.output("itself", both)
    table.output("more", table.pull(1, [both, both * 2])[1])
    assert [type(statement).__name__ for statement in table.program().statements] == ["Map", "Sum", "Map", "Select"]


def test_a_long_chain_of_operators_is_one_map():
    table = Table("long", 3)
    a = table.input("a", 1)
    table.output("out", reduce(add, [a] * 3000))
    assert interpret(table.program(), {"a": [0, 1]})["out"].tolist() == [0, 3000]


def test_columns_are_told_apart_by_identity():
    table = Table("identity", 5)
    columns = [table.input(name, 3) for name in "abcdefgh"]
    places = {column: place for place, column in enumerate(columns)}
    assert len(set(columns)) == len(places) == 8
    assert all(places[column] == place and column in places for place, column in enumerate(columns))
    assert Column("a", 3) not in places and hash(columns[0]) == hash(columns[0])
    assert (columns[0] == None) is False  # noqa: E711


def test_nothing_in_the_library_compares_columns_by_the_operator(monkeypatch):
    programs = [program_of(STATEMENTS[name][0], causal) for name, causal in CASES]

    def compared(self, other):
        raise AssertionError(f"{self!r} is compared with {other!r}")

    monkeypatch.setattr(Operators, "__eq__", compared)
    monkeypatch.setattr(Operators, "__ne__", compared)
    for program in programs[::3]:
        compile_program(program)
        protocol = program_to_mpc(program, 4, least_memory_for(program, 4))
        columns = random_columns(np.random.default_rng(0), 4)
        run_locally(protocol, row_records(program, columns, protocol.machines))


def example():
    table = Table("refusals", 6)
    return table, table.input("a", A), table.input("token", letters="()[]")


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda t, a, x: t.count(where=a - t.index), r"'a - index' holds -6\.\.3, .* take \(a - index\)\.clip\(0\)"),
        (lambda t, a, x: t.sum(-a), r"'0 - a' holds -4\.\.0, and a column holds no negative number"),
        (lambda t, a, x: a // t.index // a, r"the divisor of \(?a // index\)? // a may be 0; .* a\.clip\(1\)"),
        (lambda t, a, x: a % (a - 1), r"may be -1; .* \(a - 1\)\.clip\(1\)"),
        (lambda t, a, x: a / 2, "divide by //"),
        (lambda t, a, x: 2 / a, "divide by //"),
        (lambda t, a, x: a & (a > 1), r"& takes conditions, .* 'a' holds 0\.\.4; compare it first"),
        (lambda t, a, x: ~a, r"~ takes conditions"),
        (lambda t, a, x: a > 1 & (a < 3), r"& takes two conditions, and 1 is a number; .* in brackets"),
        (lambda t, a, x: 1 if a > 2 else 0, "'a > 2' has a value in every row, so no truth value"),
        (lambda t, a, x: 1 < a < 4, r"brackets: \(a > 1\) & \(a < 5\)"),
        (lambda t, a, x: (a == 1) and (a == 2), "no truth value"),
        (lambda t, a, x: max(a, t.index), "no truth value"),
        (lambda t, a, x: a in [t.index], "no truth value"),
        (lambda t, a, x: TABLE[a], r"'a' has a value in every row, so it is no int; .* table\.lookup"),
        (lambda t, a, x: np.array(TABLE)[a], r"'a' has a value in every row, so it is no int; .* table\.lookup"),
        (lambda t, a, x: a + 1.5, r"'\+' takes columns and ints, not float 1.5"),
        (lambda t, a, x: a == 1.5, "'==' takes columns and ints, not float 1.5"),
        (lambda t, a, x: a + np.arange(3), r"'\+' takes columns and ints, not ndarray"),
        (lambda t, a, x: np.arange(3) == a, "'==' takes columns and ints, not ndarray"),
        (lambda t, a, x: a + None, r"'\+' takes columns and ints, not NoneType"),
        (lambda t, a, x: a == "(", r"not the text '\('; a single letter may stand beside a column that holds letters"),
        (lambda t, a, x: x == "{", r"letter '{' beside '==' is not in the alphabet '\(\)\[\]'"),
        (lambda t, a, x: x == "()", r"not the text '\(\)'"),
        (lambda t, a, x: t.lookup([1, 2, 3], a), r"'a' holds 0\.\.4, .* entries 0\.\.2 there; .*a\.clip\(0, 2\)"),
        (lambda t, a, x: t.lookup([[1, 2]] * 5, a), r"of shape \(5, 2\) is looked up at 2 columns, not 1"),
        (lambda t, a, x: t.lookup([0.5] * 5, a), "a table of integers with one or two dimensions, not float64"),
        (lambda t, a, x: t.lookup([], a), "a table of integers"),
        (lambda t, a, x: t.choose(a, [a, a]), r"'a' holds 0\.\.4, and 2 columns to choose from are 0\.\.1"),
        (lambda t, a, x: t.shift(a, 1.5), "shifted by a number of rows, not by 1.5"),
        (lambda t, a, x: Table("c", 4, causal=True).shift(1, -1), "is causal, so no row can read the row 1 after it"),
        (lambda t, a, x: t.scan(lambda u, v: (u, v), [a]), "the operation of a scan of 1 columns gives as many"),
        (lambda t, a, x: t.scan(lambda u, v: u, [a, a], name=["x"]), "has 2 columns with 1 names"),
        (lambda t, a, x: t.count(where=a), "a condition is a column of 0 and 1, not a:0..4; compare it, as in a > 0"),
        (lambda t, a, x: Table("other", 4).output("o", a + 1), "'a' belongs to another program"),
        (lambda t, a, x: a**-1, r"a \*\* -1 has no range; the exponent is an int in 0..64"),
        (lambda t, a, x: a << a, r"a << a shifts by an int in 0\.\.62 only"),
        (lambda t, a, x: list(a), "a program cannot go through them; rows talk by statements"),
        (lambda t, a, x: len(a), "as many values as the table has rows: table.length"),
        (lambda t, a, x: a.clip(5, 2), r"a\.clip\(5, 2\) has no number in 5\.\.2"),
        (lambda t, a, x: a // 0, "a // 0 divides by 0; divide by 1 or more"),
        (lambda t, a, x: torch.maximum(a, x), r"torch's maximum does not take columns; .* in table\.map"),
        (lambda t, a, x: torch.arange(5)[a], r"table\.lookup\(tensor, column\)"),
        (lambda t, a, x: np.sqrt(a), "np.sqrt does not take columns"),
        (lambda t, a, x: np.add.reduce([a, a]), "cannot go through them|does not take columns|is no int"),
        (lambda t, a, x: t.where(a, 1, 2), r"where decides by a condition, .* 'a' holds 0\.\.4; .* as in a > 0"),
        (lambda t, a, x: t.where(a - 1, 1, 2), r"holds -1\.\.3; compare it, as in \(a - 1\) > 0"),
        (lambda t, a, x: t.lookup([[1], [2, 3]], a, a), "a table of integers, and this is none"),
        (lambda t, a, x: t.lookup([2**63] * 5, a), r"entries below 2\^63"),
        (lambda t, a, x: t.lookup([1, 2], 5), r"a table with entries 0\.\.1 is looked up at 5"),
        (lambda t, a, x: t.choose(a, []), "chooses among at least one column"),
        (lambda t, a, x: t.scan("max", a), "a scan takes a function of two columns"),
        (lambda t, a, x: t.scan(lambda u, v: None, a), "gives as many, not"),
        (lambda t, a, x: t.shift([a, a], 0, name=["x"]), "has 2 columns with 1 names"),
        (lambda t, a, x: t.column(a * 10**30), "64-bit integers carry"),
        (lambda t, a, x: t.column(t.lookup([2**62] * 5, a) * 4), "64-bit integers carry"),
        (lambda t, a, x: t.column(a - a, 3), r"'a - a' holds -4\.\.4"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_where_it_is_written(attempt, message):
    with pytest.raises(UsageError, match=message):
        attempt(*example())


def test_a_letter_stands_for_its_number():
    table = Table("letters", 6)
    token = table.input("token", letters="()[]")
    table.output("opens", (token == "(") | (token == "["))
    table.output("mirrored", table.where(token == "(", ")", token))
    program = table.program()
    found = interpret(program, {"token": "([])"})
    assert found["opens"].tolist() == [1, 1, 0, 0] and found["mirrored"].tolist() == [2, 3, 4, 2]
    assert program.output_letters == {"mirrored": "()[]"}


def test_an_expression_inside_a_repeat_is_made_there_and_nowhere_else():
    table = Table("repeat", 6)
    a = table.input("a", A)
    step = a + 1

    def body(state):
        return table.minimum(state + step, 50) + 0 * table.length

    table.output("out", table.repeat(3, body, a, high=50, name="state"))
    table.output("after", step)
    table.output("length", table.length)
    found = interpret(table.program(), {"a": [0, 4]})
    assert {name: values.tolist() for name, values in found.items()} == {
        "out": [3, 19],
        "after": [1, 5],
        "length": [2, 2],
    }


def test_the_help_of_a_table_names_every_statement():
    public = {name for name in dir(Table) if not name.startswith("_")}
    words = set(re.findall(r"\w+", Table.__doc__ or ""))
    assert public <= words, public - words
    assert all(getattr(Table, name).__doc__ for name in public)
    assert {"index", "causal", *public} <= set(re.findall(r"\w+", pydoc.render_doc(Table)))


def test_numpy_numbers_and_functions_are_operators_too():
    table = Table("numpy", 5)
    a, b = table.input("a", 4), table.input("b", 5)
    table.output("sum", np.int64(3) + a * np.uint8(2))
    table.output("larger", np.maximum(a, b))
    table.output("powers", (a**2 + (b << 1)) >> 1)
    table.output("above", (np.int64(3) < a) + (np.uint8(1) == b) + (np.array(5) >= b))
    found = interpret(table.program(), {"a": [4, 0], "b": [1, 5]})
    assert [values.tolist() for values in found.values()] == [[11, 3], [4, 5], [9, 5], [3, 1]]


@pytest.mark.parametrize(
    "operation",
    [lambda x, y: (x - y) % 5, lambda x, y: abs(x - y), lambda x, y: (x + y) // 2, lambda x, y: (x + 2 * y) % 5],
)
def test_a_scan_by_an_operation_that_is_not_associative_is_refused_with_operands(operation):
    table = Table("scan", rows=9)
    told = r"of the scan 'so far' is not associative: of [\d, ]+, from the left, it makes \d+, and from the right \d+\."
    with pytest.raises(UsageError, match=told):
        table.scan(operation, table.input("x", high=4), high=20, name="so far")


def test_operands_of_several_columns_are_told_as_tuples():
    table = Table("scan", rows=4)
    x, y = table.input("x", high=3), table.input("y", high=3)
    with pytest.raises(UsageError, match=r"of \(\d, \d\), \(\d, \d\), \(\d, \d\), from the left, it makes \(\d"):
        table.scan(lambda f, g: [f[0], (f[1] + 2 * g[1]) % 4], [x, y], high=[3, 3])


def test_an_operation_is_judged_on_what_stands_in_the_rows_and_not_on_what_columns_could_hold():
    """With a zero the order of operations would matter; but no row holds a zero."""
    table = Table("scan", rows=6)
    number = table.column(table.input("x", high=4) + 1)
    least = table.scan(lambda x, y: table.where(x == 0, 5 - y, table.minimum(x, y)), number)
    table.output("least", least)
    given = table.program().run({"x": np.array([3, 1, 4, 0, 2, 2])})["least"]
    assert given.tolist() == [4, 2, 2, 1, 1, 1]


def test_two_rows_have_one_grouping():
    table = Table("scan", rows=2)
    table.output("difference", table.scan(lambda x, y: abs(x - y), table.input("x", high=4)))
    assert table.program().run({"x": np.array([1, 4])})["difference"].tolist() == [1, 3]
