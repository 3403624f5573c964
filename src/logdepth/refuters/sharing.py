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
        """The rows for f = 0, for every i, (T, N, columns)."""
        return self._for_every_i(np.zeros(self.family.bits, dtype=bool))

    @cached_property
    def ones(self) -> np.ndarray:
        """The rows for f = 1."""
        return self._for_every_i(np.ones(self.family.bits, dtype=bool))

    def _for_every_i(self, f: np.ndarray) -> np.ndarray:
        return np.stack([self.rows_of(self.family.instance(f, i)) for i in range(self.family.bits)])

    @cached_property
    def owner(self) -> np.ndarray:
        """Which bit each row depends on, (N,); -1 for a row that is not Alice's."""
        owner = np.full(self.zeros.shape[1], -1)
        for bit, f in enumerate(np.eye(self.family.bits, dtype=bool)):
            changed = (self.rows_of(self.family.instance(f, 0)) != self.zeros[0]).any(axis=1)
            assert (owner[changed] == -1).all(), "a row of Alice's depends on one bit"
            owner[changed] = bit
        return owner

    @cached_property
    def alices(self) -> np.ndarray:
        """The places of Alice's rows, in order."""
        return np.flatnonzero(self.owner >= 0)

    def rows(self, f: np.ndarray, i: np.ndarray | int) -> np.ndarray:
        """The rows of the instances of f (B, T) and i, one or (B,): (B, N, columns)."""
        bits = np.append(f, np.zeros((len(f), 1), dtype=bool), axis=1)[:, self.owner]  # (B, N); -1 takes the zero
        return np.where(bits[:, :, None], self.ones[i], self.zeros[i])

    def bits_in(self, rows: np.ndarray) -> np.ndarray:
        """f, (T,), as the rows (N, columns) of one instance hold it. Errors: UsageError for rows of no instance."""
        if rows.shape != self.zeros[0].shape:
            raise UsageError(f"an instance of this family has {len(self.owner)} rows; this one has {len(rows)}.")
        f = np.zeros(self.family.bits, dtype=bool)
        for place in self.alices:
            for bit, told in ((False, self.zeros), (True, self.ones)):
                if (rows[place] == told[0, place]).all():
                    f[self.owner[place]] = bit
                    break
            else:
                raise UsageError(f"row {place + 1} holds none of the two values of its bit.")
        if not (self.rows(f[None], 0)[0] == rows)[self.alices].all():
            raise UsageError("rows of one bit contradict each other.")
        return f
