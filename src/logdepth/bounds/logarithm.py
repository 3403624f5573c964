"""Logarithms to base 2."""

import math


def ceil_log2(number: int) -> int:
    """⌈log number⌉ for number ≥ 1, in integers."""
    assert number >= 1, f"there is no logarithm of {number}"
    return (number - 1).bit_length()


def log2(number: float) -> float:
    """log number, and 0 below 1: the value of a leading term."""
    return math.log2(number) if number > 1 else 0.0
