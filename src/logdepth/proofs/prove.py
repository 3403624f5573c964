"""Proof by a miter: whether some input makes a circuit wrong, asked of a solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from time import perf_counter
from typing import Any

import numpy as np

from logdepth.circuits import Circuit, CircuitBuilder, bits_of, decode_columns, to_logic
from logdepth.circuits.formats import clauses_of, variable_of
from logdepth.numerics.errors import UsageError
from logdepth.proofs.definition import Bits
from logdepth.proofs.registry import definition_of
from logdepth.proofs.solver import follow
from logdepth.tasks import Task


class Verdict(Enum):
    """unknown: the time was over. That proves nothing."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Proof:
    """What was found.

    input: of a refutation, name of an input -> the bit with which the circuit is wrong. clauses: what the solver got.
    conditions: what was to be proved, one after the other. proved: how many of them were.
    """

    verdict: Verdict
    seconds: float
    clauses: int
    conditions: int
    proved: int
    input: Mapping[str, bool] | None = None

    @property
    def columns(self) -> dict[str, np.ndarray] | None:
        """The same as input columns. Errors: UsageError where inputs are no bits of columns."""
        return None if self.input is None else decode_columns(self.input, list(self.input.values()))


PROMISED, RIGHT = "promised", "right"


def prove(circuit: Circuit, task: Task[Any], seconds: float = 600.0) -> Proof:
    """Whether a circuit gives a right answer to every instance of a task that fills all rows.

    The task's definition is a circuit of its own, made without any construction of the library.
    Errors: UsageError for a task without definition, or a circuit of other columns or another size.
    """
    definition = definition_of(task)
    check_bits_of(circuit, task, definition.rows(task))
    builder = CircuitBuilder(circuit.inputs)
    nodes = builder.append(circuit, range(len(circuit.inputs)))
    given = Bits(builder, dict(zip(circuit.inputs, nodes, strict=False)))
    answers = Bits(builder, {name: nodes[node] for name, node in circuit.outputs.items()})
    promised, right = definition.promised(given, task), definition.right(given, answers, task)
    return ask(builder.finish({PROMISED: promised, RIGHT: right}), seconds)


def check_bits_of(circuit: Circuit, task: Task[Any], rows: int) -> None:
    """UsageError unless inputs and outputs are the bits of the task's columns: one that lacks some takes only part of
    the instances, and what is proved of it says nothing of the rest."""
    for kind, names, columns in (("input", circuit.inputs, task.inputs), ("output", circuit.outputs, task.outputs)):
        needed = [str(bit) for bit in bits_of(columns, rows)]
        strange = sorted(set(names) ^ set(needed))
        if strange:
            lacks = "lacks" if strange[0] in needed else "has"
            raise UsageError(
                f"{task.name} of these parameters has {len(needed)} {kind} bits, {needed[0]} … {needed[-1]}; the"
                f" circuit {lacks} {strange[0]!r}.",
                "Give the parameters that it was made for.",
            )


def prove_equal(one: Circuit, other: Circuit, seconds: float = 600.0) -> Proof:
    """Whether two circuits of the same inputs and outputs, by name, are equal on all inputs.

    Errors: UsageError for circuits of other names.
    """
    if set(one.inputs) != set(other.inputs) or one.outputs.keys() != other.outputs.keys():
        raise UsageError("circuits that are compared have inputs and outputs of the same names. Rename those of one.")
    builder = CircuitBuilder(one.inputs)
    ours = builder.append(one, range(len(one.inputs)))
    theirs = builder.append(other, [one.inputs.index(name) for name in other.inputs])
    bits = Bits(builder, {})
    same = [bits.same(ours[node], theirs[other.outputs[name]]) for name, node in one.outputs.items()]
    return ask(builder.finish({PROMISED: builder.constant(True), RIGHT: builder.conjunction(same)}), seconds)


def ask(miter: Circuit, seconds: float) -> Proof:
    """Whether the output `right` follows from `promised`: condition by condition, those of early gates first."""
    logic = to_logic(miter)
    clauses = [*clauses_of(logic), (variable_of(logic.outputs[PROMISED]),)]
    goals = [variable_of(literal) for literal in logic.conjuncts(logic.outputs[RIGHT])]
    began = perf_counter()
    found = follow(clauses, goals, seconds)
    taken = perf_counter() - began
    sizes = len(clauses), len(goals), found.proved
    if found.model is None:
        return Proof(Verdict.PROVED if found.proved == len(goals) else Verdict.UNKNOWN, taken, *sizes)
    held = {abs(literal): literal > 0 for literal in found.model}
    bits = {name: held.get(variable_of(2 * (1 + place)), False) for place, name in enumerate(miter.inputs)}
    return Proof(Verdict.REFUTED, taken, *sizes, input=bits)
