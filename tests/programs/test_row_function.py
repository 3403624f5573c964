"""What a map computes: every operation means what Python means, a transcribed function what torch means on int64."""

import operator
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from logdepth.numerics.errors import UsageError
from logdepth.programs import Node, Undefined
from logdepth.programs.row_function import INT64, OPERATIONS, RowFunction, span_of
from logdepth.programs.transcription import transcribe
from logdepth.verification.strategies import draft_maps
from logdepth.verification.strategies.draft import DraftMap

PYTHON = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "floordiv": operator.floordiv, "mod": operator.mod,
    "abs": abs, "minimum": min, "maximum": max, "and": operator.and_, "or": operator.or_, "xor": operator.xor,
    "lshift": operator.lshift, "rshift": operator.rshift, "eq": operator.eq, "ne": operator.ne, "lt": operator.lt,
    "le": operator.le, "gt": operator.gt, "ge": operator.ge, "where": lambda c, yes, no: yes if c else no,
}  # fmt: skip
"""What Python says of every operation: the judge."""

SMALL = range(-9, 10)
HUGE = [-(2**63), 1 - 2**63, -(2**62), -(2**31), -1, 0, 1, 2, 62, 63, 2**31, 2**62, 2**63 - 1]


def alone(name):
    """The function that does this one operation."""
    count = OPERATIONS[name].operands
    return RowFunction(count, (Node(name, tuple(range(count))),), (count,))


def meant(name, operands):
    """Python's number, or None for what is undefined or beyond 64 bits."""
    try:
        value = int(PYTHON[name](*operands))
    except (ZeroDivisionError, ValueError):
        return None
    return value if INT64[0] <= value <= INT64[1] else None


def operands_of(name, values):
    """All combinations, with conditions and shifts where they must be."""
    places = [values] * OPERATIONS[name].operands
    if name == "where":
        places[0] = [0, 1]
    if name in ("lshift", "rshift"):
        places[1] = [value for value in values if 0 <= value <= 70]
    return list(product(*places))


def test_python_judges_every_operation():
    assert PYTHON.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("values", [SMALL, HUGE], ids=["small", "huge"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_means_what_python_means(name, values):
    defined = [(operands, meant(name, operands)) for operands in operands_of(name, values)]
    defined = [(operands, value) for operands, value in defined if value is not None]
    columns = np.array([operands for operands, _ in defined], dtype=np.int64).T
    (result,) = alone(name)(*columns)
    assert result.tolist() == [value for _, value in defined]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_range_holds_every_result_or_is_refused_as_beyond_64_bits(name):
    rng, function = np.random.default_rng(0), alone(name)
    for values in [SMALL, HUGE] * 60:
        ends = [sorted(rng.choice(list(values), 2).tolist()) for _ in range(function.arity)]
        if name == "where":
            ends[0] = [0, 1]
        if name in ("lshift", "rshift"):
            ends[1] = sorted(rng.integers(0, 70, 2).tolist())
        inside = [[v for v in {*values, *pair} if pair[0] <= v <= pair[1]] for pair in ends]
        exact = [PYTHON[name](*x) for x in product(*inside) if not (name in ("floordiv", "mod") and x[1] == 0)]
        try:
            low, high = span_of(function.nodes[0], [tuple(pair) for pair in ends], ())
        except UsageError:
            assert name in ("add", "sub", "mul", "abs", "lshift", "floordiv")
            continue
        assert all(low <= value <= high for value in exact)


def test_what_is_undefined_is_told_with_its_row():
    three = np.array([5, 0, -1])
    for name, said in [("floordiv", "divides by 0"), ("mod", "takes a remainder by 0")]:
        with pytest.raises(Undefined, match=said) as error:
            alone(name)(three, three)
        assert error.value.row == 1
    table = RowFunction(1, (Node("table", (0,), 0),), (1,), (np.arange(3),))
    assert table(np.array([2, 0]))[0].tolist() == [2, 0]
    for wrong, row in [([0, 3], 1), ([-1, 0], 0)]:
        with pytest.raises(Undefined, match=r"entry (3|-1) of a table of 3") as error:
            table(np.array(wrong))
        assert error.value.row == row


def every_row(highs, most=400):
    """Columns that hold every combination of values, or some of them."""
    if np.prod([high + 1 for high in highs]) <= most:
        return np.array(list(product(*(range(high + 1) for high in highs)))).T
    return np.stack([np.random.default_rng(0).integers(0, high + 1, most) for high in highs])


def means_what_torch_means(draft):
    columns = every_row(draft.highs)
    try:
        transcribed = transcribe(draft.function, [(0, high) for high in draft.highs])
    except UsageError as error:
        assert "64 bits" in str(error) or "a type that holds" in str(error), error
        return False
    said = torch.as_tensor(draft.function(*(torch.tensor(column) for column in columns)))
    (result,) = transcribed(*columns)
    assert np.array_equal(said.expand(columns.shape[1]).numpy().astype(np.int64), result)
    low, high = transcribed.spans([(0, high) for high in draft.highs])[transcribed.results[0]]
    assert low <= result.min() and result.max() <= high
    return True


TEXTS = [
    "x // 3", "x // -3", "x % 3", "x % -3", "x * 5", "x + y", "x - y", "2 - x", "-x", "abs(x)", "torch.abs(y)", "~x",
    "x ** 2", "x ** 3", "x << 1", "(x + 4) << (y + 2)", "x >> 1", "x >> (y + 2)", "x & y", "x | 3", "x ^ y", "x.int()",
    "torch.sign(x)", "torch.relu(x)", "torch.minimum(x, y)", "torch.maximum(x, 1 - y)", "torch.fmod(x, 3)",
    "torch.fmod(x, -3)", "torch.div(x, 3, rounding_mode='trunc')", "torch.div(x, -3, rounding_mode='trunc')",
    "torch.div(x, 2 * y + 1, rounding_mode='trunc')", "torch.div(x, 2 * y + 1, rounding_mode='floor')",
    "torch.clamp(x, -1, 2)", "torch.clamp(x, min=-2)", "torch.clamp(x, max=1)", "torch.where(x > y, x, 2 - y)",
    "torch.where(x == y, x > 1, y < 0)", "x.masked_fill(y > 0, 7)", "(x > 0) + (y > 0)", "(x > 0) * (y > 0)",
    "(x > 0) & (y > 0)", "(x > 0) | (y > 0)", "(x > 0) ^ (y > 0)", "~(x > 0)", "(x > 0).long() - (y > 0).long()",
    "torch.maximum(x > 0, y > 0)", "torch.minimum(x > 0, y > 0)", "(x < y) + x", "x != y", "x <= y", "x >= y",
    "torch.logical_and(x, y)", "torch.logical_or(x, y)", "torch.logical_xor(x, y)", "torch.logical_not(x)",
    "torch.sqrt(torch.relu(x)).long()", "torch.tensor([[3, 1], [4, 1], [5, 9]])[x % 3, y % 2 - 2]",
    "(x > 0) ^ (x > 2) ^ (y > 0)", "((x > 0) + (y > 0)) * x", "x.clamp(y, y + 1)",
    "~((x > 0) & (y > 0))", "~((x > 0) | (y > 0))", "~((x > 0) ^ (y > 0))", "~torch.maximum(x > 0, y > 0)",
    "~torch.minimum(x > 0, y > 0)", "~((x > 0) * (y > 0))", "~((x > 0) + (y > 0))", "torch.rsub(x, 2)",
]  # fmt: skip
"""What a map may do with x = -4..4 and y = -2..2."""


@pytest.mark.parametrize("text", TEXTS)
def test_every_operation_of_torch_means_what_torch_means(text):
    assert means_what_torch_means(DraftMap(f"lambda a, b: (lambda x, y: {text})(a - 4, b - 2)", (8, 4)))


def functions_agree(examples):
    transcribed = []

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(draft_maps())
    def law(draft):
        note(draft.source)
        transcribed.append(means_what_torch_means(draft))

    law()
    assert sum(transcribed) > 0.9 * len(transcribed), "most functions can be transcribed"


def test_a_traced_function_means_what_torch_means():
    functions_agree(200)


@pytest.mark.slow
def test_many_traced_functions_mean_what_torch_means():
    functions_agree(500)


@pytest.mark.parametrize(
    "text", ["x.int() * 3 + y.short()", "x.byte() + 200 - y", "x.to(torch.int8) - y", "-(x.char())"]
)
def test_a_narrow_type_is_either_wide_enough_or_refused(text):
    """For every range of the columns: never a number that wrapped around."""
    function = eval(f"lambda x, y: {text}", {"torch": torch})
    verdicts = set()
    for high in [0, 1, 5, 27, 55, 56, 127, 128, 255, 256, 32_767, 32_768, 2**31 - 1, 2**31]:
        column = np.array([0, high // 2, high])
        try:
            (result,) = transcribe(function, [(0, high)] * 2)(column, column)
        except UsageError as error:
            assert "a type that holds" in str(error) or "leave the type out" in str(error)
            verdicts.add("refused")
            continue
        verdicts.add("right")
        wide = eval(text, {"torch": FakeTorch}, {"x": Plain(column), "y": Plain(column)})
        assert result.tolist() == wide.values.tolist()
    assert verdicts == {"right", "refused"}


class FakeTorch:
    int8 = "int8"


class Plain:
    """Integers without end: every type holds them."""

    def __init__(self, values):
        self.values = np.array(values, dtype=object)

    def same(self, *_):
        return self

    int = short = byte = char = to = same

    def __add__(self, other):
        return Plain(self.values + getattr(other, "values", other))

    def __sub__(self, other):
        return Plain(self.values - getattr(other, "values", other))

    def __mul__(self, other):
        return Plain(self.values * other)

    def __neg__(self):
        return Plain(-self.values)


@given(st.integers(0, 40), st.integers(0, 40))
def test_equal_operations_are_one(a, b):
    function = transcribe(lambda x, y: (x + y) * a + (x + y) * b, [(0, 9), (0, 9)])
    assert sum(node == Node("add", (0, 1)) for node in function.nodes) <= 1
    assert function(np.array([2]), np.array([3]))[0].tolist() == [5 * (a + b)]
