"""Removal of duplicates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logdepth.mpc.primitives.chain import chain
from logdepth.mpc.primitives.scan import Scan
from logdepth.mpc.primitives.segmented import segmented
from logdepth.mpc.primitives.sort import sort
from logdepth.mpc.protocol import Routine
from logdepth.mpc.records import Memory, Records

AGAIN = "seen before"


def distinct(kind: str, by: Mapping[str, int], *, machines: int, per_machine: int, spare: int) -> Routine:
    """Sort the records of `kind`, and keep the first of those with equal values of the fields `by`.

    The arguments are those of `sort`. What is left is in order, and where it came to by sorting: the machines may be
    filled unevenly.
    """

    def first_ones(memory: Memory) -> Memory:
        records = memory[kind]
        fields = {name: values for name, values in records.fields.items() if name != AGAIN}
        return memory | {kind: Records(records.owner, fields).take(np.flatnonzero(records[AGAIN] == 0))}

    return chain(
        f"distinct {kind}",
        sort(kind, by, machines=machines, per_machine=per_machine, spare=spare),
        segmented(kind, tuple(by), [Scan("first", (), (), "before", found=AGAIN)], machines=machines, spare=spare),
        first_ones,
    )
