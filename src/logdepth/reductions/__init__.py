"""Reductions: theorems between tasks, one file each; every solver of the target becomes a solver of the source."""

from logdepth.reductions.reduction import Cost, Promise, Reduction
from logdepth.reductions.registry import REDUCTIONS, find_reduction, reductions_to, register_reduction, targets_of
from logdepth.reductions.solver import Examined, Failure, Solver

__all__ = [
    "REDUCTIONS",
    "Cost",
    "Examined",
    "Failure",
    "Promise",
    "Reduction",
    "Solver",
    "find_reduction",
    "reductions_to",
    "register_reduction",
    "targets_of",
]
