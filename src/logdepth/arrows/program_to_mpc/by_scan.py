"""Statements that ask for no column: a scan of the rows in their own order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.arrows.program_to_mpc.exchange import OFFERS, results, scan_of, value
from logdepth.arrows.program_to_mpc.rows import Array, Rows
from logdepth.arrows.program_to_mpc.straight import Talk
from logdepth.mpc import Memory, Records, Routine
from logdepth.mpc.primitives import segmented
from logdepth.programs import Column

ASKS = "asks"
"""Whether a row asks, if not all do."""


@dataclass(frozen=True, eq=False)
class ScanExchange:
    """All rows are one run; questions and offers are one record a row, in the order of rows."""

    kind: str
    table: Rows
    line: Talk
    spare: int

    def ask(self, rows: Records) -> Memory:
        line = self.line
        fields = {OFFERS: self.table.meeting(rows, line.offers_if).astype(np.int64)}
        if line.asks_if:
            fields[ASKS] = self.table.meeting(rows, line.asks_if).astype(np.int64)
        fields |= {value(line, column): self.table.of(rows, column) for column in line.carried}
        return {self.kind: Records(rows.owner, fields)}

    def routine(self) -> Routine:
        return segmented(self.kind, [], [scan_of(self.line)], machines=self.table.machines, spare=self.spare)

    def hear(self, memory: Memory) -> dict[Column, Array]:
        here = memory[self.kind]
        return results(self.line, lambda field: here[field] * here[ASKS] if self.line.asks_if else here[field])
