"""The model that `logdepth reduce` takes as a solver of the target: compiled, trained, of a file, or cut short."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from logdepth.cli.columns import is_program
from logdepth.cli.own_files import is_own, model_of
from logdepth.numerics.errors import UsageError, Wording

if TYPE_CHECKING:
    from logdepth.artefacts import Model
    from logdepth.reductions import Reduction
    from logdepth.refuters import Suspect
    from logdepth.tasks import Task


def suspect_at(reduction: "Reduction[Any, Any]", place: str, n: int | None) -> "tuple[Suspect, int]":
    """The model at a place as one of the target, and the vertices of the sources that it is asked: n, or the most.

    Errors: UsageError for a model of another task, or of one that does not fit.
    """
    from logdepth.artefacts import DESCRIPTION
    from logdepth.refuters import Computing

    if not is_own(place) and Path(place).exists() and not (Path(place) / DESCRIPTION).exists():
        return trained_suspect(reduction, Path(place), n)
    model = model_of(place)
    task = program_target(reduction, model, n) if is_program(model.task) else model.task
    size = fitting(reduction, task, n, place)
    return Computing(task, model, label_of(model)), size


def label_of(model: "Model") -> str:
    """As in "connectivity, 11 layers, 3 heads, width 40, float32"."""
    size = model.measured
    return f"{model.name}, {size.layers} layers, {size.heads} heads, width {size.width}, {model.dtype}"


def fitting(reduction: "Reduction[Any, Any]", task: "Task[Any]", n: int | None, place: str) -> int:
    """n, or else the most vertices that the task takes. Errors: UsageError for another task, and for an n too large."""
    if not isinstance(task, reduction.target):
        raise UsageError(
            f"{place} is a model of {task.name}, and {reduction.name} asks {reduction.target.name}. Give one of it."
        )
    if n is None:
        return reduction.most_vertices(task)
    reduction.check_size(n)
    if (misfit := reduction.misfit(task, n)) is not None:
        raise UsageError(f"{place}: {misfit}.", Wording("Give another model, or another {n}."))
    return n


def program_target(reduction: "Reduction[Any, Any]", model: "Model", n: int | None) -> "Task[Any]":
    """The target that a program of the user's own solves, at the size of n vertices, or of the most that it has rows
    for. Errors: UsageError if its columns are not those of the target."""
    program = model.program
    inputs = {column.name: column.high for column in program.inputs}
    for size in [n] if n is not None else range(program.rows, 0, -1):
        if size < reduction.smallest or size % 2:
            continue
        task = reduction.target_for(size)
        if task.inputs.keys() != inputs.keys() or not task.outputs.keys() <= program.outputs.keys():
            wanted = f"{', '.join(task.inputs)} and {', '.join(task.outputs)}"
            raise UsageError(
                f"program {program.name!r} has the inputs {', '.join(inputs)} and the outputs"
                f" {', '.join(program.outputs)}; {task.name} has {wanted}."
            )
        if task.rows <= program.rows and all(high <= inputs[name] for name, high in task.inputs.items()):
            return task
    raise UsageError(
        f"program {program.name!r} has {program.rows} rows and columns up to {max(inputs.values())}, too few for"
        f" {reduction.name} of {n or reduction.smallest} vertices. Declare more."
    )


def trained_suspect(reduction: "Reduction[Any, Any]", place: Path, n: int | None) -> "tuple[Suspect, int]":
    raise UsageError(f"{place} is no compiled model.")


def cut_solution(reduction: "Reduction[Any, Any]", turns: int, n: int | None) -> "tuple[Suspect, int]":
    """Our own transformer for the target, whose loops end after so many turns. Errors: UsageError without a loop."""
    from logdepth.artefacts import compile_program
    from logdepth.programs import cut_loops
    from logdepth.refuters import Computing
    from logdepth.solutions import program_for

    size = n or reduction.smallest
    task = reduction.target_for(size)
    model = compile_program(cut_loops(program_for(task), turns))
    return Computing(task, model, f"{label_of(model)}, loops cut after {turns} turn{'s' * (turns != 1)}"), size
