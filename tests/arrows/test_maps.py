"""Functions of `map` as weights: they mean what torch means, row by row, or are refused."""

from itertools import product

import numpy as np
import pytest
import torch

from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.numerics.errors import CapacityExceeded, UsageError
from logdepth.numerics.formats import FLOAT64
from logdepth.programs import Table, interpret

HIGHEST = {"a": 3, "b": 3, "c": 1, "d": 1}


def written(function, high, source):
    """The program that maps four columns, read in one of the ways in which a value can come about."""
    table = Table("map", rows=300)
    columns = [table.input(name, most) for name, most in HIGHEST.items()]
    if source == "read":
        columns = [table.pull(table.index, column) for column in columns]
    if source == "added":  # a sum is almost an integer; its own row is the only one that matches
        columns = [table.sum(c, query=table.index, key=table.index, high=c.high) for c in columns]
    table.output("out", table.map(function, *columns, high=high))
    return table.program()


MEANT = {
    "plus": (lambda a, b, c, d: a + 2 * b + 5, 14),
    "minus": (lambda a, b, c, d: a - b + 3, 6),
    "times": (lambda a, b, c, d: a * b, 9),
    "times a condition": (lambda a, b, c, d: a * c + b * (1 - c), 3),
    "times a negative number": (lambda a, b, c, d: (a - 3) * (b - 2) + 3, 9),
    "extremes": (lambda a, b, c, d: 10 * torch.minimum(a, b) + torch.maximum(a, b), 33),
    "where": (lambda a, b, c, d: torch.where(a > b, a, b - a), 3),
    "where, as a method": (lambda a, b, c, d: a.where(b > 1, c), 3),
    "where of where": (lambda a, b, c, d: torch.where(c == 1, torch.where(d == 1, a, b), 7), 7),
    "comparisons": (lambda a, b, c, d: (a > b) * 1 + (a >= b) * 2 + (a == b) * 4 + (a != b) * 8 + (a < b) * 16, 31),
    "conditions": (lambda a, b, c, d: (c & d) + 2 * (c | d) + 4 * (c ^ d), 7),
    "conditions of comparisons": (lambda a, b, c, d: ((a > 1) & (b < 2)) | ~(a == b), 1),
    "logical words": (lambda a, b, c, d: torch.logical_and(a > b, c > 0) | torch.logical_not(d > 0), 1),
    "two bools add up to a bool": (lambda a, b, c, d: (a > 1) + (b > 1), 1),
    "a bool and a number add up to a number": (lambda a, b, c, d: (a > 1) + (b > 1) * 1, 2),
    "not of a number": (lambda a, b, c, d: ~(c & d) + 2, 1),
    "division": (lambda a, b, c, d: (a + b) // 2, 3),
    "remainder of a negative number": (lambda a, b, c, d: (a - b) % 3, 2),
    "absolute value and clamp": (lambda a, b, c, d: torch.abs(a - b).clamp(1, 2), 2),
    "a table": (lambda a, b, c, d: torch.tensor([5, 0, 2, 9, 9, 1, 4])[a + b], 9),
    "bits": (lambda a, b, c, d: (a + b & 5) ^ 3, 7),
    "a fraction that is rounded": (lambda a, b, c, d: torch.floor((a + 1) / 2).long(), 2),
    "a small integer type that wraps": (lambda a, b, c, d: a.to(torch.uint8) - b.to(torch.uint8), 255),
    "constants": (lambda a, b, c, d: 7, 7),
    "the same column twice": (lambda a, b, c, d: a * a + a, 12),
}


@pytest.mark.parametrize("source", ["embedded", "read", "added"])
@pytest.mark.parametrize("name", MEANT)
def test_a_map_means_what_torch_means(name, source):
    program = written(*MEANT[name], source)
    every = np.array(list(product(*(range(most + 1) for most in HIGHEST.values()))))
    columns = dict(zip(HIGHEST, every.T, strict=True))
    assert np.array_equal(program_to_transformer(program).run(columns)["out"], interpret(program, columns)["out"])


def careless(a, b, c, d):
    a[0] = 1
    return a


def in_place(a, b, c, d):
    torch.relu_(a)
    return a


REFUSED = {
    "if": (lambda a, b, c, d: a if c else b, "cannot be traced: symbolically traced variables cannot be used"),
    "and": (lambda a, b, c, d: c and d, "cannot be traced"),
    "int": (lambda a, b, c, d: int(a), "cannot be traced: int"),
    "loop": (lambda a, b, c, d: [x for x in a], "cannot be traced"),  # noqa: C416
    "numpy": (lambda a, b, c, d: np.minimum(a, b), "cannot be traced"),
    "item write": (careless, "cannot be traced: 'Proxy' object does not support item assignment"),
    "method in place": (lambda a, b, c, d: a.add_(1), "'add_' works in place; use 'add'"),
    "function in place": (in_place, "'relu_' works in place; use 'relu'"),
    "fractions": (lambda a, b, c, d: a / 2, "computes with fractions"),
    "fractions of two columns": (lambda a, b, c, d: (a / 2) * b, "computes with fractions"),
    "division by a column": (lambda a, b, c, d: a // (b + 1), "'floor_divide' on several columns"),
    "bits of two columns": (lambda a, b, c, d: a & b, "'and' on several columns"),
    "where of a number": (lambda a, b, c, d: torch.where(a, b, c), "expected condition to be a boolean tensor"),
    "bools subtracted": (lambda a, b, c, d: (a > b) - (b > c), "Subtraction, the `-` operator, with two bool tensors"),
    "unknown method": (lambda a, b, c, d: a.nonsense(), "has no attribute 'nonsense'"),
    "nothing": (lambda a, b, c, d: None, "works on integer columns and integers, not on None"),
    "two for one": (lambda a, b, c, d: (a, b), "gives 2 columns where 1 are declared"),
    "beyond its range": (lambda a, b, c, d: a + 100, r"gives 100\.\.103, but 0\.\.9 is declared"),
    # rows talk by statements, not inside a map
    "sum": (lambda a, b, c, d: a.sum(), "'sum', which mixes rows"),
    "greatest": (lambda a, b, c, d: a.max(), "'maximum', which mixes rows"),
    "greatest, by another name": (lambda a, b, c, d: torch.amax(a), "'amax', which is not row-wise"),
    "first row": (lambda a, b, c, d: a[0], "'getitem', which is not row-wise"),
    "rows by number": (lambda a, b, c, d: a[a], "'getitem', which is not row-wise"),
    "every second row": (lambda a, b, c, d: a[::2], "'getitem', which is not row-wise"),
    "running total": (lambda a, b, c, d: torch.cumsum(a, 0), "'cumsum', which mixes rows"),
    "differences": (lambda a, b, c, d: torch.diff(a), "'diff', which is not row-wise"),
    "shifted": (lambda a, b, c, d: torch.roll(a, 1), "'roll', which mixes rows"),
    "reversed": (lambda a, b, c, d: torch.flipud(a), "'flipud', which is not row-wise"),
    "length": (lambda a, b, c, d: a.shape[0], "not row-wise"),
    "stacked": (lambda a, b, c, d: torch.stack([a, a + 1]).amax(), "'stack', which is not row-wise"),
    "stacked columns": (lambda a, b, c, d: torch.stack([a, b]).amax(0), "integer columns and integers, not on"),
    "a tensor of rows": (lambda a, b, c, d: a + torch.tensor([1, 2, 3, 4]), "fails: The size of tensor a"),
    "noise": (lambda a, b, c, d: torch.randint_like(a, 9), "'randint_like', which is not row-wise"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_map_that_has_no_weights_is_one_usage_error(name):
    function, match = REFUSED[name]
    with pytest.raises(UsageError, match=match) as error:
        program_to_transformer(written(function, 9, "read"))
    assert "\n" not in str(error.value)


def agree(build, columns, rows=8, number_format=None):
    table = Table("example", rows)
    table.output("out", build(table, *(table.input(name, max(9, *values)) for name, values in columns.items())))
    program = table.program()
    model = program_to_transformer(program, number_format) if number_format else program_to_transformer(program)
    assert np.array_equal(model.run(columns)["out"], interpret(program, columns)["out"])


def test_a_row_number_is_never_0():
    agree(lambda t, a: t.map(lambda i: 10 // i, t.index, high=10), {"a": [1, 2, 3]})


def test_one_value_may_be_declared_in_several_ranges():
    def build(table, a):
        read = table.pull(table.index, a)
        narrow = table.map(lambda x: x, read, high=5)
        return table.map(lambda x, y: x + y * 2, read, narrow, high=27)

    agree(build, {"a": [0, 5, 2]})


def test_a_difference_in_which_everything_else_cancels():
    def build(table, a, b):
        read = table.pull(table.index, a)
        both = table.map(lambda x, i: x + i, read, table.index, high=17)
        return table.map(lambda x, y: (x - y) * 2, both, read, high=16)

    agree(build, {"a": [4, 0, 9], "b": [1, 1, 1]})


def test_sums_multiplied_are_snapped_first():
    """1,000 ones are off by up to 0.03 in float32; times 10,000, by 300."""

    def build(table, a):
        return table.map(lambda s: s * 10_000, table.sum(a), high=10_000 * 1000)

    table = Table("example", 1000)
    table.output("out", build(table, table.input("a", 1)))
    ones = {"a": np.ones(1000, dtype=int)}
    assert set(program_to_transformer(table.program()).run(ones)["out"]) == {10_000_000}


def test_outputs_beyond_the_format_are_refused():
    def build(table, a):
        return table.map(lambda x: x * 10_000_001, a, high=90_000_009)

    with pytest.raises(CapacityExceeded, match="output 'out' needs 27 bits and float32 has 24"):
        agree(build, {"a": [7, 3]})
    agree(build, {"a": [7, 3]}, number_format=FLOAT64)


def test_ranges_beyond_any_table_are_refused():
    table = Table("example", 4)
    with pytest.raises(UsageError, match="input 'a' takes 4194305 values and an embedding at most 4194304"):
        table.output("out", table.input("a", 2**22))
        program_to_transformer(table.program())
    with pytest.raises(CapacityExceeded, match=r"a map computes with numbers in 1\.\.9000008"):
        agree(
            lambda t, a: t.map(lambda x, y: (x * 1_000_000 + y) % 7, t.pull(t.index, a), t.index, high=6), {"a": [1, 2]}
        )


def test_a_sum_is_in_the_sum_of_the_declared_ranges():
    """Also where its parts, written out, could be more: x + i, of an x that is made of i and others."""

    def build(table, a):
        read = table.pull(table.index, a)
        least = table.map(lambda x, i: torch.minimum(x + i, 2 * i) - i, read, table.index, high=3)
        return table.map(lambda x, i: torch.tensor([0, 9, 8, 7, 6, 5, 4])[x + i - 1], least, table.index, high=9)

    agree(build, {"a": [3, 0, 2, 1]}, rows=4)
