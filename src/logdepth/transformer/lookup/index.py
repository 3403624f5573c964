"""Keys in groups: what a query finds in a group is its best key among those that the query sees."""

from __future__ import annotations

import numpy as np

MOST = 2**62
"""Numbers of rows stay below it while columns are joined."""


def number_rows(*parts: np.ndarray) -> list[np.ndarray]:
    """A number from 0 for every row, (rows,) of each part, the same for equal rows and for no others.

    parts: (rows, columns) each.
    """
    rows = np.concatenate(parts)
    number, count = np.zeros(len(rows), dtype=np.int64), 1
    for column in rows.T:
        place, most = places(column)
        if count * most >= MOST:
            number, count = np.unique(number, return_inverse=True)[1], len(rows)
        number, count = number * most + place, count * most
    number = np.unique(number, return_inverse=True)[1]
    return np.split(number, np.cumsum([len(part) for part in parts])[:-1])


def places(column: np.ndarray) -> tuple[np.ndarray, int]:
    """Whole numbers from 0 that are different where the values are, and the end of their range."""
    low, high = column.min(), column.max()
    if high - low < len(column) and (column == np.rint(column)).all():
        return (column - low).astype(np.int64), int(high - low) + 1  # no sorting
    values, place = np.unique(column, return_inverse=True)
    return place, len(values)


class Index:
    """Keys by group and bonus. All keys of one group and one bonus are a level: a query scores them alike.

    Levels are numbered by group, and within a group by bonus, the lowest first.
    """

    def __init__(self, group: np.ndarray, bonus: np.ndarray, values: np.ndarray, causal: bool) -> None:
        """group: (keys,) numbers; bonus: (keys,); values: (keys, size). causal: query i sees keys 0..i alone."""
        self.keys, self.causal = len(group), causal
        self.groups, place = np.unique(group, return_inverse=True)
        order = np.lexsort((bonus, place))
        of_group, of_bonus = place[order], bonus[order]
        begins_group = np.diff(of_group, prepend=-1) != 0
        begins = begins_group | (np.diff(of_bonus, prepend=np.nan) != 0)
        self.group_of = of_group[begins]  # (levels,)
        self.bonus = of_bonus[begins]  # (levels,)
        self.lead = np.where(begins_group[begins], np.inf, np.diff(self.bonus, prepend=0.0))
        """(levels,): by how much the bonus is above the next lower one of the group; inf if there is none."""
        level = np.empty(self.keys, dtype=np.int64)
        level[order] = np.cumsum(begins) - 1
        self._sort_by_group(level)
        self._sort_by_level(level, values)

    def _sort_by_group(self, level: np.ndarray) -> None:
        """For `best`: the highest level so far, key by key. Levels of a later group are higher, so it starts anew."""
        group = self.group_of[level]
        order = np.argsort(group, kind="stable") if self.causal else np.argsort(level, kind="stable")
        self._keys_by_group = self._place(group[order], order)
        self._highest = np.maximum.accumulate(level[order])

    def _sort_by_level(self, level: np.ndarray, values: np.ndarray) -> None:
        """For `read`: sums of the values so far."""
        order = np.argsort(level, kind="stable")
        self._keys_by_level = self._place(level[order], order)
        self._first = np.searchsorted(level[order], np.arange(len(self.bonus)))
        self._sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values[order], axis=0)])
        self._values = values[order]

    def _place(self, number: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Where keys of a group or level stand in order, and up to where a query sees them."""
        return number * self.keys + row if self.causal else number

    def best(self, group: np.ndarray, row: np.ndarray) -> np.ndarray:
        """(queries,): the highest level of the group of which query `row` sees a key; -1 if it sees none."""
        place = np.searchsorted(self.groups, group).clip(0, len(self.groups) - 1)
        last = np.searchsorted(self._keys_by_group, self._place(place, row), side="right") - 1
        level = self._highest[last.clip(0)]
        found = (self.groups[place] == group) & (last >= 0) & (self.group_of[level] == place)
        return np.where(found, level, -1)

    def read(self, level: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How many keys of its level a query sees, (queries,), and the sum of their values, (queries, size)."""
        first = self._first[level]
        end = np.searchsorted(self._keys_by_level, self._place(level, row), side="right")
        count = end - first
        total = self._sums[end] - self._sums[first]
        alone = count == 1
        total[alone] = self._values[first[alone]]  # no difference of two long sums
        return count, total
