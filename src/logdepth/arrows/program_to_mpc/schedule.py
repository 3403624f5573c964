"""Lines that do not wait for each other go together, each as soon as what it reads is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logdepth.arrows.program_to_mpc.straight import Line, Straight, Talk, needs, read, written
from logdepth.programs import Column, Map, Rank


@dataclass(frozen=True, eq=False)
class Step:
    """Maps, or statements by which rows talk; `live`: the columns that are still read afterwards, but for the row's
    number, which every machine knows."""

    index: Column
    lines: tuple[Line, ...]
    live: frozenset[Column]

    @property
    def talks(self) -> list[Talk | Rank]:
        return [line for line in self.lines if not isinstance(line, Map)]

    def after(self, later: Sequence[Line]) -> set[Column]:
        """What rows keep while these lines are still to come."""
        return (set(self.live) - written(later)) | (read(later) - {self.index})

    def during(self, now: Sequence[Line], later: Sequence[Line]) -> set[Column]:
        """What rows keep besides, while some lines are under way."""
        return self.after(later) - written(now)


@dataclass(frozen=True, eq=False)
class Schedule:
    """A straight line, cut into steps."""

    straight: Straight
    steps: tuple[Step, ...]


def schedule(straight: Straight) -> Schedule:
    """Every line as soon as what it reads is there; maps first."""
    index = straight.program.index
    steps: list[Step] = []
    live = straight.read_last
    for batch in reversed(batches(straight)):
        steps.append(Step(index, tuple(batch), frozenset(live - {index})))
        live = live - written(batch) | read(batch)
    return Schedule(straight, tuple(reversed(steps)))


def batches(straight: Straight) -> list[list[Line]]:
    """Lines that do not wait for each other: only maps, or none."""
    there = {straight.program.index, *straight.program.inputs}
    waiting, found = list(straight.lines), []
    while waiting:
        ready = [line for line in waiting if needs(line) <= there]
        maps: list[Line] = [line for line in ready if isinstance(line, Map)]
        batch = maps or ready
        assert batch, "a line reads what no line writes"
        found.append(batch)
        there |= written(batch)
        waiting = [line for line in waiting if line not in batch]
    return found
