"""A model's run on one input as data: the input, the answer beside the exact one, and what happened inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.artefacts import Model
from logdepth.programs import Oracle, Program, RawProtocol
from logdepth.tasks import Task
from logdepth.traces.inputs import RANDOM_TABLE, Exact, GivenTable, Input, choose_input, choose_table
from logdepth.traces.routing import RoutingTrace, legal_state, trace_routing
from logdepth.traces.simulation import SimulationTrace, trace_simulation
from logdepth.traces.transformer import TransformerTrace, trace_transformer


@dataclass(frozen=True, eq=False)
class InstanceTrace:
    """A task's model on an instance: its input columns, the model's answer and the exact one, the run of the
    transformer, and the same run on machines, None if that is too much."""

    model: Model
    given: Input
    columns: Mapping[str, np.ndarray]
    answer: np.ndarray
    exact: np.ndarray
    transformer: TransformerTrace
    simulation: SimulationTrace | None


@dataclass(frozen=True, eq=False)
class TableTrace:
    """A model on a table, and the run of its transformer. program: what it was compiled from, None if not at hand."""

    model: Model
    program: Program | None
    given: GivenTable
    transformer: TransformerTrace


@dataclass(frozen=True, eq=False)
class ProtocolTrace:
    """A raw protocol's model beside the protocol, on an initial state that is called `name`."""

    model: Model
    name: str
    routing: RoutingTrace


ModelTrace = InstanceTrace | TableTrace


def trace_model(model: Model, instance: Any = None, name: str = "", oracle: Oracle | None = None) -> ModelTrace:
    """Run a model on an input, called `name`, and keep what happened.

    instance: as `model.answer` takes it; None takes a real input that comes with the library and fits, else a random
    one. One too large to look inside gives way to a random one, and `given.note` says so. Columns, name -> (N,), are
    taken by every model, and by that of a program of one's own alone.
    oracle: for such a program, who knows the exact outputs, oracle(columns) -> columns; None takes its interpreter.
    Errors: UsageError if the instance does not fit.
    """
    if not isinstance(model.origin, Task) or isinstance(instance, Mapping):
        program = program_of(model)
        return trace_table(model, program, choose_table(model, program, instance, name, oracle))
    task = model.origin
    given = choose_input(model, None if instance is None else task.instance_of(instance), name)
    columns = task.encode(given.instance)
    transformer = trace_transformer(model.transformer, columns)
    answer, exact = task.decode(transformer.outputs, given.instance), task.solve(given.instance)
    return InstanceTrace(model, given, columns, answer, exact, transformer, trace_simulation(model, given.instance))


def trace_table(model: Model, program: Program | None, given: GivenTable) -> TableTrace:
    return TableTrace(model, program, given, trace_transformer(model.transformer, given.columns))


def trace_protocol_model(
    raw: RawProtocol, model: Model, state: Mapping[str, Any] | None = None
) -> ProtocolTrace | TableTrace:
    """Run a raw protocol and its model on an initial state; None: one that its `sample` draws.

    For a protocol that draws no legal state: the model's run on a random table, which has no exact outputs.
    Errors: ProtocolError for a given state that the engine refuses.
    """
    start = legal_state(raw) if state is None else state
    if start is None:
        table = choose_table(model, None, None, "").columns
        no_meaning = Exact({}, "The engine refuses every initial state that the protocol draws.")
        return trace_table(model, program_of(model), GivenTable(table, RANDOM_TABLE, no_meaning))
    name = "an initial state, drawn at random" if state is None else "the given initial state"
    return ProtocolTrace(model, name, trace_routing(raw, model, start))


def program_of(model: Model) -> Program | None:
    """The program that a model was compiled from, if it is at hand."""
    return None if isinstance(model.origin, str) else model.program
