"""Arithmetic on columns: `a + 1`, `(a > b) & c`, `table.where(c, a, b)`, and the range of every result.

An `Expression` is not a column yet. It may be negative, and it costs nothing. It becomes a column where a statement
reads it, by one `map`, however many operators it has; so a chain of operators is no deeper than the same map by hand.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from numbers import Integral
from typing import Any, NoReturn

import numpy as np
from torch import Tensor

from logdepth.numerics.errors import BeyondTask, UsageError
from logdepth.programs.row_function import OPERATIONS, Range
from logdepth.tasks import Alphabet

FORMS = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "floordiv": "{} // {}",
    "mod": "{} % {}",
    "minimum": "minimum({}, {})",
    "maximum": "maximum({}, {})",
    "and": "{} & {}",
    "or": "{} | {}",
    "xor": "{} ^ {}",
    "eq": "{} == {}",
    "ne": "{} != {}",
    "lt": "{} < {}",
    "le": "{} <= {}",
    "gt": "{} > {}",
    "ge": "{} >= {}",
    "where": "where({}, {}, {})",
    "abs": "abs({})",
    "choose": "choose({}, …)",
    "table": "table[{}]",
}
"""The operations, as they are written. They are those of a `RowFunction`, and two that are made of others: "abs", and
"choose", which is the operand, of those after the first, whose number the first one says, from 0."""

UFUNCS = {
    "add": "add", "subtract": "sub", "multiply": "mul", "floor_divide": "floordiv", "remainder": "mod",
    "minimum": "minimum", "maximum": "maximum", "bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor",
    "equal": "eq", "not_equal": "ne", "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge",
}  # fmt: skip
CONNECTIVES = ("and", "or", "xor")
CONDITIONS = (*CONNECTIVES, "eq", "ne", "lt", "le", "gt", "ge")


class Operators:
    """What columns and expressions share: a range low..high, and the operators. Operands are columns, expressions and
    ints; where letters are compared, also a letter."""

    __hash__ = object.__hash__  # by identity: == makes an expression
    letters: str | None
    values: Sequence[Hashable] | None = None

    low: int
    high: int

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


@dataclass(frozen=True, eq=False, repr=False)
class Expression(Operators):
    """A number in every row, computed from columns of that row. table: of a lookup, (entries,) int64.

    Made by the operators of columns, and by `where`, `minimum`, `maximum`, `lookup` and `choose` of a `Table`.
    """

    operation: str
    operands: tuple[Operators | int, ...]
    table: np.ndarray | None = None
    letters: str | None = None

    @cached_property
    def span(self) -> Range:
        """The range of its values, by interval arithmetic."""
        operands = [span_of(operand) for operand in self.operands]
        if self.operation == "abs":
            (low, high) = operands[0]
            return max(low, -high, 0), max(high, -low)
        if self.operation == "choose":
            possible = operands[1 + operands[0][0] : 2 + operands[0][1]]
            return min(low for low, _ in possible), max(high for _, high in possible)
        if self.table is not None:
            read = self.table[operands[0][0] : operands[0][1] + 1]
            return int(read.min()), int(read.max())
        return OPERATIONS[self.operation].span(*operands)

    @property
    def low(self) -> int:  # type: ignore[override]
        return self.span[0]

    @property
    def high(self) -> int:  # type: ignore[override]
        return self.span[1]

    def __repr__(self) -> str:
        return show(self)

    def parts(self, made: Container[Operators] = ()) -> list[Expression]:
        """The expressions that it is made of, itself last, each once and after those that it reads.

        made: these are known already, and are not gone into.
        """
        found: dict[Expression, None] = {}
        open_: list[tuple[Expression, Iterator[Operators | int]]] = [(self, iter(self.operands))]
        while open_:  # not by recursion: a sum of thousands of columns is a deep expression
            expression, rest = open_[-1]
            for x in rest:
                if isinstance(x, Expression) and x not in found and x not in made:
                    open_.append((x, iter(x.operands)))
                    break
            else:
                found[expression] = None
                open_.pop()
        return list(found)

    def leaves(self, made: Container[Operators] = ()) -> list[Operators]:
        """The columns, and the parts in `made`, that it is computed from, each once."""
        parts = self.parts(made)
        inside = set(parts)
        operands = (x for part in parts for x in part.operands if not isinstance(x, int))
        return [x for x in dict.fromkeys(operands) if x not in inside]


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
    if name in ("floordiv", "mod") and isinstance(x[1], int) and x[1] < 1:
        raise UsageError(f"{show(x[0])} {sign} {x[1]} divides by {x[1]}; divide by 1 or more")
    if name in ("floordiv", "mod") and span_of(x[1])[0] < 1:
        raise UsageError(
            f"the divisor of {show(x[0])} {sign} {show(x[1])} may be {span_of(x[1])[0]}; divide by 1 or more,"
            f" such as {show(x[1], inside=True)}.clip(1)"
        )
    return simpler(name, x, common_letters(operands[1:]) if name in ("where", "choose") else None)


def simpler(name: str, x: Sequence[Operators | int], letters: str | None = None) -> Operators | int:
    """The operation, or one of its operands, or a number, where that is the same whatever the columns hold."""
    if all(isinstance(operand, int) for operand in x):
        value = int(x[1 + int(x[0])]) if name == "choose" else int(OPERATIONS[name].compute(*map(np.int64, x)))
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


def number(x: Operators | int) -> int | None:
    """An int as it is; None for a column or an expression."""
    return x if isinstance(x, int) else None


def common_letters(choices: Sequence[Any]) -> str | None:
    """The letters of a value that is one of these: theirs, if all have the same; 0 is no letter of any."""
    found = {
        x.letters if isinstance(x, Operators) else None for x in choices if not isinstance(x, str) and number(x) != 0
    }
    return found.pop() if len(found) == 1 else None


def comparable(value: object) -> bool:
    return isinstance(value, (Operators, Integral, float, np.bool_, np.ndarray, Tensor, Sequence))


def operand_of(value: Any, sign: str, among: Sequence[Any]) -> Operators | int:
    """The operand as a column, an expression or an int; a letter as its number, by the letters of the others."""
    if isinstance(value, Operators):
        return value
    if isinstance(value, (Integral, np.bool_)):
        return int(value)
    if isinstance(value, np.ndarray) and not value.ndim and value.dtype.kind in "iub":  # numpy's, in int64(3) < a
        return int(value)
    if isinstance(value, str):
        return letter_number(value, sign, among)
    raise UsageError(f"{sign!r} takes columns and ints, not {type(value).__name__} {value!r}"[:200])


def letter_number(letter: str, sign: str, among: Sequence[Any]) -> int:
    codings = {x.values for x in among if isinstance(x, Operators) and x.values is not None}
    if len(codings) == 1 and letter in (coding := codings.pop()):
        return int(coding.index(letter))
    letters = {x.letters for x in among if isinstance(x, Operators)} - {None}
    if len(letters) != 1 or len(letter) != 1:
        raise UsageError(
            f"{sign!r} takes columns and ints, not the text {letter[:40]!r}; a single letter may stand beside a column"
            " that holds letters: table.input(name, letters=…)"
        )
    alphabet = Alphabet(str(letters.pop()))
    try:
        return int(alphabet.tokens(letter, f"beside {sign!r}")[0])
    except BeyondTask:
        raise UsageError(f"letter {letter!r} beside {sign!r} is not in the alphabet {alphabet} of the column") from None


def check_condition(x: Any, sign: str) -> None:
    """UsageError unless this is a column or an expression of 0 and 1, or a bool."""
    if isinstance(x, (bool, np.bool_)) or not isinstance(x, (Operators, int)):
        return  # the rest is refused as an operand
    low, high = span_of(x)
    if isinstance(x, int):  # a > 1 & b reads as a > (1 & b)
        raise UsageError(
            f"{sign} takes two conditions, and {x} is a number; put comparisons in brackets: (… > {x}) {sign} …"
        )
    if low < 0 or high > 1:
        raise UsageError(
            f"{sign} takes conditions, which are 0 or 1, and {show(x)!r} holds {low}..{high}; compare it first, in"
            f" brackets: ({show(x)} > 0) {sign} …"
        )


def check_decision(x: Any) -> None:
    """UsageError unless `where` can decide by it."""
    low, high = span_of(x) if isinstance(x, (Operators, int)) else (0, 1)  # the rest is refused as an operand
    if low < 0 or high > 1:
        raise UsageError(
            f"where decides by a condition, which is 0 or 1, and {show(x)!r} holds {low}..{high}; compare it, as in"
            f" {show(x, inside=True)} > 0"
        )


def check_places(x: Operators, sign: str, places: Any) -> int:
    if not isinstance(places, (int, np.integer)) or not 0 <= places <= 62:
        raise UsageError(
            f"{show(x)} {sign} {show(places)} shifts by an int in 0..62 only; multiply or divide by a column"
        )
    return int(places)


def not_of_columns(name: str) -> str:
    return (
        f"{name} does not take columns; use operators and table.where, minimum, maximum, lookup, or a function of"
        " tensors in table.map(lambda x: …, column, high=…)"
    )


def span_of(x: Operators | int) -> Range:
    return (x, x) if isinstance(x, int) else (x.low, x.high)


# --- how they are shown ---


def show(x: Any, inside: bool = False) -> str:
    """An expression as text of at most 60 letters. `inside`: in brackets if it needs them beside another operator."""
    text = write(x, 4)
    text = text if len(text) <= 60 else f"{text[:59]}…"
    return f"({text})" if inside and isinstance(x, Expression) and "(" not in FORMS[x.operation] else text


def write(x: Any, depth: int) -> str:
    if not isinstance(x, Expression):
        return str(getattr(x, "name", x))
    if depth == 0:
        return "…"
    parts = [write(operand, depth - 1) for operand in x.operands]
    form = FORMS[x.operation]
    if "(" not in form and x.table is None:  # between its operands
        parts = [
            f"({text})" if isinstance(operand, Expression) and operand.table is None else text
            for text, operand in zip(parts, x.operands, strict=True)
        ]
    return form.format(*parts)
