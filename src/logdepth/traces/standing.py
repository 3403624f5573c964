"""Where a program's columns stand in the residual stream of its transformer, moment by moment.

A column stands by itself where the embedding puts an input, where the heads of one statement bring what it reads, where
a `Hold` asks for it, and where a loop with tied weights keeps its state. It stays there until its residual column is
cleared or written again. Other columns are forms over several residual columns, and are not named here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from logdepth.programs import Column, Hold, Program, Repeat, Statement, in_order, outputs_of
from logdepth.traces.transformer import TransformerTrace
from logdepth.transformer import Attention, Block, Mlp, Transformer

Turn = tuple[int, int]
"""A statement's number and its turn, which name a step of a program's trace."""


@dataclass(frozen=True)
class Residual:
    """A residual column before a step of a transformer: `streams[moment][:, column]` of its trace."""

    moment: int
    column: int


Residuals = tuple[Residual, ...]


@dataclass(frozen=True, eq=False)
class Given:
    """A column, as a turn of a statement gives it; or an input, for which there is no turn."""

    turn: Turn | None
    column: Column


def standing(
    program: Program, trace: TransformerTrace, heads: Mapping[Turn, list[int]], relus: Mapping[Turn, list[int]]
) -> dict[Turn | None, dict[Column, Residuals]]:
    """For every turn the columns that it gives, and for None the inputs: where they stand.

    heads, relus: the steps whose attention, and whose ReLU layers, have a part in a turn.
    """
    writers = Writers(program, heads, relus)
    found: dict[Turn | None, dict[Column, Residuals]] = defaultdict(dict)

    def note(given: Given, at: Residual) -> None:
        found[given.turn][given.column] = (*found[given.turn].get(given.column, ()), at)

    for given, at in find_kept_by_loops(program, trace):
        note(given, at)
    now = find_embedded(program, trace)
    for moment, names in enumerate(trace.names):
        if moment:
            now |= writers.find_written(moment - 1, trace.transformer.steps[moment - 1], names)
        for place, held in now.items():
            if held is not None:
                note(held, Residual(moment, place))
    return dict(found)


def find_embedded(program: Program, trace: TransformerTrace) -> dict[int, Given | None]:
    """The inputs that the embedding puts into a residual column as they are."""
    inputs = {column.name: column for column in program.inputs}
    return {
        place: Given(None, inputs[name])
        for place, name in enumerate(trace.names[0])
        if name in inputs and is_plain(trace.transformer, name, place)
    }


def is_plain(transformer: Transformer, name: str, place: int) -> bool:
    table = transformer.embeddings[name][:, place].numpy()
    return bool((table == np.arange(len(table))).all())


@dataclass(frozen=True, eq=False)
class Writers:
    """Which steps of a transformer write which columns. heads, relus: as of `standing`."""

    program: Program
    heads: Mapping[Turn, list[int]]
    relus: Mapping[Turn, list[int]]

    def find_written(self, step: int, block: Block, names: tuple[str, ...]) -> dict[int, Given | None]:
        """What a step writes into residual columns, called `names` afterwards; None where that is no column alone."""
        found: dict[int, Given | None] = {}
        for place, numbers in find_written_by_heads(block.attention).items():
            found[place] = self.find_given(self.heads, step, numbers, names[place])
        for place in find_written_by_relus(block.mlp):
            statements = () if block.mlp is None else block.mlp.statements
            held = {number for number in statements if self.holds(number, names[place])}
            found[place] = self.find_given(self.relus, step, held, names[place])
        return found

    def find_given(self, steps: Mapping[Turn, list[int]], step: int, numbers: set[int], name: str) -> Given | None:
        """The column of this name that a statement gives, if it is one statement, one column, and a known turn."""
        if len(numbers) != 1 or 0 in numbers:  # 0: a head of no statement, as that which counts rows
            return None
        (number,) = numbers
        columns = [column for column in outputs_of(self.statements[number - 1]) if column.name == name]
        turns = [turn for turn, held in steps.items() if turn[0] == number and step in held]
        return Given(turns[0], columns[0]) if len(columns) == len(turns) == 1 else None

    def holds(self, number: int, name: str) -> bool:
        statement = self.statements[number - 1]
        return isinstance(statement, Hold) and statement.output.name == name

    @property
    def statements(self) -> list[Statement]:
        return in_order(self.program.statements)


def find_written_by_heads(attention: Attention | None) -> dict[int, set[int]]:
    """Residual column -> the statements whose heads write it."""
    found: dict[int, set[int]] = defaultdict(set)
    if attention is not None:
        for number, output in zip(attention.statements, attention.output.numpy(), strict=False):
            for place in np.flatnonzero(output.any(axis=0)).tolist():
                found[place].add(number)
    return found


def find_written_by_relus(mlp: Mlp | None) -> list[int]:
    places: list[int] = [] if mlp is None else np.flatnonzero(mlp.out.numpy().any(axis=0)).tolist()
    return places


# --- loops ---


def find_kept_by_loops(program: Program, trace: TransformerTrace) -> Iterator[tuple[Given, Residual]]:
    """The states of loops with tied weights: before every turn, and after the last one while it stands there.

    A state has the residual column that is called so at every moment of its loop, and that every turn writes again.
    """
    repeats = [(n, s) for n, s in enumerate(in_order(program.statements), start=1) if isinstance(s, Repeat)]
    tied = [(number, repeat) for number, repeat in repeats if repeat in program.statements and repeat.times > 1]
    found = loops(trace.transformer.order)
    if [repeat.times for _, repeat in tied] != [times for _, _, times in found]:
        return
    for (number, repeat), (start, length, times) in zip(tied, found, strict=True):
        end = start + times * length
        for state, output in zip(repeat.state, repeat.outputs, strict=True):
            for place in places_called(state.name, trace, start, end):
                for moment in range(start, end):
                    yield Given((number, (moment - start) // length), state), Residual(moment, place)
                yield Given((number, times), output), Residual(end, place)


def places_called(name: str, trace: TransformerTrace, start: int, end: int) -> list[int]:
    """The residual columns called so at all moments start..end that the last ReLU layer of a turn writes."""
    held = trace.names[start : end + 1]
    moved = find_written_by_relus(trace.transformer.steps[end - 1].mlp)
    return [place for place in moved if all(names[place] == name for names in held)]


def loops(order: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """(first step, steps of a turn, turns) of every loop whose blocks run again and again."""
    found, at = [], 0
    while at < len(order):
        times = order.count(order[at])
        if times > 1:
            length = order.index(order[at], at + 1) - at
            found.append((at, length, times))
            at += times * length
        else:
            at += 1
    return found
