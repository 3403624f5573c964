"""What steps cost, in the terms of `plan`."""

from __future__ import annotations

from logdepth.arrows.program_to_mpc.by_home import home_scan, keys_of, urgency
from logdepth.arrows.program_to_mpc.by_sort import sort_keys
from logdepth.arrows.program_to_mpc.exchange import answers, scan_of
from logdepth.arrows.program_to_mpc.plan import ByHome, Exchange, Stage
from logdepth.arrows.program_to_mpc.schedule import Step
from logdepth.arrows.program_to_mpc.straight import Talk
from logdepth.mpc.primitives.costs import LARGEST_WORD
from logdepth.programs import Column, Rank

LARGEST_KEY = 2**40
"""Of keys with homes: there are never so many machines that these would be few on each."""


def stage_of(step: Step, rows: int) -> Stage:
    """What the statements of a step cost."""
    talks = step.talks
    return Stage(
        tuple(exchange_of(line, step.index, rows) for line in talks),
        len(step.during(talks, [])),
        tuple(len(step.during([line], talks[number + 1 :])) for number, line in enumerate(talks)),
    )


def exchange_of(line: Talk | Rank, index: Column, rows: int) -> Exchange:
    """What a statement costs."""
    if isinstance(line, Rank):
        return Exchange((line.key.high,), records=1, words=2, runs=0, state=0)
    values, state = len(line.carried), scan_of(line).words
    if not line.sorts:
        return Exchange((), records=1, words=1 + bool(line.asks_if) + values, runs=0, state=state)
    keys = sort_keys(line, rows)
    return Exchange(
        tuple(keys.values()),
        records=2,
        words=len(keys) + 2 + values,
        runs=len(line.pairs),
        state=state,
        by_home=by_home(line, index, rows),
    )


def by_home(line: Talk, index: Column, rows: int) -> ByHome | None:
    """What it costs without a sort: a row is the home of its number; other keys are dealt out to machines."""
    told, table = len(answers(line)), 1 + len(answers(line))
    if line.order != "run" or urgency(line, rows) > LARGEST_WORD or keys_of(line, index, rows) > LARGEST_KEY:
        return None
    if line.pulls(index):
        return ByHome(rows, sent=0, table=table, told=told)
    sent = home_scan(line).words
    if line.pushes(index):
        return ByHome(rows, sent, table, told=0)
    return ByHome(keys_of(line, index, rows), sent, table, told)
