"""The model that `logdepth reduce` takes as a solver of the target: compiled, trained, of a file, or cut short."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from logdepth.cli.columns import is_program
from logdepth.cli.own_files import is_own, model_made, model_of, part
from logdepth.cli.suspects import compiled, suspect_at
from logdepth.numerics.errors import UsageError, Wording

MOST = 2**12
"""Vertices: no larger size of a program is tried where none is said."""

if TYPE_CHECKING:
    from logdepth.artefacts import Model
    from logdepth.reductions import Reduction
    from logdepth.refuters import Suspect
    from logdepth.tasks import Task


def solver_at(reduction: "Reduction[Any, Any]", place: str, n: int | None) -> "tuple[Suspect, int]":
    """The model at a place as one of the target, and the vertices of the sources that it is asked: n, or the most.

    Errors: UsageError for a model of another task, or of one that does not fit.
    """
    if is_own(place):
        return solver_in_file(reduction, place, n)
    if Path(place).exists() and not is_compiled(place):
        return trained_solver(reduction, place, n)
    model = model_of(place)
    task = program_target(reduction, model, n) if is_program(model.task) else model.task
    size = fit_size(reduction, task, n, place)
    return compiled(model, task), size


def is_compiled(place: str) -> bool:
    from logdepth.artefacts import DESCRIPTION

    return (Path(place) / DESCRIPTION).exists()


def solver_in_file(reduction: "Reduction[Any, Any]", place: str, n: int | None) -> "tuple[Suspect, int]":
    """A network of the user's own, at n vertices or the fewest; or a program, compiled, at the most that it takes."""
    from logdepth.artefacts import OwnFile, read_own_model

    made = read_own_model(*part(place))
    if not isinstance(made, OwnFile):
        size = reduction.smallest if n is None else n
        return suspect_at(place, reduction.target_for(size)), size
    model = model_made(made)
    task = program_target(reduction, model, n)
    return compiled(model, task), fit_size(reduction, task, n, place)


def trained_solver(reduction: "Reduction[Any, Any]", place: str, n: int | None) -> "tuple[Suspect, int]":
    """A trained network, asked as it was trained; of k-hop for as many hops as the source has vertices."""
    from logdepth.learn.trained.models import read_answering
    from logdepth.learn.trained.suspects import as_trained, trained_suspect

    hops = [reduction.smallest if n is None else n]
    if n is None and reduction.vertices is not None:
        sampler = read_answering(place).sampler
        every = sorted((k for k in sampler.groups if k >= reduction.smallest and k % 2 == 0), reverse=True)
        hops = [k for k in every if reduction.misfit(as_trained(sampler, k)[0], k) is None] or hops
    suspect = trained_suspect(place, hops=hops[0])
    return suspect, fit_size(reduction, suspect.task, n, place)


def fit_size(reduction: "Reduction[Any, Any]", task: "Task[Any]", n: int | None, place: str) -> int:
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
    """The target that a program of the user's own solves, at the size of n vertices, or of the most that it has room
    for. Errors: UsageError if its columns are not those of the target, or if there is no room."""
    check_columns(reduction, model)
    if n is None and reduction.vertices is not None:
        raise UsageError(
            f"program {model.name!r} does not say how many vertices it is for.",
            Wording("Give {n}.", n=reduction.smallest),
        )
    found = None
    for size in range(reduction.smallest, MOST, 2) if n is None else [n]:
        task = reduction.target_for(size)
        if not has_room(model, task):
            break
        found = task
    if found is None:
        raise UsageError(
            f"program {model.name!r} has {model.program.rows} rows; {reduction.name} of {size} vertices takes"
            f" {task.rows}, and columns up to {max(task.inputs.values())}. Declare as many."
        )
    return found


def check_columns(reduction: "Reduction[Any, Any]", model: "Model") -> None:
    """UsageError if the columns of a program are not those of the target."""
    program, task = model.program, reduction.target_for(reduction.smallest)
    inputs = [column.name for column in program.inputs]
    if set(inputs) != task.inputs.keys() or not task.outputs.keys() <= program.outputs.keys():
        wanted = f"{', '.join(task.inputs)} and {', '.join(task.outputs)}"
        raise UsageError(
            f"program {program.name!r} has the inputs {', '.join(inputs)} and the outputs"
            f" {', '.join(program.outputs)}; {task.name} has {wanted}."
        )


def has_room(model: "Model", task: "Task[Any]") -> bool:
    """Whether a program takes the tables of a task that has its columns."""
    highs = {column.name: column.high for column in model.program.inputs}
    return task.rows <= model.program.rows and all(high <= highs[name] for name, high in task.inputs.items())


def cut_solution(reduction: "Reduction[Any, Any]", turns: int, n: int | None) -> "tuple[Suspect, int]":
    """Our own transformer for the target, whose loops end after so many turns. Errors: UsageError without a loop."""
    from logdepth.artefacts import compile_program
    from logdepth.programs import cut_loops
    from logdepth.solutions import program_for

    size = reduction.smallest if n is None else n
    task = reduction.target_for(size)
    return compiled(compile_program(cut_loops(program_for(task), turns)), task), size
