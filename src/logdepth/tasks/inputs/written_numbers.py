"""Numbers as users write them: a word has one meaning, or none."""

import re
from decimal import Decimal

MOST_DIGITS = 18
"""So many fit into int64."""

_WHOLE = re.compile(rf"-?(?:0|[1-9][0-9]{{0,{MOST_DIGITS - 1}}})")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?")
_NO_NUMBER = frozenset({"nan", "inf", "infinity"})


def whole_number(word: str) -> int | None:
    """The whole number that a word writes in decimal digits, at most MOST_DIGITS of them; None if it is no such.

    Zeros in front are refused: after a blank they may be the rest of a number, as in "1 000".
    """
    return int(word) if _WHOLE.fullmatch(word) else None


def number_of(word: str) -> Decimal | None:
    """The number that a word writes, as 3, -3.5 or 1e3, exactly; None if it writes none, and for nan and inf."""
    return Decimal(word) if _DECIMAL.fullmatch(word) else None


def looks_like_a_number(word: str) -> bool:
    """Whether a word stands where a number is meant, though it may be nan or inf."""
    return _DECIMAL.fullmatch(word) is not None or word.lstrip("+-").lower() in _NO_NUMBER
