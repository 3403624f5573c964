"""Logarithms to base 2, and how many digits a number has."""

import math


def ceil_log2(number: int) -> int:
    """⌈log number⌉ for number ≥ 1, in integers."""
    assert number >= 1, f"there is no logarithm of {number}"
    return (number - 1).bit_length()


def floor_log2(number: int) -> int:
    """⌊log number⌋ for number ≥ 1, in integers."""
    assert number >= 1, f"there is no logarithm of {number}"
    return number.bit_length() - 1


def count_digits(high: int, base: int) -> int:
    """Digits of the numbers 0..high, at least 1."""
    count = 1
    while base**count <= high:
        count += 1
    return count


def log2(number: float) -> float:
    """log number, and 0 below 1: the value of a leading term."""
    return math.log2(number) if number > 1 else 0.0


def ceil_div(a: int, b: int) -> int:
    return -(-a // b)
