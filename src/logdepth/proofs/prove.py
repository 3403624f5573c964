"""Proof by a miter: whether some input makes a circuit wrong, asked of a solver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from time import perf_counter
from typing import Any

import numpy as np

from logdepth.circuits import TRUE, Circuit, CircuitBuilder, Logic, bits_of, decode_columns, to_logic
from logdepth.circuits.formats import clauses_of, variable_of, write_aiger
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.proofs.abc import never_one
from logdepth.proofs.definition import Bits, fills_rows
from logdepth.proofs.registry import definition_of
from logdepth.proofs.solver import check_installed, follow
from logdepth.proofs.sweep import sweep
from logdepth.tasks import Task


class Verdict(Enum):
    """unknown: the time was over. That proves nothing."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Proof:
    """What was found.

    input: of a refutation, name of an input -> the bit with which the circuit is wrong. clauses: what the solver got;
    ABC gets ANDs, and these are counted. conditions: what was to be proved, one after the other; ABC proves all at
    once. proved: how many of them were.
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


def prove(circuit: Circuit, task: Task[Any], seconds: float = 600.0, solver: str = "cadical") -> Proof:
    """Whether a circuit gives a right answer to every instance of a task that fills all rows.

    The task's definition is a circuit of its own, made without any construction of the library. solver: of `SOLVERS`.
    Errors: UsageError for a task without definition, a circuit of other columns or another size, or a solver that is
    unknown or not installed.
    """
    check_solver(solver)
    definition = definition_of(task)
    check_bits_of(circuit, task, definition.rows(task))
    builder = CircuitBuilder(circuit.inputs)
    nodes = builder.append(circuit, range(len(circuit.inputs)))
    given = Bits(builder, dict(zip(circuit.inputs, nodes, strict=False)))
    answers = Bits(builder, {name: nodes[node] for name, node in circuit.outputs.items()})
    promised, right = definition.promised(given, task), definition.right(given, answers, task)
    return ask(builder, promised, right, seconds, solver)


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


def prove_equal(
    one: Circuit, other: Circuit, seconds: float = 600.0, solver: str = "cadical", promise: Task[Any] | None = None
) -> Proof:
    """Whether two circuits of the same inputs and outputs, by name, are equal on all inputs; with `promise` on those
    whose rows hold what the task says, as circuits that take such tables alone.

    Errors: UsageError for circuits of other names, or a solver that is unknown or not installed.
    """
    check_solver(solver)
    check_same_names(one, other)
    builder = CircuitBuilder(one.inputs)
    ours = builder.append(one, range(len(one.inputs)))
    theirs = builder.append(other, [one.inputs.index(name) for name in other.inputs])
    bits = Bits(builder, {name: place for place, name in enumerate(one.inputs)})
    same = [bits.same(ours[node], theirs[other.outputs[name]]) for name, node in one.outputs.items()]
    given = builder.constant(True) if promise is None else fills_rows(bits, promise)
    return ask(builder, given, builder.conjunction(same), seconds, solver)


def check_same_names(one: Circuit, other: Circuit) -> None:
    for kind, ours, theirs in (("input", one.inputs, other.inputs), ("output", one.outputs, other.outputs)):
        strange = sorted(set(ours) ^ set(theirs))
        if strange:
            which = "first" if strange[0] in ours else "second"
            raise UsageError(
                f"two that are compared have inputs and outputs of the same names, and only the {which} has the {kind}"
                f" {strange[0]!r}. Give two of the same task and size."
            )


def check_solver(solver: str) -> None:
    """Errors: UsageError for one that there is not."""
    if solver not in SOLVERS:
        raise UsageError(f"there is no solver {solver!r}. {did_you_mean(solver, SOLVERS)}")


def ask(builder: CircuitBuilder, promised: int, right: int, seconds: float, solver: str) -> Proof:
    """Whether one node follows from another one on all inputs."""
    return SOLVERS[solver](builder, promised, right, seconds)


def ask_abc(builder: CircuitBuilder, promised: int, right: int, seconds: float) -> Proof:
    """All at once, of the circuit that says where it is wrong."""
    miter = builder.finish({"wrong": builder.conjunction([promised], [right])})
    packed = write_aiger(miter, packed=True)
    ands = int(packed.split(b"\n", 1)[0].split()[-1])
    began = perf_counter()
    never, bits = never_one(packed, seconds)
    sizes = perf_counter() - began, ands, 1, int(never is True)
    if never is None:
        return Proof(Verdict.UNKNOWN, *sizes)
    if never:
        return Proof(Verdict.PROVED, *sizes)
    return Proof(Verdict.REFUTED, *sizes, input=dict(zip(miter.inputs, bits, strict=True)))


SWEPT = 0.25
"""The most of the time that sweeping takes."""


def ask_cadical(builder: CircuitBuilder, promised: int, right: int, seconds: float) -> Proof:
    """Equal nodes become one at first; then condition by condition, those of early gates first."""
    check_installed()
    miter = builder.finish({PROMISED: promised, RIGHT: right})
    logic = with_conditions(to_logic(miter))
    began = perf_counter()
    swept = sweep(logic, PROMISED, SWEPT * seconds)
    promise, *goals = swept.outputs.values()
    open_goals = [variable_of(goal) for goal in goals if goal != TRUE]
    clauses = [*clauses_of(swept), (variable_of(promise),)]
    found = follow(clauses, open_goals, max(0.0, seconds - (perf_counter() - began)))
    sizes = perf_counter() - began, len(clauses), len(goals), len(goals) - len(open_goals) + found.proved
    if found.model is None:
        return Proof(Verdict.PROVED if found.proved == len(open_goals) else Verdict.UNKNOWN, *sizes)
    held = {abs(literal): literal > 0 for literal in found.model}
    bits = {name: held.get(variable_of(2 * (1 + place)), False) for place, name in enumerate(miter.inputs)}
    return Proof(Verdict.REFUTED, *sizes, input=bits)


def with_conditions(logic: Logic) -> Logic:
    """Its promise, and every condition that makes up what is right as an output of its own."""
    goals = logic.conjuncts(logic.outputs[RIGHT])
    outputs = {PROMISED: logic.outputs[PROMISED], **{f"{RIGHT} {place}": goal for place, goal in enumerate(goals)}}
    return replace(logic, outputs=outputs)


SOLVERS: dict[str, Callable[[CircuitBuilder, int, int, float], Proof]] = {"cadical": ask_cadical, "abc": ask_abc}
"""CaDiCaL, which comes with `logdepth[prove]`, and ABC, which is a program of its own."""
