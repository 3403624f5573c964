"""The functions that RASP names, on exact values. The translator knows them; any other function becomes a table."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from logdepth.rasp.tree import Function
from logdepth.rasp.values import NoValue, is_number


def numbers_only(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which has no value for anything but numbers."""

    def careful(*values: Any) -> Any:
        for value in values:
            if not is_number(value):
                raise NoValue(f"{name} takes numbers, and one value is {value!r}")
        return function(*values)

    return careful


def sum_of(x: Any, y: Any) -> Any:
    """x + y, of numbers or of texts."""
    if isinstance(x, str) and isinstance(y, str):
        return x + y
    return numbers_only("+", operator.add)(x, y)


def ratio(x: Any, y: Any) -> Any:
    if not y:
        raise NoValue("it divides by 0")
    return Fraction(x) / Fraction(y)


def remainder(x: Any, y: Any) -> Any:
    if not y:
        raise NoValue("it takes a remainder by 0")
    return x % y


def quotient(x: Any, y: Any) -> Any:
    if not y:
        raise NoValue("it divides by 0")
    return x // y


def power(x: Any, y: Any) -> Any:
    if abs(y) > 64 or y != int(y) or (not x and y < 0):
        raise NoValue(f"it has no {x} to the power {y}")
    return Fraction(x) ** int(y)


def ordered(name: str, function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison of two numbers, or of two texts."""

    def careful(x: Any, y: Any) -> bool:
        if is_number(x) == is_number(y) and isinstance(x, str) == isinstance(y, str) and None not in (x, y):
            return function(x, y)
        raise NoValue(f"{x!r} {name} {y!r} compares what has no common order")

    return careful


def choice(condition: Any, yes: Any, no: Any) -> Any:
    return yes if condition else no


def known(name: str, call: Callable[..., Any]) -> Function:
    return Function(name, call, known=True)


ADD = known("+", sum_of)
SUBTRACT = known("-", numbers_only("-", operator.sub))
MULTIPLY = known("*", numbers_only("*", operator.mul))
DIVIDE = known("/", numbers_only("/", ratio))
REMAINDER = known("%", numbers_only("%", remainder))
QUOTIENT = known("//", numbers_only("//", quotient))
POWER = known("^", numbers_only("^", power))
EQUAL = known("==", operator.eq)
UNEQUAL = known("!=", operator.ne)
LESS = known("<", ordered("<", operator.lt))
AT_MOST = known("<=", ordered("<=", operator.le))
MORE = known(">", ordered(">", operator.gt))
AT_LEAST = known(">=", ordered(">=", operator.ge))
AND = known("and", lambda x, y: bool(x) and bool(y))
OR = known("or", lambda x, y: bool(x) or bool(y))
NEGATION = known("not", lambda x: not x)
INDICATOR = known("indicator", lambda x: 1 if x else 0)
ROUND = known("round", numbers_only("round", round))
ABSOLUTE = known("abs", numbers_only("abs", abs))
LARGER = known("max", numbers_only("max", max))
SMALLER = known("min", numbers_only("min", min))
CHOICE = known("if", choice)
ALWAYS = known("True", lambda key, query: True)
NEVER = known("False", lambda key, query: False)

COMPARISONS = {function.name: function for function in (EQUAL, UNEQUAL, LESS, AT_MOST, MORE, AT_LEAST)}
ARITHMETIC = {f.name: f for f in (ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, POWER)}
