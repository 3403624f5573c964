"""The model that `logdepth refute` takes: compiled, trained, or of a file of one's own; and its task."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from logdepth.cli.own_files import is_own, model_made, part, refuse_program
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.artefacts import Model
    from logdepth.refuters import Suspect
    from logdepth.tasks import Task


def suspect_at(place: str, task: "Task[Any] | None") -> "Suspect":
    """The model at a place, as one that is said to solve a task: the one given, or its own.

    Errors: UsageError for what is no model, and for one that does not say its task.
    """
    from logdepth.artefacts import DESCRIPTION, read_model

    if is_own(place):
        return own_model(place, task)
    if (Path(place) / DESCRIPTION).exists():
        return compiled(read_model(place), task)
    from logdepth.learn.trained.suspects import trained_suspect

    refuse_program(place)
    return trained_suspect(place, task)


def own_model(place: str, task: "Task[Any] | None") -> "Suspect":
    """A torch module of a file, or else its program, compiled."""
    from logdepth.artefacts import OwnFile, read_own_model
    from logdepth.learn.trained.suspects import own_suspect

    file, name = part(place)
    made = read_own_model(file, name)
    if isinstance(made, OwnFile):
        return compiled(model_made(made), task)
    if task is None:
        raise UsageError(
            f"{place} is a network, and does not say what it solves. Give --task and the task's parameters, as in"
            " --task recall --pairs 64."
        )
    return own_suspect(made, task, f"{type(made).__name__} of {file.name}")


def compiled(model: "Model", task: "Task[Any] | None") -> "Suspect":
    from logdepth.refuters import Computing

    layers = model.measured.layers
    return Computing(task or model.task, model, f"compiled {model.name}, {layers} layer{'s' * (layers != 1)}")
