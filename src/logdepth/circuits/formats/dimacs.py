"""DIMACS: the conditions that every node puts on its value, as clauses for SAT solvers (Tseitin's way)."""

from __future__ import annotations

from collections.abc import Iterator

from logdepth.circuits.adders import to_logic
from logdepth.circuits.circuit import Circuit
from logdepth.circuits.logic import XOR, Logic

Clause = tuple[int, ...]


def variable_of(literal: int) -> int:
    """Of a literal the variable with its sign, as DIMACS counts: node 0, the constant, is variable 1."""
    return -(1 + (literal >> 1)) if literal & 1 else 1 + (literal >> 1)


def clauses_of(logic: Logic) -> Iterator[Clause]:
    """Every model of these clauses gives each node its value; inputs are free."""
    yield (-1,)
    for node, operation in enumerate(logic.steps, start=1 + len(logic.inputs)):
        yield from clauses_of_operation(node, *operation)


def clauses_of_operation(node: int, kind: int, left: int, right: int) -> tuple[Clause, ...]:
    out, one, other = 1 + node, variable_of(left), variable_of(right)
    if kind == XOR:
        return (-out, one, other), (-out, -one, -other), (out, -one, other), (out, one, -other)
    return (-out, one), (-out, other), (out, -one, -other)


def write_dimacs(circuit: Circuit, required: str | None = None) -> str:
    """The clauses, with the variables of inputs and outputs named in comments.

    required: an output that must be 1: the file is satisfiable if and only if some input makes it so.
    Errors: KeyError for another output.
    """
    logic = to_logic(circuit)
    clauses = [*clauses_of(logic)]
    if required is not None:
        clauses.append((variable_of(logic.outputs[required]),))
    lines = [f"c input {' '.join(name.split())} = {2 + place}" for place, name in enumerate(logic.inputs)]
    lines += [f"c output {' '.join(name.split())} = {variable_of(one)}" for name, one in logic.outputs.items()]
    lines += [f"p cnf {logic.nodes} {len(clauses)}", *(" ".join(map(str, (*clause, 0))) for clause in clauses)]
    return "\n".join([*lines, ""])
