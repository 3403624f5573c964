"""The errors that a user sees: one kind, with subclasses for want of capacity and for a task that is too small."""

from collections.abc import Iterable
from difflib import get_close_matches

from logdepth.numerics.letters import escaped


class UsageError(ValueError):
    """Input that cannot be used.

    The message is one line: rule, value, place, remedy. The command line prints it and exits with status 2.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class CapacityExceeded(UsageError):
    """The numbers are more than a format carries exactly, or than a table or a layer holds; a smaller size may do."""


class BeyondTask(UsageError):
    """An input beyond the parameters of its task, which other parameters would take: `options`, as one types them.

    Where the task is that of a model, which has its parameters already, `of_model` is what to say.
    """

    def __init__(self, rule: str, change: str, options: str) -> None:
        super().__init__(f"{rule} {change}, or give {options}.")
        self.rule, self.change, self.options = rule, change, options

    def of_model(self) -> UsageError:
        return UsageError(f"{self.rule} {self.change}, or take a model that was compiled with {self.options}.")


def first_line(error: BaseException) -> str:
    """What an error of somebody else says, to be part of ours."""
    return escaped(str(error).strip().partition("\n")[0][:300]).rstrip(".") or "no message"


def quoted(text: object, most: int = 60) -> str:
    """A piece of somebody else's text, to be part of an error: in quotes, control characters escaped, not too long."""
    shown = repr(str(text)[: most + 1])
    return shown if len(str(text)) <= most else f"{repr(str(text)[:most])[:-1]}…{shown[0]}"


MOST_NAMED = 60
"""Choices of a list that an error names."""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The remedy for a misspelt name: the nearest choice, or else the list of all choices."""
    known = sorted(choices)
    nearest = [item for item in known if item.lower() == word.lower()] or get_close_matches(word, known, n=1)
    if nearest:
        return f"Did you mean {nearest[0]!r}?"
    return f"Known: {', '.join(known[:MOST_NAMED]) or 'none'}{', …' if len(known) > MOST_NAMED else '.'}"
