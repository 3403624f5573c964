"""Statements whose keys have known homes: offers go there and are combined, and questions are answered from there.

A row is the home of its number: what is read by number lies there already, and who asks with its own number is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

import numpy as np

from logdepth.arrows.program_to_mpc.exchange import OFFERS, answer_name, answers, results, value
from logdepth.arrows.program_to_mpc.rows import ROWS, Array, Rows
from logdepth.arrows.program_to_mpc.straight import Talk
from logdepth.mpc import Memory, Records, Routine
from logdepth.mpc.primitives import Scan, ask_home, begins_of, chain, place_in_run, send_home
from logdepth.programs import Column

KEY, ROW, URGENCY = "key", "row", "urgency"
"""The one number of all columns that must be equal; the place of a row that asks; how urgent an offer is."""


@dataclass(frozen=True, eq=False)
class HomeExchange:
    """Of the records `kind` every one is a question."""

    kind: str
    table: Rows
    line: Talk

    @property
    def pulls(self) -> bool:
        """Offers are at home."""
        return self.line.pulls(self.table.index)

    @property
    def pushes(self) -> bool:
        """Rows that ask are at home."""
        return self.line.pushes(self.table.index)

    @property
    def sent(self) -> str:
        """The kind of record in which offers go home."""
        return f"{self.kind}: sent"

    @property
    def home(self) -> str:
        """The kind of record in which offers lie at home."""
        return f"{self.kind}: home"

    def ask(self, rows: Records) -> Memory:
        made = {self.home if self.pulls else self.sent: self.offers(rows)}
        return made if self.pushes else made | {self.kind: self.questions(rows)}

    def questions(self, rows: Records) -> Records:
        key, asking = self.keys(rows, 0, self.line.asks_if)
        place = place_in_run(rows.owner)
        return Records(rows.owner, {KEY: key, ROW: place}).take(asking)

    def offers(self, rows: Records) -> Records:
        line, of = self.line, self.table.of
        key, offering = self.keys(rows, 1, line.offers_if)
        fields = {KEY: key} | {value(line, column): of(rows, column) for column in line.sent}
        if line.counts and (self.pulls or line.op == "sum"):  # else it is seen at home whether anything was sent
            fields[OFFERS] = np.ones(len(rows), dtype=np.int64)
        if line.op != "sum" and not self.pulls and not line.distinct:
            number, most = of(rows, self.table.index), self.table.rows
            urgent = of(rows, line.priority) if line.priority is not None else 0
            fields[URGENCY] = urgent * (most + 2) + (number if line.op == "first" else most + 1 - number)
        return Records(rows.owner, fields).take(offering)

    def keys(self, rows: Records, side: int, conditions: Iterable[tuple[Column, int]]) -> tuple[Array, Array]:
        """The key of every row, as one number: of what it asks for (side 0) or offers (1); and the rows that do."""
        key = np.zeros(len(rows), dtype=np.int64)
        for pair in self.line.pairs:
            key = key * (max(column.high for column in pair) + 1) + self.table.of(rows, pair[side])
        does = self.table.meeting(rows, conditions)
        if self.pulls or self.pushes:  # rows are numbered from 1, and there are no others
            key -= 1
            does &= (key >= 0) & (key < self.table.rows)
        return key, np.flatnonzero(does)

    def routine(self) -> Routine:
        line, machines = self.line, self.table.machines
        keys = keys_of(line, self.table.index, self.table.rows)
        parts: list[Routine] = []
        if not self.pulls:
            parts.append(send_home(self.sent, self.home, home_scan(line), keys=keys, machines=machines))
        if not self.pushes:
            read = {field: answer_name(self.kind, field) for field in answers(line)}
            parts.append(ask_home(self.kind, self.home, read, keys=keys, machines=machines))
        return chain(self.kind, *parts, self.tell)

    def tell(self, memory: Memory) -> Memory:
        """Rows learn what questions brought home, or what was sent here."""
        rows, found = memory[ROWS], memory[self.home if self.pushes else self.kind]
        row = found[KEY] - found.owner * self.table.per_machine if self.pushes else found[ROW]
        begins = begins_of(rows.owner)
        place = begins[np.searchsorted(rows.owner[begins], found.owner)] + row
        fields = {answer_name(self.kind, field): np.zeros(len(rows), dtype=np.int64) for field in answers(self.line)}
        for field in answers(self.line):
            fields[answer_name(self.kind, field)][place] = found[
                field if self.pushes else answer_name(self.kind, field)
            ]
        left = {kind: held for kind, held in memory.items() if kind not in (self.home, self.kind)}
        return left | {ROWS: rows.extend(**fields)}

    def hear(self, memory: Memory) -> dict[Column, Array]:
        return results(self.line, lambda field: memory[ROWS][answer_name(self.kind, field)])


def keys_of(line: Talk, index: Column, rows: int) -> int:
    """How many keys there are, each with a home."""
    if line.pulls(index) or line.pushes(index):
        return rows
    return prod(max(mine.high, theirs.high) + 1 for mine, theirs in line.pairs)


def urgency(line: Talk, rows: int) -> int:
    """How many values the urgency of an offer may take: its priority, then the number of its row."""
    return (1 + (line.priority.high if line.priority is not None else 0)) * (rows + 2)


def home_scan(line: Talk) -> Scan:
    """The scan of what is sent home, where offers come in any order."""
    sent = tuple(value(line, column) for column in line.sent)
    if line.op == "sum":
        return Scan("sum", sent or (OFFERS,), sent or (OFFERS,))
    return Scan("first", sent, sent, priority=None if line.distinct else URGENCY, found=OFFERS if line.counts else None)
