"""What stands between the words of a line."""

from logdepth.numerics.errors import UsageError, quoted

DELIMITERS = {"blank": " ", "space": " ", "tab": "\t", "comma": ",", "semicolon": ";"}


def find_mark(delimiter: str) -> str:
    """The mark that a delimiter names, or is. Errors: UsageError if it cannot part words."""
    mark = DELIMITERS.get(delimiter, delimiter)
    if len(mark) != 1 or mark.isalnum() or mark in "\n\"'#%{}":
        raise UsageError(
            f"a delimiter is one mark, or one of {', '.join(DELIMITERS)}; got {quoted(delimiter, 20)}. Give another."
        )
    return mark
