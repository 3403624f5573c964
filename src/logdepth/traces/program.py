"""A run of a program as data: what every statement gave, in the order in which the interpreter carried them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from logdepth.programs import Column, Program, Statement, carry_out, in_order


@dataclass(frozen=True, eq=False)
class StatementTrace:
    """One statement, carried out once.

    number: of the statement in `in_order(program.statements)`, from 1. turn: how often it was carried out before.
    columns: what it gave, (N,) int64 each. A repeat has a step before every turn, with the state that the turn begins
    with, and one after the last, with its outputs.
    """

    number: int
    turn: int
    statement: Statement
    columns: Mapping[Column, np.ndarray]

    def as_json(self) -> dict[str, Any]:
        place = self.statement.place
        return {
            "number": self.number,
            "turn": self.turn,
            "kind": type(self.statement).__name__.lower(),
            "place": None if place is None else str(place),
            "columns": [{"name": column.name, "values": values.tolist()} for column, values in self.columns.items()],
        }


@dataclass(frozen=True, eq=False)
class ProgramTrace:
    """The run of a program on one table: inputs, steps, and outputs by name, (N,) int64 each."""

    program: Program
    inputs: Mapping[str, np.ndarray]
    steps: tuple[StatementTrace, ...]
    outputs: Mapping[str, np.ndarray]

    @property
    def rows(self) -> int:
        return len(next(iter(self.inputs.values())))

    def as_json(self) -> dict[str, Any]:
        return {
            "program": self.program.name,
            "causal": self.program.causal,
            "inputs": {name: values.tolist() for name, values in self.inputs.items()},
            "steps": [step.as_json() for step in self.steps],
            "outputs": {name: values.tolist() for name, values in self.outputs.items()},
        }


def trace_program(program: Program, columns: Mapping[str, ArrayLike | str]) -> ProgramTrace:
    """Carry a program out on one table and keep what every statement gave. Arguments and errors: as of `interpret`."""
    numbers = {id(statement): number for number, statement in enumerate(in_order(program.statements), start=1)}
    steps: list[StatementTrace] = []
    turns: dict[int, int] = {}

    def see(statement: Statement, given: Mapping[Column, np.ndarray]) -> None:
        number = numbers[id(statement)]
        turn = turns[number] = turns.get(number, -1) + 1
        steps.append(StatementTrace(number, turn, statement, given))

    values = carry_out(program, columns, see)
    return ProgramTrace(
        program,
        {column.name: values[column] for column in program.inputs},
        tuple(steps),
        {name: values[column] for name, column in program.outputs.items()},
    )
