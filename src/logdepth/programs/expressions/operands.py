"""What may stand beside an operator: columns, terms, ints and letters; and conditions, where one is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from torch import Tensor

from logdepth.numerics.errors import BeyondTask, UsageError
from logdepth.programs.expressions.terms import Ranged, number, show, span_of
from logdepth.tasks import Alphabet


def comparable(value: object) -> bool:
    return isinstance(value, (Ranged, Integral, float, np.bool_, np.ndarray, Tensor, Sequence))


def operand_of(value: Any, sign: str, among: Sequence[Any]) -> Ranged | int:
    """The operand as a column, an expression or an int; a letter as its number, by the letters of the others."""
    if isinstance(value, Ranged):
        return value
    if isinstance(value, (Integral, np.bool_)):
        return int(value)
    if isinstance(value, np.ndarray) and not value.ndim and value.dtype.kind in "iub":  # numpy's, in int64(3) < a
        return int(value)
    if isinstance(value, str):
        return letter_number(value, sign, among)
    raise UsageError(f"{sign!r} takes columns and ints, not {type(value).__name__} {value!r}"[:200])


def letter_number(letter: str, sign: str, among: Sequence[Any]) -> int:
    codings = {x.values for x in among if isinstance(x, Ranged) and x.values is not None}
    if len(codings) == 1 and letter in (coding := codings.pop()):
        return int(coding.index(letter))
    letters = {x.letters for x in among if isinstance(x, Ranged)} - {None}
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
    if isinstance(x, (bool, np.bool_)) or not isinstance(x, (Ranged, int)):
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
    low, high = span_of(x) if isinstance(x, (Ranged, int)) else (0, 1)  # the rest is refused as an operand
    if low < 0 or high > 1:
        raise UsageError(
            f"where decides by a condition, which is 0 or 1, and {show(x)!r} holds {low}..{high}; compare it, as in"
            f" {show(x, inside=True)} > 0"
        )


def check_divisor(x: Ranged | int, sign: str, divisor: Ranged | int) -> None:
    """UsageError unless the divisor is 1 or more in every row."""
    least = span_of(divisor)[0]
    if isinstance(divisor, int) and least < 1:
        raise UsageError(f"{show(x)} {sign} {divisor} divides by {divisor}; divide by 1 or more")
    if least < 1:
        raise UsageError(
            f"the divisor of {show(x)} {sign} {show(divisor)} may be {least}; divide by 1 or more,"
            f" such as {show(divisor, inside=True)}.clip(1)"
        )


def check_places(x: Ranged, sign: str, places: Any) -> int:
    if not isinstance(places, (int, np.integer)) or not 0 <= places <= 62:
        raise UsageError(
            f"{show(x)} {sign} {show(places)} shifts by an int in 0..62 only; multiply or divide by a column"
        )
    return int(places)


def common_letters(choices: Sequence[Any]) -> str | None:
    """The letters of a value that is one of these: theirs, if all have the same; 0 is no letter of any."""
    found = {x.letters if isinstance(x, Ranged) else None for x in choices if not isinstance(x, str) and number(x) != 0}
    return found.pop() if len(found) == 1 else None
