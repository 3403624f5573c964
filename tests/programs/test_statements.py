"""What every statement means, on tables small enough to check by eye."""

import numpy as np
import pytest
import torch

from logdepth.programs import Table, interpret


def run(build, columns, rows=6, causal=False):
    """The output column of a program of one line or two."""
    table = Table("example", rows, causal)
    inputs = [table.input(name, max([*values, 9])) for name, values in columns.items()]
    table.output("out", build(table, *inputs))
    return interpret(table.program(), columns)["out"].tolist()


A, B = [3, 1, 3, 2], [5, 6, 7, 8]


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda t, a, b: t.map(lambda x, y: x * 10 + y, a, b, high=99), [35, 16, 37, 28]),
        (lambda t, a, b: t.map(lambda x: torch.where(x > 2, x, 0), a, high=9), [3, 0, 3, 0]),
        (lambda t, a, b: t.map(lambda x, y: x + y, a, 4, high=13), [7, 5, 7, 6]),
        (lambda t, a, b: t.pull(a, b), [7, 5, 7, 6]),
        (lambda t, a, b: t.pull(0, b), [0, 0, 0, 0]),
        (lambda t, a, b: t.broadcast(b), [5, 5, 5, 5]),
        (lambda t, a, b: t.broadcast(b, source=3), [7, 7, 7, 7]),
        (lambda t, a, b: t.previous(b), [0, 5, 6, 7]),
        (lambda t, a, b: t.push(a, b), [6, 8, 5, 0]),
        (lambda t, a, b: t.push(a, b, order="last"), [6, 8, 7, 0]),
        (lambda t, a, b: t.push(a, b, priority=t.map(lambda y: 9 - y, b, high=9)), [6, 8, 7, 0]),
        (lambda t, a, b: t.push(a, b, where=t.map(lambda y: y > 5, b, high=1)), [6, 8, 7, 0]),
        (lambda t, a, b: t.push_min(a, b), [6, 8, 5, 0]),
        (lambda t, a, b: t.push_max(a, b), [6, 8, 7, 0]),
        (lambda t, a, b: t.last(key=a, query=a, values=b), [7, 6, 7, 8]),
        (lambda t, a, b: t.select(query=a, key=a, values=b), [5, 6, 5, 8]),
        (lambda t, a, b: t.select(query=[a, b], key=[a, 7], values=t.index), [0, 0, 1, 0]),
        (lambda t, a, b: t.select(query=b, key=t.index, values=b), [0, 0, 0, 0]),  # no such row: nobody promised one
        (lambda t, a, b: t.sum(b), [26, 26, 26, 26]),
        (lambda t, a, b: t.sum(b, query=a, key=a), [12, 6, 12, 8]),
        (lambda t, a, b: t.count(query=a, key=a), [2, 1, 2, 1]),
        (lambda t, a, b: t.count(where=t.map(lambda x: x == 3, a, high=1)), [2, 2, 2, 2]),
        (lambda t, a, b: t.count(query=a, key=a, matching="<"), [2, 0, 2, 1]),
        (lambda t, a, b: t.sum(b, query=a, key=a, matching="<="), [26, 6, 26, 14]),
        (lambda t, a, b: t.sum(b, query=a, key=a, matching=">"), [0, 20, 0, 12]),
        (lambda t, a, b: t.count(query=3, key=a, matching=">="), [2, 2, 2, 2]),
        (lambda t, a, b: t.prefix_sum(b), [5, 11, 18, 26]),
        (lambda t, a, b: t.sum(b, query=t.index, key=t.index, matching="<"), [0, 5, 11, 18]),
        (lambda t, a, b: t.sum(b, query=[a, t.index], key=[a, t.index], matching=["==", "<"]), [0, 0, 5, 0]),
        (lambda t, a, b: t.sum(b, query=a, key=b % 4, matching=lambda key, query: key + query == 3), [8, 6, 8, 5]),
        (lambda t, a, b: t.rank(a), [3, 1, 4, 2]),
        (lambda t, a, b: t.sort(a), [1, 2, 3, 3]),
        (lambda t, a, b: t.sort(a, b), [6, 8, 5, 7]),
        (lambda t, a, b: t.earlier(a), [0, 0, 1, 0]),
        (lambda t, a, b: t.repeat(3, lambda s: t.pull(s, a), t.index, high=9, name="s"), [3, 3, 3, 3]),
        (lambda t, a, b: t.repeat(0, lambda s: t.pull(s, a), b, high=9, name="s"), B),
        (lambda t, a, b: t.repeat(3, lambda x, y: (y, x), [a, b], high=[9, 9], name=["x", "y"])[0], B),
    ],
)
def test_a_statement_means(build, expected):
    assert run(build, {"a": A, "b": B}) == expected


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda t, a, b: t.prefix_sum(b), [5, 11, 18, 26]),
        (lambda t, a, b: t.count(), [1, 2, 3, 4]),
        (lambda t, a, b: t.last(key=a, query=a, values=b), B),
        (lambda t, a, b: t.select(query=a, key=a, values=b), [5, 6, 5, 8]),
        (lambda t, a, b: t.select(query=3, key=a, values=b, order="last"), [5, 5, 7, 7]),
        (lambda t, a, b: t.push_max(t.index, b), B),
    ],
)
def test_a_causal_statement_sees_no_later_row(build, expected):
    assert run(build, {"a": A, "b": B}, causal=True) == expected


def test_a_table_may_have_fewer_rows_than_the_program_takes():
    program = Table("sum", 100)
    program.output("out", program.sum(program.input("a", 5)))
    for length in (1, 2, 100):
        assert interpret(program.program(), {"a": np.full(length, 5)})["out"].tolist() == [5 * length] * length


def test_a_map_leaves_its_inputs_alone():
    def careless(x):
        x += 1
        return x

    def build(table, a, b):
        return table.map(lambda x, y: x * y, a, table.map(careless, a, high=10), high=90)

    assert run(build, {"a": A, "b": B}) == [x * (x + 1) for x in A]
