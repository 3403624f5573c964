"""The protocol: inputs become columns, step by step new columns come, and columns become outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from logdepth.arrows.program_to_mpc.by_home import HomeExchange
from logdepth.arrows.program_to_mpc.by_scan import ScanExchange
from logdepth.arrows.program_to_mpc.by_sort import RankExchange, SortExchange
from logdepth.arrows.program_to_mpc.deal import Deal
from logdepth.arrows.program_to_mpc.exchange import Exchange, kind_of
from logdepth.arrows.program_to_mpc.plan import Stage, Way, batches
from logdepth.arrows.program_to_mpc.rows import ROWS, Array, Rows
from logdepth.arrows.program_to_mpc.schedule import Step
from logdepth.arrows.program_to_mpc.straight import Talk, gives, name_lines
from logdepth.mpc import Memory, Protocol, Routine, local, together
from logdepth.mpc.primitives import chain
from logdepth.programs import Column, Rank


def protocol_of(deal: Deal, memory: int) -> Protocol:
    """The protocol on machines of `memory` words, which must be enough."""
    table = rows_of(deal)
    parts: list[Routine] = [local("inputs", table.inputs)]
    stages = iter(deal.stages)
    for step in deal.steps:
        if step.talks:
            parts += exchanges(table, step, next(stages), memory)
        else:
            parts.append(local(name_lines(step.lines), partial(table.map, step)))
    parts.append(local("outputs", partial(table.outputs, deal.schedule.straight.outputs)))
    return Protocol(deal.program.name, deal.machines, memory, parts)


def rows_of(deal: Deal) -> Rows:
    """How machines hold the rows: every column that is ever written has a field of its own."""
    columns = [*deal.program.inputs, *(c for step in deal.steps for line in step.lines for c in gives(line))]
    fields = {column: f"{number} {column.name}" for number, column in enumerate(columns)}
    bare = replace(deal.program, statements=(), outputs={})
    return Rows(bare, deal.rows, deal.per_machine, deal.machines, fields)


def exchanges(table: Rows, step: Step, stage: Stage, memory: int) -> list[Routine]:
    """The statements of a step, all at once or one after another."""
    later, routines = step.talks, []
    for ways in batches(stage, table.machines, table.per_machine, memory):
        lines, later = later[: len(ways)], later[len(ways) :]
        under_way = [exchange(table, *each) for each in zip(range(len(ways)), lines, ways, strict=True)]
        routines.append(
            chain(
                name_lines(lines),
                partial(ask, table, under_way, step.during(lines, later)),
                together(name_lines(lines), *(each.routine() for each in under_way)),
                partial(hear, table, under_way, step.after(later)),
            )
        )
    return routines


def exchange(table: Rows, number: int, line: Talk | Rank, way: Way) -> Exchange:
    """A statement, in the way of fewest rounds that the memory allows."""
    kind = kind_of(number)
    if way.spare is None:
        assert isinstance(line, Talk), "keys have no homes where they would be in order"
        return HomeExchange(kind, table, line)
    if isinstance(line, Rank):
        return RankExchange(kind, table, line, way.spare)
    return (SortExchange if line.sorts else ScanExchange)(kind, table, line, way.spare)


def ask(table: Rows, under_way: Sequence[Exchange], kept: Iterable[Column], memory: Memory) -> Memory:
    """Rows ask and offer, and keep these columns."""
    rows, made = memory[ROWS], Memory()
    for each in under_way:
        made |= each.ask(rows)
    return memory | made | {ROWS: table.keep(rows, kept, {})}


def hear(table: Rows, under_way: Sequence[Exchange], kept: Iterable[Column], memory: Memory) -> Memory:
    """What rows were told becomes columns; they keep these."""
    new: dict[Column, Array] = {}
    for each in under_way:
        new |= each.hear(memory)
    kinds = {each.kind for each in under_way}
    left = {kind: held for kind, held in memory.items() if kind not in kinds}
    return left | {ROWS: table.keep(memory[ROWS], kept, new)}
