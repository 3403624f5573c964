"""The input that a command line names: the user's file, or else the one of that name that comes with the library."""

import atexit
import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from logdepth.cli.printing import note
from logdepth.numerics.errors import BeyondTask, UsageError

if TYPE_CHECKING:
    from logdepth.artefacts import Model
    from logdepth.tasks import HowToRead, Task


STDIN = Path("-")
"""The word that names standard input."""
OPEN_FILES = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""Where a shell puts what it writes as <(echo abab)."""


def input_path(given: Path) -> Path:
    """Where the input is: standard input, or what a shell pipes in by another way, is kept in a file; if it is the
    shipped one, a note says so."""
    from logdepth.tasks import shipped_files

    if given == STDIN:
        return spool_input()
    if str(given).startswith(OPEN_FILES) and given.is_fifo():
        with given.open("rb") as stream:
            return spool_stream(stream, "the pipe")
    shipped = {path.name: path for path in shipped_files()}
    if given.exists() or str(given) not in shipped:
        return given
    note(f"{given} is not here; taking the shipped one.")
    return shipped[str(given)]


def spool_input() -> Path:
    """Standard input as a file of that name. The file is removed when the process ends.

    Errors: UsageError if nothing can come in, or more than any reader takes.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("standard input is closed. Give a file in place of -.")
    if sys.stdin.isatty():
        note("reading standard input, to its end (Ctrl-D)", at_once=True)
    return spool_stream(sys.stdin.buffer, "standard input")


def spool_stream(stream: BinaryIO, name: str) -> Path:
    """What comes in, to its end, as a file of this name. Errors: UsageError for more than any reader takes."""
    from logdepth.tasks import MOST_BYTES

    path = spool() / name
    left = MOST_BYTES
    with path.open("wb") as file:
        while piece := stream.read(min(left + 1, 2**20)):
            left -= len(piece)
            if left < 0:
                raise UsageError(f"{name} is larger than {MOST_BYTES // 2**20} MiB, the most that is read.")
            file.write(piece)
    return path


@cache
def spool() -> Path:
    folder = tempfile.mkdtemp(prefix="logdepth-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def without_spool(message: str) -> str:
    """A message in which standard input and pipes have no path."""
    return message.replace(f"{spool()}{os.sep}", "") if spool.cache_info().currsize else message


def read_for_model(model: "Model", file: Path, how: "HowToRead") -> tuple[Any, Path]:
    """The instance in a file, for a model whose size is settled, and where the file is.

    Errors: UsageError as of `task.read`, with a remedy that fits a model.
    """
    from logdepth.tasks import read_instance

    task, path = model.task, input_path(file)
    try:
        return read_instance(task, path, **how), path
    except BeyondTask as error:
        raise error.of_model() from None


def print_notes(task: "Task[Any]", instance: Any) -> None:
    """What the reader of the file noted, on stderr."""
    for said in notes_of(task, instance):
        note(said)


def notes_of(task: "Task[Any]", instance: Any) -> list[str]:
    """What the reader of the file noted."""
    return list(map(without_spool, task.notes(instance)))
