"""What rounding a sum to an exact integer costs: digits, each two ReLU layers."""

from logdepth.theory.logarithm import count_digits


def snap_digits(high: int) -> int:
    """Digits, each two ReLU layers, in which a sum up to `high` is rounded to an exact integer."""
    return count_digits(high, snap_base(high))


def snap_base(high: int) -> int:
    """One digit below 16; beyond, about log2 high."""
    return 16 if high < 16 else 2 ** (high.bit_length().bit_length() - 1)
