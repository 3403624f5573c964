"""The input that a command line names: the user's file, or else the one of that name that comes with the library."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from logdepth.cli.printing import note
from logdepth.numerics.errors import BeyondTask

if TYPE_CHECKING:
    from logdepth.models import Model
    from logdepth.tasks import HowToRead, Task


def input_path(given: Path) -> Path:
    """Where the input is; if it is the shipped one, a note says so."""
    from logdepth.tasks import shipped_files

    shipped = {path.name: path for path in shipped_files()}
    if given.exists() or str(given) not in shipped:
        return given
    note(f"{given} is not here; taking the shipped one.")
    return shipped[str(given)]


def read_for_model(model: "Model", file: Path, how: "HowToRead") -> tuple[Any, Path]:
    """The instance in a file, for a model whose size is settled, and where the file is.

    Errors: UsageError as of `task.read`, with a remedy that fits a model.
    """
    task, path = model.task, input_path(file)
    try:
        return task.read(path, **how), path
    except BeyondTask as error:
        raise error.of_model() from None


def print_notes(task: "Task[Any]", instance: Any) -> None:
    """What the reader of the file noted, on stderr."""
    for said in task.notes(instance):
        note(said)
