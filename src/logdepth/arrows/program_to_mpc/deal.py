"""How rows are dealt out to machines: of the ways that the memory allows, the one of fewest rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logdepth.arrows.program_to_mpc.cost import stage_of
from logdepth.arrows.program_to_mpc.plan import Stage, least_memory, our_program_protocol
from logdepth.arrows.program_to_mpc.schedule import Schedule, Step
from logdepth.numerics.errors import UsageError, Wording
from logdepth.programs import Program
from logdepth.theory import Claim


@dataclass(frozen=True, eq=False)
class Deal:
    """A schedule for so many rows on so many machines, ⌈rows / machines⌉ each; `stages`: what the steps by which rows
    talk cost."""

    schedule: Schedule
    rows: int
    machines: int
    stages: Sequence[Stage]

    @property
    def program(self) -> Program:
        return self.schedule.straight.program

    @property
    def steps(self) -> Sequence[Step]:
        return self.schedule.steps

    @property
    def per_machine(self) -> int:
        return -(-self.rows // self.machines)

    @property
    def held(self) -> int:
        """The most columns that a row holds between steps."""
        return max(len(self.program.inputs), len(self.program.outputs), *(len(step.live) for step in self.steps), 0)

    @property
    def least_memory(self) -> int:
        return least_memory(self.stages, self.held, self.machines, self.per_machine)

    def claim(self, memory: int) -> Claim:
        return our_program_protocol(self.stages, self.held, rows=self.rows, machines=self.machines, memory=memory)


def deal(schedule: Schedule, rows: int, machines: int | None) -> list[Deal]:
    """On so many machines; or with 1, 2, 4, … rows on a machine. Errors: UsageError for numbers that cannot be."""
    name, most = schedule.straight.program.name, schedule.straight.program.rows
    if not 1 <= rows <= most:
        raise UsageError(f"program {name!r} takes 1..{most} rows; got {rows}.")
    if machines is not None and not 1 <= machines <= rows:
        raise UsageError(f"program {name!r}: machines must be 1..{rows}, one row each at least; got {machines}.")
    counts = [-(-rows // 2**power) for power in range((rows - 1).bit_length() + 1)] if machines is None else [machines]
    stages = [stage_of(step, rows) for step in schedule.steps if step.talks]
    return [Deal(schedule, rows, count, stages) for count in counts]


def fastest(deals: Sequence[Deal], memory: int) -> Deal:
    """The deal of fewest rounds on machines of `memory` words, and of these the one of fewest machines.

    Errors: UsageError for too little memory, naming the least.
    """
    fits = [deal for deal in deals if deal.least_memory <= memory]
    if not fits:
        least = min(deal.least_memory for deal in deals)
        on = f" on {deals[0].machines} machines" if len(deals) == 1 else ""
        raise UsageError(
            f"program {deals[0].program.name!r} needs machines of at least {least} words for {deals[0].rows} rows{on};"
            f" got {memory}.",
            Wording("Raise {memory}."),
        )
    return min(fits, key=lambda deal: (deal.claim(memory).sizes["rounds"], deal.machines))
