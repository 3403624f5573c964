"""How the command line words what errors name: arguments are options, and what one can start is a verb."""

import os
import shlex
from typing import TYPE_CHECKING, Any

from logdepth.numerics.errors import Argument, Call, UsageError

if TYPE_CHECKING:
    from logdepth.tasks import Task

OTHER_NAMES = {"folder": "out", "watch": "trace", "positions": "lengths"}
"""Options that have another name than the argument that they become."""

OTHER_VALUES = {("positions", "formulas"): "any"}
"""Values that an option calls otherwise than its argument."""


def message_of(error: UsageError) -> str:
    """What an error says, with options for its arguments."""
    return error.worded(as_typed)


def as_typed(part: Argument | Call) -> str:
    """`--memory 512` for an argument with its value, `logdepth train --resume DIR` for a call."""
    match part:
        case Call(_, verb, arguments):
            return " ".join(["logdepth", verb, *map(option, arguments)])
        case Argument():
            return option(part)


def option(argument: Argument) -> str:
    name = option_called(OTHER_NAMES.get(argument.name, argument.name))
    if argument.value is None or argument.value is True:
        return name
    value = OTHER_VALUES.get((argument.name, str(argument.value)), argument.value)
    return f"{name} {shlex.quote(os.fspath(value) if isinstance(value, os.PathLike) else str(value))}"


def task_as_typed(task: "Task[Any]", **others: object) -> str:
    """`components --n 40 --edges 100`. others: parameters in place of the task's own, and further options; None: left
    out, as an empty text is, which no option takes."""
    given = {**task.parameters, **others}
    options = [option(Argument(name, value)) for name, value in given.items() if value not in (None, "")]
    return " ".join([task.name, *options])


def option_called(name: str) -> str:
    """The option of a parameter: that of `most_hops` is `--most-hops`."""
    return f"--{name.replace('_', '-')}"
