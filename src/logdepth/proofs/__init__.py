"""Proofs: that a circuit solves a task on all inputs, by the task's definition as a circuit of its own and a solver."""

from logdepth.proofs.definition import Definition
from logdepth.proofs.prove import Proof, Verdict, check_solver, prove, prove_equal
from logdepth.proofs.registry import DEFINITIONS, definition_of, register_definition

__all__ = [
    "DEFINITIONS",
    "Definition",
    "Proof",
    "Verdict",
    "check_solver",
    "definition_of",
    "prove",
    "prove_equal",
    "register_definition",
]
