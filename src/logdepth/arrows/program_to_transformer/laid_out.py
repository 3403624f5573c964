"""A plan with times and places: when everything happens, where it stands, and what each ReLU layer has to compute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from logdepth.arrows.program_to_transformer.allocate import Layout, allocate
from logdepth.arrows.program_to_transformer.hidden import HiddenLayer, hidden_layer
from logdepth.arrows.program_to_transformer.plan import Plan
from logdepth.arrows.program_to_transformer.schedule import Schedule, schedule


@dataclass(frozen=True, eq=False)
class LaidOut:
    """All that weights are written from, and counted from before any is written."""

    schedule: Schedule
    layout: Layout

    @cached_property
    def hidden(self) -> tuple[HiddenLayer, ...]:
        """The ReLU layer of every block."""
        return tuple(hidden_layer(self.schedule, self.layout, number) for number in range(len(self.schedule.blocks)))


def lay_out(plan: Plan) -> LaidOut:
    timetable = schedule(plan)
    return LaidOut(timetable, allocate(timetable))
