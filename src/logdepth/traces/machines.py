"""A run of a program on machines as data: its rounds, and what the rows hold when every routine has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from logdepth.arrows.program_to_mpc import ROWS, translate
from logdepth.mpc import Memory, Recorder, Routine, local, run_locally
from logdepth.programs import Program, check_inputs
from logdepth.traces.rounds import MpcTrace, trace_of_run


@dataclass(frozen=True, eq=False)
class RowsTrace:
    """What the rows hold when a routine has ended, after so many rounds: field -> (N,), in the order of the rows."""

    routine: str
    rounds: int
    fields: Mapping[str, np.ndarray]

    def as_json(self) -> dict[str, Any]:
        held = {name: values.tolist() for name, values in self.fields.items()}
        return {"routine": self.routine, "rounds": self.rounds, "fields": held}


@dataclass(frozen=True, eq=False)
class MachinesTrace:
    """A program's run on machines.

    rows: what the rows hold after every routine. given: for every step of the program's own trace, where each column
    stands that it gives: a field of the rows, a number that it is in every row, or None, for what no output depends on.
    written: for every such step, all fields that carry it out.
    """

    mpc: MpcTrace
    rows: tuple[RowsTrace, ...]
    given: tuple[tuple[str | int | None, ...], ...]
    written: tuple[tuple[str, ...], ...]
    outputs: Mapping[str, np.ndarray]

    def as_json(self) -> dict[str, Any]:
        return {
            "mpc": self.mpc.as_json(),
            "rows": [each.as_json() for each in self.rows],
            "given": [list(each) for each in self.given],
            "outputs": {name: values.tolist() for name, values in self.outputs.items()},
        }


def trace_on_machines(
    program: Program, columns: Mapping[str, Any], memory: int | None = None, machines: int | None = None
) -> MachinesTrace:
    """Run a program as a protocol on the local engine and keep what the rows hold. It is planned once.

    memory, machines: as of `program_to_mpc`; by default the power of two above the least memory. Errors: its errors,
    and those of `interpret` for columns that the program does not take.
    """
    inputs = {column.name: values for column, values in check_inputs(program, columns).items()}
    inputs = {column.name: inputs[column.name] for column in program.inputs}
    rows = len(next(iter(inputs.values())))
    made = translate(program, rows, memory, machines)
    recorder, seen = Recorder(made.artefact), list[RowsTrace]()

    def look(after: Routine) -> Routine:
        def see(held: Memory) -> Memory:
            seen.append(RowsTrace(after.name, len(recorder.words), dict(held[ROWS].fields)))
            return held

        return local(after.name, see)

    *routines, outputs = made.artefact.routines
    parts = [part for each in routines if isinstance(each, Routine) for part in (each, look(each))]
    run = run_locally(replace(made.artefact, parts=(*parts, outputs)), made.encode(inputs), recorder.watch)
    mpc, outputs_read = trace_of_run(made.artefact, run, recorder), made.decode(run.memory)
    return MachinesTrace(mpc, tuple(seen), made.given, made.written, outputs_read)
