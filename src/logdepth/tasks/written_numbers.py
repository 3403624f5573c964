"""Numbers as users write them."""

MOST_DIGITS = 18
"""So many fit into int64."""


def whole_number(word: str) -> int | None:
    """The whole number that a word writes in decimal digits, at most MOST_DIGITS of them; None if it is no such."""
    digits = word.removeprefix("-")
    return int(word) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None


def number_of(word: str) -> float | None:
    """The number that a word writes, or None."""
    try:
        return float(word)
    except ValueError:
        return None
