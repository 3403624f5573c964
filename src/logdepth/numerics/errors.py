"""The errors that a user sees: one kind, with a subclass for want of capacity."""

from collections.abc import Iterable
from difflib import get_close_matches


class UsageError(ValueError):
    """Input that cannot be used.

    The message is one line: rule, value, place, remedy. The command line prints it and exits with status 2.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class CapacityExceeded(UsageError):
    """The numbers are more than a format carries exactly, or than a table or a layer holds; a smaller size may do."""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The remedy for a misspelt name: the nearest choice, or else the list of all choices."""
    known = sorted(choices)
    nearest = get_close_matches(word, known, n=1) or [item for item in known if item.lower() == word.lower()]
    return f"Did you mean {nearest[0]!r}?" if nearest else f"Known: {', '.join(known) or 'none'}."
