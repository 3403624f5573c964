"""Arithmetic on columns: `a + 1`, `(a > b) & c`, `table.where(c, a, b)`, and the range of every result.

An `Expression` is not a column yet. It may be negative, and it costs nothing. It becomes a column where a statement
reads it, by one `map`, however many operators it has; so a chain of operators is no deeper than the same map by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, NoReturn

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.programs.expressions.operands import (
    check_condition,
    check_decision,
    check_divisor,
    check_places,
    common_letters,
    comparable,
    operand_of,
)
from logdepth.programs.expressions.terms import FORMS, Ranged, Term, number, show, span_of
from logdepth.programs.row_function import OPERATIONS

UFUNCS = {
    "add": "add", "subtract": "sub", "multiply": "mul", "floor_divide": "floordiv", "remainder": "mod",
    "minimum": "minimum", "maximum": "maximum", "bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor",
    "equal": "eq", "not_equal": "ne", "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge",
}  # fmt: skip
CONNECTIVES = ("and", "or", "xor")
CONDITIONS = (*CONNECTIVES, "eq", "ne", "lt", "le", "gt", "ge")


class Operators(Ranged):
    """What columns and expressions share: the operators. Beside them stand columns, expressions and ints; where letters
    are compared, also a letter."""

    __hash__ = object.__hash__  # by identity: == makes an expression

    def __add__(self, other: Any) -> Expression | Any:
        return operate("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return operate("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return operate("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return operate("sub", other, self)

    def __neg__(self) -> Any:
        return operate("sub", 0, self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self if self.low >= 0 else Expression("abs", (self,))

    def __mul__(self, other: Any) -> Any:
        return operate("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return operate("mul", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return operate("floordiv", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return operate("floordiv", other, self)

    def __mod__(self, other: Any) -> Any:
        return operate("mod", self, other)

    def __rmod__(self, other: Any) -> Any:
        return operate("mod", other, self)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __truediv__(self, other: Any) -> NoReturn:
        raise UsageError(f"columns hold integers, so there is no {show(self)} / {show(other)}; divide by //")

    __rtruediv__ = __truediv__

    def __and__(self, other: Any) -> Any:
        return operate("and", self, other)

    def __rand__(self, other: Any) -> Any:
        return operate("and", other, self)

    def __or__(self, other: Any) -> Any:
        return operate("or", self, other)

    def __ror__(self, other: Any) -> Any:
        return operate("or", other, self)

    def __xor__(self, other: Any) -> Any:
        return operate("xor", self, other)

    def __rxor__(self, other: Any) -> Any:
        return operate("xor", other, self)

    def __invert__(self) -> Any:
        check_condition(self, "~")
        return operate("sub", 1, self)

    def __eq__(self, other: object) -> Any:
        return operate("eq", self, other) if comparable(other) else NotImplemented

    def __ne__(self, other: object) -> Any:
        return operate("ne", self, other) if comparable(other) else NotImplemented

    def __lt__(self, other: Any) -> Any:
        return operate("lt", self, other)

    def __le__(self, other: Any) -> Any:
        return operate("le", self, other)

    def __gt__(self, other: Any) -> Any:
        return operate("gt", self, other)

    def __ge__(self, other: Any) -> Any:
        return operate("ge", self, other)

    def __pow__(self, times: Any) -> Any:
        if not isinstance(times, (int, np.integer)) or not 0 <= times <= 64:
            raise UsageError(f"{show(self)} ** {show(times)} has no range; the exponent is an int in 0..64")
        return reduce(lambda x, y: operate("mul", x, y), [self] * int(times), 1)

    def __lshift__(self, places: Any) -> Any:
        return operate("mul", self, 2 ** check_places(self, "<<", places))

    def __rshift__(self, places: Any) -> Any:
        return operate("floordiv", self, 2 ** check_places(self, ">>", places))

    def clip(self, low: Any = None, high: Any = None) -> Any:
        """The nearest number in low..high; without one of them, at least low or at most high."""
        if isinstance(low, int) and isinstance(high, int) and low > high:
            raise UsageError(f"{show(self)}.clip({low}, {high}) has no number in {low}..{high}; give the lesser first")
        least = self if low is None else operate("maximum", self, low)
        return least if high is None else operate("minimum", least, high)

    def __bool__(self) -> bool:
        raise UsageError(
            f"column {show(self)!r} has a value in every row, so no truth value; decide by table.where(condition, a, b)"
            " in place of if, and by & | ~ in place of and, or, not (with brackets: (a > 1) & (a < 5))"
        )

    def __iter__(self) -> NoReturn:
        raise UsageError(
            f"column {show(self)!r} has a value in every row, and a program cannot go through them; rows talk by"
            " statements, such as table.sum, table.last and table.scan"
        )

    def __len__(self) -> NoReturn:
        raise UsageError(f"column {show(self)!r} has as many values as the table has rows: table.length")

    def __array_ufunc__(self, function: np.ufunc, method: str, *operands: Any, **options: Any) -> Any:
        if method != "__call__" or options or function.__name__ not in UFUNCS:
            raise UsageError(not_of_columns(f"np.{function.__name__}"))
        return operate(UFUNCS[function.__name__], *operands)

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> NoReturn:
        name = function.__name__
        if name == "__getitem__":
            raise UsageError("a tensor is not read at columns by [ ]; look it up: table.lookup(tensor, column)")
        raise UsageError(not_of_columns(f"torch's {name.strip('_')}"))

    def __index__(self) -> int:
        raise UsageError(
            f"column {show(self)!r} has a value in every row, so it is no int;"
            " to read a list or an array at it: table.lookup(list, column)"
        )

    def __array__(self, *_: object, **__: object) -> NoReturn:
        self.__index__()
        raise AssertionError("a column is no array")


class Expression(Operators, Term):
    """A number in every row, computed from columns of that row: a term that has the operators of a column.

    Made by the operators of columns, and by `where`, `minimum`, `maximum`, `lookup` and `choose` of a `Table`.
    """


# --- how expressions are made ---


class Beside:
    """What says itself what an operator between it and a column means: a fraction in every row."""


REFLECTED = {"add", "sub", "mul", "lt", "le", "gt", "ge"}
"""The operators that a `Beside` has for both sides."""


def operate(name: str, *operands: Any) -> Any:
    """An operation on columns, expressions and ints, checked, and made simpler where it says nothing new."""
    if name in REFLECTED and any(isinstance(operand, Beside) for operand in operands):
        return NotImplemented  # so Python asks the other side
    sign = FORMS[name].replace("{}", "").split("(")[0].strip()
    x = [operand_of(operand, sign, operands) for operand in operands]
    if name in CONNECTIVES:
        for operand in operands:
            check_condition(operand, sign)
    if name == "where":
        check_decision(operands[0])
    if name in ("floordiv", "mod"):
        check_divisor(x[0], sign, x[1])
    return simpler(name, x, common_letters(operands[1:]) if name in ("where", "choose") else None)


def simpler(name: str, x: Sequence[Ranged | int], letters: str | None = None) -> Ranged | int:
    """The operation, or one of its operands, or a number, where that is the same whatever the columns hold."""
    ints = [operand for operand in x if isinstance(operand, int)]
    if len(ints) == len(x):
        value = ints[1 + ints[0]] if name == "choose" else int(OPERATIONS[name].compute(*map(np.int64, ints)))
        return bool(value) if name in CONDITIONS else value
    spans = [span_of(operand) for operand in x]
    match name:
        case "add" | "or" | "xor" if 0 in map(number, x):
            return x[1] if number(x[0]) == 0 else x[0]
        case "sub" if number(x[1]) == 0:
            return x[0]
        case "mul" | "and" if 0 in map(number, x):
            return False if name == "and" else 0
        case "mul" | "and" if 1 in map(number, x):
            return x[1] if number(x[0]) == 1 else x[0]
        case "floordiv" if number(x[1]) == 1:
            return x[0]
        case "mod" if spans[0][0] >= 0 and spans[0][1] < spans[1][0]:
            return x[0]
        case "maximum" | "minimum":
            for more, less in ((0, 1), (1, 0)):
                if spans[more][0] >= spans[less][1]:
                    return x[more if name == "maximum" else less]
        case "where" if isinstance(x[0], int) or x[1] is x[2]:
            return x[2] if number(x[0]) == 0 else x[1]
        case "choose" if isinstance(x[0], int):
            return x[1 + x[0]]
    return Expression(name, tuple(x), letters=letters)


def not_of_columns(name: str) -> str:
    return (
        f"{name} does not take columns; use operators and table.where, minimum, maximum, lookup, or a function of"
        " tensors in table.map(lambda x: …, column, high=…)"
    )
