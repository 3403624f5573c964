"""All reductions by name."""

from __future__ import annotations

from typing import Any

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.reductions.components import COMPONENTS
from logdepth.reductions.composition import COMPOSITION
from logdepth.reductions.connectivity import CONNECTIVITY
from logdepth.reductions.cycle_check import CYCLE_CHECK
from logdepth.reductions.diameter import DIAMETER
from logdepth.reductions.glued_copies import GLUED_COPIES
from logdepth.reductions.k_hop import K_HOP
from logdepth.reductions.reachability import REACHABILITY
from logdepth.reductions.reduction import Reduction
from logdepth.reductions.spanning_forest import SPANNING_FOREST
from logdepth.tasks import Task

AnyReduction = Reduction[Any, Any]

REDUCTIONS: dict[str, AnyReduction] = {
    reduction.name: reduction
    for reduction in (
        K_HOP,
        CONNECTIVITY,
        GLUED_COPIES,
        COMPONENTS,
        SPANNING_FOREST,
        CYCLE_CHECK,
        DIAMETER,
        REACHABILITY,
        COMPOSITION,
    )
}


def register_reduction(reduction: AnyReduction) -> None:
    """Let a theorem of your own be listed, and checked by the law of all reductions.

    Errors: UsageError if another reduction has its name.
    """
    if REDUCTIONS.setdefault(reduction.name, reduction) is not reduction:
        raise UsageError(f"there is a reduction {reduction.name!r} already. Give yours a name of its own.")


def targets_of(source: str) -> dict[str, AnyReduction]:
    """The reductions of a task, by the second half of their names: that of the target, or of the way to it."""
    start = f"{source}-to-"
    return {name.removeprefix(start): each for name, each in REDUCTIONS.items() if name.startswith(start)}


def find_reduction(source: str, target: str) -> AnyReduction:
    """Errors: UsageError for two tasks without a reduction from the one to the other."""
    sources = sorted({reduction.source.name for reduction in REDUCTIONS.values()})
    if source not in sources:
        raise UsageError(f"no reduction starts from {source!r}. {did_you_mean(source, sources)}")
    known = targets_of(source)
    if target not in known:
        raise UsageError(f"no reduction leads from {source} to {target!r}. {did_you_mean(target, known)}")
    return known[target]


def reductions_to(task: Task[Any]) -> list[AnyReduction]:
    """Those whose target this task is."""
    return [reduction for reduction in REDUCTIONS.values() if isinstance(task, reduction.target)]
