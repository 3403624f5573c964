"""Functions of `map`: they mean what torch means on 64-bit integers, row by row, for interpreter and weights alike, or
are refused."""

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
    "numpy": (lambda a, b, c, d: np.minimum(a, b) + np.where(c == 1, 3 * np.maximum(a, 2), 0), 12),
    "a small integer type that holds the numbers": (lambda a, b, c, d: (a > b).int() + a.short() * 2 + b.byte(), 10),
    "in place": (lambda a, b, c, d: aliased(a), 20),
    "a table of two dimensions": (lambda a, b, c, d: torch.arange(16).reshape(4, 4)[a, -1 - b], 15),
    "a table from its end": (lambda a, b, c, d: torch.tensor([4, 9, 7, 2])[a - 3], 9),
    "shifts": (lambda a, b, c, d: (1 << a) + (40 >> b) + (a >> 70), 48),
    "powers": (lambda a, b, c, d: a**2 + 2**b + a**0, 18),
    "division by a column": (lambda a, b, c, d: a // (b + 1) + a % (b + 1), 3),
    "greatest common divisor": (lambda a, b, c, d: torch.gcd(a * 6, a + 3), 9),
    "division towards 0": (lambda a, b, c, d: torch.div(a - b, 2, rounding_mode="trunc") + torch.fmod(a - b, 2) + 2, 4),
    "a square root": (lambda a, b, c, d: torch.sqrt(a * a + 0.5).long() + (b * 0.5 + 0.5).round().int(), 5),
    "fractions chosen": (lambda a, b, c, d: torch.where(a > 1, 1.5, (torch.arange(4) * 0.6)[a]).round().long(), 2),
    "bools times bools": (lambda a, b, c, d: (a > 1) * (b > 1), 1),
    "copies": (lambda a, b, c, d: torch.full_like(a, 2) + torch.ones_like(b) + a.clone(), 6),
    "division of two columns": (lambda a, b, c, d: (5 * a + b) // (b + 1), 15),
    "division of two columns, by digits": (lambda a, b, c, d: (20 * a + b) // (c + 1), 63),
    "division of a negative number by a column": (lambda a, b, c, d: (a - 20 * b) // (a + c + 1) + 60, 63),
    "remainder by a column": (lambda a, b, c, d: (5 * a + b) % (b + d + 1), 4),
    "remainder by a column, by digits": (lambda a, b, c, d: (90 * a + 7 * c) % (b + 1), 3),
    "remainder of a negative number by a column": (lambda a, b, c, d: (a - 30 * b) % (d + c + 2), 3),
    "constants": (lambda a, b, c, d: 7, 7),
    "the same column twice": (lambda a, b, c, d: a * a + a, 12),
}


@pytest.mark.filterwarnings("ignore:__array_wrap__")  # of torch's tensors, in numpy's functions
@pytest.mark.parametrize("source", ["embedded", "read", "added"])
@pytest.mark.parametrize("name", MEANT)
def test_a_map_means_what_torch_means(name, source):
    program = written(*MEANT[name], source)
    every = np.array(list(product(*(range(most + 1) for most in HIGHEST.values()))))
    columns = dict(zip(HIGHEST, every.T, strict=True))
    meant = interpret(program, columns)["out"]
    assert np.array_equal(program_to_transformer(program).run(columns)["out"], meant)
    said = torch.as_tensor(MEANT[name][0](*(torch.tensor(column) for column in columns.values())))
    assert np.array_equal(said.expand(len(meant)).numpy().astype(np.int64), meant)


def aliased(a):
    b = a
    b += 2
    b *= 3
    return a + 5  # b is a


def careless(a, b, c, d):
    a[0] = 1
    return a


def counted(a, b):
    more = a > 1
    more += b
    return more


def in_place(a, b, c, d):
    torch.relu_(a)
    return a


REFUSED = {
    "if": (lambda a, b, c, d: a if c else b, "asks a column for one truth value; use torch.where in place of if"),
    "and": (lambda a, b, c, d: c and d, "and & | ~ for and, or, not"),
    "greater of two": (lambda a, b, c, d: max(a, b), "asks a column for one truth value"),
    "int": (lambda a, b, c, d: int(a), "makes a Python number of a column"),
    "a list": (lambda a, b, c, d: [5, 6, 7, 8][a], "makes a Python number of a column"),
    "a numpy table": (lambda a, b, c, d: np.arange(9)[a], "for a table write"),
    "loop": (lambda a, b, c, d: [x for x in a], "goes through the rows"),  # noqa: C416
    "numpy arrays": (lambda a, b, c, d: np.stack([a, b]), "'stack' on several columns"),
    "numpy, mixing": (lambda a, b, c, d: np.add.accumulate(a), "numpy's add.accumulate, which mixes rows"),
    "item write": (careless, "writes to items of a column; use torch.where"),
    "method in place": (lambda a, b, c, d: a.add_(1), "'add_', which works in place; use 'add'"),
    "function in place": (in_place, "'relu_', which works in place; use 'relu'"),
    "fractions": (lambda a, b, c, d: a / 2, "returns fractions, and columns hold integers; use integer operations"),
    "fractions that are infinite": (lambda a, b, c, d: (1 / a).long(), "infinite or not a number"),
    "a type that wraps": (
        lambda a, b, c, d: a.to(torch.uint8) - b.to(torch.uint8),
        r"-3..3 in a type that holds 0..255",
    ),
    "a type that is too narrow": (
        lambda a, b, c, d: (a * 100).char(),
        r"0\.\.300 a torch.int8, which holds -128\.\.127",
    ),
    "a constant in a narrow type": (lambda a, b, c, d: 20_000 * a.short(), r"0\.\.60000 in a type that holds -32768"),
    "bits of a byte": (lambda a, b, c, d: ~a.byte(), r"-4\.\.-1 in a type that holds 0\.\.255"),
    "beyond 64 bits": (lambda a, b, c, d: (a + 9) ** 20 % 7, r"64 bits hold -2\^63"),
    "shift by a negative number": (lambda a, b, c, d: 1 << (a - 1), r"shifts by -1\.\.2; shift by 0 or more places"),
    "division by 0": (lambda a, b, c, d: a // 0, "divides by 0"),
    "division by 0 for some": (lambda a, b, c, d: 6 // a, "divides by 0 for numbers in the declared ranges"),
    "beyond a table": (lambda a, b, c, d: torch.tensor([1, 2])[a], "looks up entry 2 of a table of 2 for numbers"),
    "two indices for one": (lambda a, b, c, d: torch.arange(4)[a, b], r"shape \(4,\) by 2 indices"),
    "a mask of a table": (lambda a, b, c, d: torch.arange(2)[a > 1], "one integer for every dimension"),
    "a condition added in place": (lambda a, b, c, d: counted(a, b), "changes a column in place to another type"),
    "a negative power": (lambda a, b, c, d: a**-1, r"takes a power of -1\.\.-1; take one of 0 or more"),
    "a power with a modulus": (lambda a, b, c, d: pow(a, 2, 5), "write x \\*\\* y % z"),
    "in place by an option": (lambda a, b, c, d: torch.nn.functional.relu(a, inplace=True), "leave inplace=True out"),
    "its number": (lambda a, b, c, d: a.item(), "makes a Python number of a column"),
    "complex": (lambda a, b, c, d: torch.complex(a.double(), a.double()).real.long(), "complex"),
    "what Python raises": (lambda a, b, c, d: {}["x"], "raises KeyError: 'x'"),
    "fractions of two columns": (lambda a, b, c, d: (a / 2) * b, "computes with fractions"),
    "division by a column that may be 0": (lambda a, b, c, d: a // b, r"divides by 0\.\.3; divide by 1 or more"),
    "shift by a column": (lambda a, b, c, d: a << b, "'lshift' on several columns"),
    "bits of two columns": (lambda a, b, c, d: a & b, "'and' on several columns"),
    "where of a number": (
        lambda a, b, c, d: torch.where(a, b, c),
        "'where' with a condition that is a number; write condition == 1",
    ),
    "bools subtracted": (lambda a, b, c, d: (a > b) - (b > c), "subtracts a condition from a condition"),
    "unknown method": (lambda a, b, c, d: a.nonsense(), "a column has no 'nonsense': in a map it is one integer"),
    "nothing": (lambda a, b, c, d: None, "returns a NoneType; return integer columns"),
    "two for one": (lambda a, b, c, d: (a, b), "gives 2 columns where 1 are declared"),
    "beyond its range": (
        lambda a, b, c, d: a + 100,
        r"gives 100\.\.103 for 'lambda', but 0\.\.9 is declared; declare a larger range",
    ),
    "negative": (lambda a, b, c, d: a - 9, r"gives -9\.\.-6 .* no negative numbers: shift or clamp them"),
    # rows talk by statements, not inside a map
    "sum": (lambda a, b, c, d: a.sum(), "'sum', which mixes rows"),
    "greatest": (lambda a, b, c, d: a.max(), "'max', which mixes rows"),
    "greatest, by another name": (lambda a, b, c, d: torch.amax(a), "'amax', which is not row-wise"),
    "first row": (lambda a, b, c, d: a[0], "'getitem' on a column, which is not row-wise"),
    "rows by number": (lambda a, b, c, d: a[a], "'getitem' on a column, which is not row-wise"),
    "every second row": (lambda a, b, c, d: a[::2], "'getitem' on a column, which is not row-wise"),
    "running total": (lambda a, b, c, d: torch.cumsum(a, 0), "'cumsum', which mixes rows"),
    "differences": (lambda a, b, c, d: torch.diff(a), "'diff', which is not row-wise"),
    "shifted": (lambda a, b, c, d: torch.roll(a, 1), "'roll', which mixes rows"),
    "reversed": (lambda a, b, c, d: torch.flipud(a), "'flipud', which is not row-wise"),
    "length": (lambda a, b, c, d: a.shape[0], "not row-wise"),
    "length, by another name": (lambda a, b, c, d: len(a), "not row-wise"),
    "stacked": (lambda a, b, c, d: torch.stack([a, a + 1]).amax(), "'stack', which is not row-wise"),
    "stacked columns": (lambda a, b, c, d: torch.stack([a, b]).amax(0), "'stack' on several columns"),
    "a tensor of rows": (
        lambda a, b, c, d: a + torch.tensor([1, 2, 3, 4]),
        "raises RuntimeError: The size of tensor a",
    ),
    "noise": (lambda a, b, c, d: torch.randint_like(a, 9), "'randint_like', but a map gives the same results"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_map_that_has_no_weights_is_one_usage_error_with_its_line(name):
    function, match = REFUSED[name]
    with pytest.raises(UsageError, match=match) as error:
        program_to_transformer(written(function, 9, "read"))
    assert "\n" not in str(error.value) and "(test_maps.py line " in str(error.value)


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
    with pytest.raises(
        UsageError, match="input 'a' has 4,194,305 values, and an embedding has a row for each, at most 4,194,304"
    ):
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


def of_large_numbers(function, high):
    """The program of a map of two numbers up to 4,096, which an attention head has read."""
    table = Table("large", rows=4)
    p, t = (table.pull(table.index, table.input(name, 4096)) for name in "pt")
    table.output("out", table.map(function, p, t, high=high))
    return table.program()


@pytest.mark.parametrize(
    "function",
    [
        lambda p, t: t + torch.relu(p - 4096 * t),
        lambda p, t: torch.clamp(p - 4096 * t, min=0) + t,
        lambda p, t: 4096 + torch.minimum(p - 4096 * t, torch.zeros_like(p)).clamp(min=-4096),
    ],
)
def test_a_number_of_more_values_than_a_table_has_may_be_cut_off(function):
    program = of_large_numbers(function, 4096)
    model = program_to_transformer(program, FLOAT64)
    columns = {"p": np.array([7, 4096, 0, 4096]), "t": np.array([0, 4096, 5, 1])}
    assert np.array_equal(model.run(columns)["out"], interpret(program, columns)["out"])


@pytest.mark.parametrize(
    "function",
    [lambda p, t: (p - 4096 * t) > 0, lambda p, t: torch.abs(p - 4096 * t) // 4096, lambda p, t: p * t // 4096],
)
def test_other_functions_of_such_a_number_are_refused(function):
    with pytest.raises(CapacityExceeded, match="a table has at most 4194304"):
        program_to_transformer(of_large_numbers(function, 4096), FLOAT64)
