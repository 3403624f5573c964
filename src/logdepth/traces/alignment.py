"""One algorithm in three models, step by step: which heads, ReLU layers and rounds carry out a statement, and where the
columns stand that it gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

from logdepth.programs import Column
from logdepth.traces.machines import MachinesTrace
from logdepth.traces.program import ProgramTrace, StatementTrace
from logdepth.traces.standing import Residual, Turn, standing
from logdepth.traces.transformer import TransformerTrace
from logdepth.transformer import Attention, Mlp


@dataclass(frozen=True, eq=False)
class Aligned:
    """A step of a program's trace, by its place there, in the other models.

    heads: (step, head) of the transformer, and relus: its steps whose ReLU layers have a part in it; both empty if no
    weights are known to be of just this turn. residuals: column -> where in the residual stream its values stand, rows
    1.. there being the rows; only what stands there by itself is named, and not what a form over several makes.
    rounds: of the machines, from 1. fields: for every column that the step gives, where it stands on the machines, as
    in `MachinesTrace.given`.
    """

    step: int
    heads: tuple[tuple[int, int], ...]
    relus: tuple[int, ...]
    residuals: Mapping[Column, tuple[Residual, ...]]
    rounds: tuple[int, ...]
    fields: tuple[str | int | None, ...]

    def as_json(self) -> dict[str, Any]:
        places = {column.name: [[at.moment, at.column] for at in found] for column, found in self.residuals.items()}
        return {
            "step": self.step,
            "heads": [list(head) for head in self.heads],
            "relus": list(self.relus),
            "residuals": places,
            "rounds": list(self.rounds),
            "fields": list(self.fields),
        }


@dataclass(frozen=True, eq=False)
class Alignment:
    """Runs of a program, of its transformer and of its protocol on one table, and what of each is one.

    inputs: input column -> where it stands in the residual stream. statements: one for each of `program.steps`.
    """

    program: ProgramTrace
    transformer: TransformerTrace
    machines: MachinesTrace
    inputs: Mapping[str, tuple[Residual, ...]]
    statements: tuple[Aligned, ...]

    def as_json(self) -> dict[str, Any]:
        """All that an explorer draws: three traces and what of each is one."""
        return {
            "program": self.program.as_json(),
            "transformer": self.transformer.as_json(),
            "machines": self.machines.as_json(),
            "inputs": {name: [[at.moment, at.column] for at in found] for name, found in self.inputs.items()},
            "statements": [each.as_json() for each in self.statements],
        }


def align(program: ProgramTrace, transformer: TransformerTrace, machines: MachinesTrace) -> Alignment:
    """Align three runs on one table; transformer and machines must run what was made of the program."""
    times: dict[int, int] = {}
    for step in program.steps:
        times[step.number] = step.turn + 1
    blocks = transformer.transformer.steps
    heads = by_turn([statements_of(block.attention) for block in blocks], times)
    relus = by_turn([statements_of(block.mlp) for block in blocks], times)
    residuals = standing(program.program, transformer, heads, relus)
    rounds = rounds_of_fields(machines)

    def aligned(
        place: int, step: StatementTrace, fields: tuple[str | int | None, ...], written: tuple[str, ...]
    ) -> Aligned:
        turn = step.number, step.turn
        return Aligned(
            place,
            tuple((at, head) for at in heads.get(turn, ()) for head in heads_of(blocks[at].attention, step.number)),
            tuple(relus.get(turn, ())),
            residuals.get(turn, {}),
            tuple(sorted({number for field in (*fields, *written) for number in rounds.get(field, ())})),
            fields,
        )

    numbered = zip(range(len(program.steps)), program.steps, machines.given, machines.written, strict=True)
    inputs = {column.name: found for column, found in residuals.get(None, {}).items()}
    return Alignment(program, transformer, machines, inputs, tuple(starmap(aligned, numbered)))


# --- which weights carry out which turn ---


def statements_of(part: Attention | Mlp | None) -> set[int]:
    return set() if part is None else set(part.statements)


def heads_of(attention: Attention | None, number: int) -> list[int]:
    statements = () if attention is None else attention.statements
    return [head for head, of in enumerate(statements) if of == number]


def by_turn(carried: Sequence[set[int]], times: Mapping[int, int]) -> dict[Turn, list[int]]:
    """For every step of the transformer the statements that have a part in it -> the steps of every turn.

    All turns of a statement take equally many steps. Where that is not so, as a loop leaves out what it does not need,
    no step is known to be of just one turn.
    """
    steps: dict[int, list[int]] = defaultdict(list)
    for at, numbers in enumerate(carried):
        for number in numbers:
            steps[number].append(at)
    found: dict[Turn, list[int]] = {}
    for number, held in steps.items():
        turns = times.get(number, 1)
        each, rest = divmod(len(held), turns)
        if not rest:
            found |= {(number, turn): held[turn * each : (turn + 1) * each] for turn in range(turns)}
    return found


def rounds_of_fields(machines: MachinesTrace) -> dict[str | int | None, range]:
    """Field -> the rounds of the routine that writes it; none for a map, which is local."""
    found: dict[str | int | None, range] = {}
    before = 0
    for rows in machines.rows:
        for field in rows.fields:
            found.setdefault(field, range(before + 1, rows.rounds + 1))
        before = rows.rounds
    return found
