"""Whose rows are whose: an INDEX family as the rows that a suspect reads, for all f at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.refuters.index_families import IndexFamily


@dataclass(frozen=True, eq=False)
class Sharing:
    """A family of fixed length, in rows: every row of Alice's depends on one bit of f, every other row on i alone.

    rows_of: an instance as rows (N, columns).
    """

    family: IndexFamily
    rows_of: Callable[[Any], np.ndarray]

    @cached_property
    def zeros(self) -> np.ndarray:
        """The rows for f = 0 and i = 0, (N, columns)."""
        return self.rows_of(self.family.instance(np.zeros(self.family.bits, dtype=bool), 0))

    @cached_property
    def ones(self) -> np.ndarray:
        """The rows for f = 1 and i = 0."""
        return self.rows_of(self.family.instance(np.ones(self.family.bits, dtype=bool), 0))

    @cached_property
    def owner(self) -> np.ndarray:
        """Which bit each row depends on, (N,); -1 for a row that is not Alice's."""
        owner = np.full(len(self.zeros), -1)
        for bit, f in enumerate(np.eye(self.family.bits, dtype=bool)):
            changed = (self.rows_of(self.family.instance(f, 0)) != self.zeros).any(axis=1)
            assert (owner[changed] == -1).all(), "a row of Alice's depends on one bit"
            owner[changed] = bit
        return owner

    @cached_property
    def alices(self) -> np.ndarray:
        """The places of Alice's rows, in order."""
        return np.flatnonzero(self.owner >= 0)

    def bits_in(self, rows: np.ndarray) -> np.ndarray:
        """f, (T,), as the rows (N, columns) of one instance hold it. Errors: UsageError for rows of no instance."""
        if rows.shape != self.zeros.shape:
            raise UsageError(f"an instance of this family has {len(self.owner)} rows; this one has {len(rows)}.")
        f = np.zeros(self.family.bits, dtype=bool)
        for place in self.alices:
            for bit, told in ((False, self.zeros), (True, self.ones)):
                if (rows[place] == told[place]).all():
                    f[self.owner[place]] = bit
                    break
            else:
                raise UsageError(f"row {place + 1} holds none of the two values of its bit.")
        alices = np.where(f[self.owner[self.alices], None], self.ones[self.alices], self.zeros[self.alices])
        if not np.array_equal(alices, rows[self.alices]):
            raise UsageError("rows of one bit contradict each other.")
        return f
