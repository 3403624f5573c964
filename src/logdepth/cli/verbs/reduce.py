"""`logdepth reduce`."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.machines import check_files
from logdepth.cli.options import Json, Seed, tell_idle
from logdepth.cli.printing import console, note, plain, print_json, progress_bar
from logdepth.cli.reductions import (
    describe_reduction,
    failure_as_json,
    print_failure,
    print_instance,
    print_reduction,
    print_way_to_a_model,
)
from logdepth.cli.solvers import cut_solution, solver_at
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.reductions import Reduction
    from logdepth.refuters import Suspect
    from logdepth.tasks import Graph


def reduce_task(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The task to be solved: 1-vs-2-cycle.")],
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="The task that solves it: k-hop, connectivity, glued-copies, components, spanning-forest, cycle-check,"
            " diameter, reachability, composition.",
        ),
    ],
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL",
            help="A model of TARGET: the folder of a compiled one, a trained one, or FILE.py:name, a program or a torch"
            " module of your own; the file is EXECUTED. Without it the reduction is shown, and exact answers check it.",
            show_default=False,
        ),
    ] = None,
    n: Annotated[
        int | None,
        typer.Option("--n", help="Vertices of SOURCE; by default the most that MODEL takes, or 6.", show_default=False),
    ] = None,
    instances: Annotated[int, typer.Option(min=1, help="Random instances to decide.")] = 100,
    cut: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="TURNS",
            help="In place of MODEL: our own transformer for TARGET, whose loops end after so many turns, and so one of"
            " too few layers.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the first failing input of MODEL into this JSON file: a certificate that stands by itself.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Solve one task by another: show the reduction, or run a model of TARGET as a solver of SOURCE."""
    from logdepth.reductions import find_reduction

    started = perf_counter()
    check_files({"--out": out})
    reduction = find_reduction(source, target)
    if model is not None and cut is not None:
        raise UsageError(f"--cut makes a model of its own, and {model} is another one. Leave out one of the two.")
    if model is None and cut is None:
        tell_idle(context, "without MODEL nothing fails", "--out")
        return show_reduction(reduction, reduction.smallest if n is None else n, instances, seed, as_json, started)
    with redirect_stdout(sys.stderr):  # what a file of the user's own prints
        suspect, size = solver_at(reduction, model, n) if model is not None else cut_solution(reduction, cut or 0, n)
    return examine_model(reduction, suspect, size, instances, seed, out, as_json, started)


def show_reduction(
    reduction: "Reduction[Any, Any]", n: int, instances: int, seed: int, as_json: bool, started: float
) -> int:
    """The reduction, one instance of it, and what exact answers decide."""
    import numpy as np

    told = describe_reduction(reduction, n)
    source, graphs = reduction.source(n=n), draw_instances(reduction, n, instances, seed)
    right = sum(np.array_equal(reduction.decide_by_exact_answers(graph), source.solve(graph)) for graph in graphs)
    told |= counts(instances, right) | {"seconds": perf_counter() - started}
    if as_json:
        print_json(told)
    else:
        print_reduction(told)
        print_instance(reduction, next(draw_instances(reduction, n, 1, seed)))
        print_counts(told, "exact answers decide")
        console().print("\nA model of the target is a solver, too:")
        print_way_to_a_model(reduction, n)
    return int(right < instances)


def examine_model(
    reduction: "Reduction[Any, Any]",
    suspect: "Suspect",
    n: int,
    instances: int,
    seed: int,
    out: Path | None,
    as_json: bool,
    started: float,
) -> int:
    """A model of the target as a solver of the source: how often it is right, and its first failing input."""
    from logdepth.reductions import Solver

    solver = Solver(reduction, suspect)
    with redirect_stdout(sys.stderr):
        found = solver.examine(reduction.source(n=n), draw_instances(reduction, n, instances, seed))
    failure = found.first_failure
    told = describe_reduction(reduction, n) | {"model": suspect.name} | counts(instances, found.right)
    told |= {"first_failure": failure and failure_as_json(failure), "seconds": perf_counter() - started}
    if failure is not None and out is not None:
        from logdepth.refuters import write_certificate

        write_certificate(failure.counterexample, out)
    if as_json:
        print_json(told | {"file": str(out) if failure and out else None})
    else:
        print_reduction(told)
        print_counts(told, f"{suspect.name} decides")
        if failure is not None:
            print_failure(reduction, failure)
    if out is not None:
        note(f"written to {out}" if failure is not None else f"nothing failed, and {out} is not written")
    return int(failure is not None)


def draw_instances(reduction: "Reduction[Any, Any]", n: int, count: int, seed: int) -> "Iterator[Graph]":
    """Random instances of n vertices, with a bar on stderr."""
    import numpy as np

    rng = np.random.default_rng(seed)
    with progress_bar("deciding") as progress:
        for number in range(count):
            yield reduction.draw(rng, n)
            progress(number + 1, count)


def counts(instances: int, right: int) -> dict[str, int]:
    return {"instances": instances, "right": right, "wrong": instances - right}


def print_counts(told: Mapping[str, Any], who: str) -> None:
    style = "red" if told["wrong"] else "green"
    console().print(
        f"{plain(who)} [bold {style}]{told['right']:,} of {told['instances']:,} random instances rightly[/]"
        f" [dim]({told['seconds']:.2f} s)[/]"
    )
