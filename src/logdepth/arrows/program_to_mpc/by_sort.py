"""Statements by a sort: questions and offers are sorted by key together, and runs of equal keys are reduced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.arrows.program_to_mpc.exchange import OFFERS, answer_name, answers, results, scan_of, value
from logdepth.arrows.program_to_mpc.rows import ROWS, Array, Rows, numbers_of
from logdepth.arrows.program_to_mpc.straight import Talk
from logdepth.mpc import Memory, Records, Routine
from logdepth.mpc.primitives import addresses, answer, chain, segmented, sort
from logdepth.programs import Column, Rank

BACK, ORDER = "back", "order"
"""Where a question is at home, and where a question or offer comes among those of its key."""


@dataclass(frozen=True, eq=False)
class SortExchange:
    """Questions learn the result of their run, and go home."""

    kind: str
    table: Rows
    line: Talk
    spare: int

    def ask(self, rows: Records) -> Memory:
        line, of = self.line, self.table.of
        asking = np.flatnonzero(self.table.meeting(rows, line.asks_if))
        offering = np.flatnonzero(self.table.meeting(rows, line.offers_if))
        both = np.concatenate([asking, offering])
        asks = np.arange(len(both)) < len(asking)  # the questions come first
        fields = {OFFERS: 1 - asks, BACK: np.where(asks, addresses(rows, self.table.machines)[both], -1)}
        for number, (query, key) in enumerate(line.pairs):
            fields[key_of(number)] = np.where(asks, of(rows, query)[both], of(rows, key)[both])
        if line.order != "run":
            late = asks if line.order == "so far" else ~asks  # of my own row, do I hear the offer?
            mine = of(rows, self.table.index)[both]
            if line.until is not None:
                mine = np.where(asks, of(rows, line.until)[both].clip(max=self.table.rows), mine)
            fields[ORDER] = 2 * mine + late
        for column in line.carried:
            fields[value(line, column)] = np.where(asks, 0, of(rows, column)[both])
        return {self.kind: Records(rows.owner[both], fields)}

    def routine(self) -> Routine:
        kind, line, machines, each = self.kind, self.line, self.table.machines, 2 * self.table.per_machine
        runs = [key_of(number) for number in range(len(line.pairs))]
        return chain(
            kind,
            sort(kind, sort_keys(line, self.table.rows), machines=machines, per_machine=each, spare=self.spare),
            segmented(kind, runs, [scan_of(line)], machines=machines, spare=self.spare),
            answer(kind, ROWS, {field: answer_name(kind, field) for field in answers(line)}, machines=machines),
        )

    def hear(self, memory: Memory) -> dict[Column, Array]:
        return results(self.line, lambda field: memory[ROWS][answer_name(self.kind, field)])


def key_of(number: int) -> str:
    return f"key {number}"


def sort_keys(line: Talk, rows: int) -> dict[str, int]:
    """What questions and offers are sorted by; and the highest values."""
    keys = {key_of(n): max(mine.high, theirs.high) for n, (mine, theirs) in enumerate(line.pairs)}
    return keys if line.order == "run" else keys | {ORDER: 2 * rows + 1}


@dataclass(frozen=True, eq=False)
class RankExchange:
    """The keys are sorted, and know their rank by where they are."""

    kind: str
    table: Rows
    line: Rank
    spare: int

    def ask(self, rows: Records) -> Memory:
        back = addresses(rows, self.table.machines)
        return {self.kind: Records(rows.owner, {"key": self.table.of(rows, self.line.key), BACK: back})}

    def routine(self) -> Routine:
        kind, machines, each = self.kind, self.table.machines, self.table.per_machine
        return chain(
            kind,
            sort(kind, {"key": self.line.key.high}, machines=machines, per_machine=each, spare=self.spare),
            self.rank,
            answer(kind, ROWS, {"key": answer_name(kind, "key")}, machines=machines),
        )

    def rank(self, memory: Memory) -> Memory:
        """The rank takes the place of the key."""
        records = memory[self.kind]
        return memory | {self.kind: records.extend(key=numbers_of(records, self.table.per_machine))}

    def hear(self, memory: Memory) -> dict[Column, Array]:
        return {self.line.output: memory[ROWS][answer_name(self.kind, "key")]}
